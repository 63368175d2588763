import { listToldGrants } from '../../store/access/expiry.ts';
import { filterHomeOpened } from '../../store/people/people.ts';
import { findTask, listAssignees, listSteps } from '../../store/tasks/tasks.ts';
import { type Ctx, notify } from '../context.ts';
import { type Notification, notifyOrDigest } from './notify-or-digest.ts';

/** Has the App Home of these people drawn again, for those who have ever opened it. */
export async function announceHomes(ctx: Ctx, personIds: readonly number[]): Promise<void> {
  const opened = await filterHomeOpened(ctx.db, personIds);
  await notify(
    ctx,
    opened.map((recipientId) => ({
      recipientId,
      kind: 'home',
      subjectId: recipientId,
      priority: 2,
    })),
  );
}

/**
 * Every copy of the task's cards is drawn again: first the step somebody is looking at, then the step
 * that is active now, then the rest.
 */
export async function redrawTask(
  ctx: Ctx,
  taskId: number,
  lookedAt: number | undefined,
): Promise<void> {
  const task = await findTask(ctx.db, taskId);
  if (!task) return;
  const steps = (await listSteps(ctx.db, taskId)).filter((step) => step.activatedAt !== null);
  const stateOf = new Map(steps.map((step) => [step.id, step.state]));
  const assignees = await listAssignees(
    ctx.db,
    steps.map((step) => step.id),
  );
  const involved = assignees.map(({ person }) => person.id);
  const cards = assignees.map(({ assignee }): Notification => {
    const isActive = stateOf.get(assignee.stepId) === 'active';
    return {
      recipientId: assignee.personId,
      kind: 'step',
      subjectId: assignee.stepId,
      priority: assignee.stepId === lookedAt ? 0 : isActive ? 1 : 2,
      isNews: isActive && assignee.active && task.state === 'open',
      alone: task.emergency,
    };
  });
  const { requesterId } = task;
  const asked: Notification[] =
    requesterId === null
      ? []
      : [
          {
            recipientId: requesterId,
            kind: 'request',
            subjectId: taskId,
            priority: 2,
            isNews: false,
          },
        ];
  await notifyOrDigest(ctx, [...cards, ...asked]);
  await announceHomes(ctx, [...involved, task.personId, task.requesterId ?? task.personId]);
  await redrawExpiry(ctx, [task]);
}

/** Whoever was told that their access ends sees what is becoming of it. */
export async function redrawExpiry(
  ctx: Ctx,
  pairs: readonly { personId: number; entitlementId: number }[],
): Promise<void> {
  await notifyExpiry(ctx, await listToldGrants(ctx.db, pairs), 2);
}

/** Messages about the end of these grants. */
export async function notifyExpiry(
  ctx: Ctx,
  grants: readonly { id: number; personId: number }[],
  priority: 1 | 2,
): Promise<void> {
  await notify(
    ctx,
    grants.map(({ id, personId }) => ({
      recipientId: personId,
      kind: 'expiring',
      subjectId: id,
      priority,
    })),
  );
}
