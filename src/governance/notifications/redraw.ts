import { listNotifiedGrants } from '../../store/access/expiry.ts';
import { filterHomeOpened } from '../../store/people/slack-identities.ts';
import type { TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type Ctx, notify } from '../context.ts';
import { type Notification, notifyOrDigest } from './notify-or-digest.ts';

/** Redraws the App Home of those of these people who have opened it before. */
export async function redrawHomes(ctx: Ctx, personIds: readonly number[]): Promise<void> {
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
 * Redraws every copy of a task's cards: first the step that somebody is looking at, then the active step, then the
 * rest.
 * @param snapshot the task after the change
 */
export async function redrawTask(
  ctx: Ctx,
  snapshot: TaskSnapshot,
  viewedStepId?: number,
): Promise<void> {
  await redrawTasks(ctx, [snapshot], viewedStepId);
}

/** Redraws the cards of several tasks, and each reader's App Home once. */
export async function redrawTasks(
  ctx: Ctx,
  snapshots: readonly TaskSnapshot[],
  viewedStepId?: number,
): Promise<void> {
  const cards = snapshots.flatMap((snapshot) => cardsOf(snapshot, viewedStepId));
  const subjects = snapshots.map(({ task }) => task.personId);
  await notifyOrDigest(ctx, cards);
  await redrawHomes(ctx, [...cards.map(({ recipientId }) => recipientId), ...subjects]);
  await redrawExpiry(
    ctx,
    snapshots.map(({ task }) => task),
  );
}

/** The cards of the steps that have begun, and the card of the request. */
function cardsOf(
  { task, steps, assignees }: TaskSnapshot,
  viewedStepId: number | undefined,
): Notification[] {
  const begun = new Map(
    steps.filter(({ activatedAt }) => activatedAt !== null).map(({ id, state }) => [id, state]),
  );
  const ofSteps = assignees
    .filter(({ stepId }) => begun.has(stepId))
    .map(({ stepId, personId, active }): Notification => {
      const isActive = begun.get(stepId) === 'active';
      return {
        recipientId: personId,
        kind: 'step',
        subjectId: stepId,
        priority: stepId === viewedStepId ? 0 : isActive ? 1 : 2,
        isNews: isActive && active && task.state === 'open',
        alone: task.emergency,
      };
    });
  const ofRequest = requestReaders(task).map(
    (recipientId): Notification => ({
      recipientId,
      kind: 'request',
      subjectId: task.id,
      priority: 2,
      isNews: false,
    }),
  );
  return [...ofSteps, ...ofRequest];
}

/** The people with a card of a request: who made it, and the person for whom somebody else asked. */
export function requestReaders({
  kind,
  personId,
  requesterId,
}: Pick<Task, 'kind' | 'personId' | 'requesterId'>): number[] {
  if (requesterId === null) return [];
  return kind === 'grant' ? [...new Set([requesterId, personId])] : [requesterId];
}

/** Redraws the messages about access that ends soon. */
export async function redrawExpiry(
  ctx: Ctx,
  pairs: readonly { personId: number; entitlementId: number }[],
): Promise<void> {
  await notifyExpiry(ctx, await listNotifiedGrants(ctx.db, pairs), 2);
}

/** Sends messages about the end of these grants. */
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
