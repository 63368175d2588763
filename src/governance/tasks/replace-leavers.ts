import { listStuckSteps } from '../../store/tasks/obsolete-tasks.ts';
import { changeStep, listAssignees, listSteps, replaceAssignees } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { chooseAssignees } from './approvers.ts';
import { exclusionsOf, loadApproverPool } from './open-tasks.ts';

/**
 * Open steps that wait for nobody who is still here go to the next ones who may decide, inside the transaction
 * in which the last of theirs left. Where there is nobody, the plan says so, and the next sync looks again.
 */
export async function replaceLeavers(ctx: Ctx): Promise<void> {
  for (const { step, task } of await listStuckSteps(ctx.db)) {
    const holders = (await listAssignees(ctx.db, [step.id])).filter(
      ({ assignee }) => assignee.active,
    );
    const pool = await loadApproverPool(ctx, task);
    const exclusions = exclusionsOf(task, task, await listSteps(ctx.db, task.id));
    const next = pool && chooseAssignees(step, pool, exclusions);
    const assignees = next?.assignees ?? [];
    const left = holders.map(({ person }) => person.name).join(' and ');
    const note = [left && `${left} left.`, next?.note].filter(Boolean).join(' ') || null;
    if (assignees.length === 0 && holders.length === 0) continue;
    await replaceAssignees(
      ctx.db,
      step.id,
      assignees.map(({ id, why, delegateOf }) => ({
        stepId: step.id,
        personId: id,
        why,
        delegateOf,
        assignedAt: ctx.now,
      })),
    );
    await changeStep(ctx.db, step.id, { note });
    await audit(
      ctx,
      assignees.length > 0 ? 'step.move_on' : 'step.stuck',
      subjectOf.task(task.id),
      {
        before: { step: step.position, assignees: holders.map(({ person }) => person.id) },
        after: { assignees: assignees.map(({ id }) => id), note },
      },
    );
    await redrawTask(ctx, task.id, undefined);
  }
}
