import { listStepsOfLeavers } from '../store/task-lists.ts';
import { changeStep, listAssignees, replaceAssignees } from '../store/tasks.ts';
import { redrawTask } from './announce.ts';
import { chooseAssignees } from './approvers.ts';
import { audit, type Ctx } from './context.ts';
import { barsOf, loadCircle } from './open-tasks.ts';

/**
 * Open steps that wait only for people who have left go to the next ones who may decide, inside the
 * transaction in which they left.
 */
export async function moveOn(ctx: Ctx): Promise<void> {
  for (const { step, task } of await listStepsOfLeavers(ctx.db)) {
    const holders = (await listAssignees(ctx.db, [step.id])).filter(
      ({ assignee }) => assignee.active,
    );
    if (holders.some(({ person }) => person.active && !person.closedAt)) continue;
    const circle = await loadCircle(ctx, task);
    const next = circle && chooseAssignees(step, circle, barsOf(task, task));
    if (!next || next.assignees.length === 0) continue;
    await replaceAssignees(
      ctx.db,
      step.id,
      next.assignees.map(({ id, why }) => ({ stepId: step.id, personId: id, why })),
    );
    const left = holders.map(({ person }) => person.name).join(' and ');
    await changeStep(ctx.db, step.id, {
      note: [`${left} left.`, next.note].filter(Boolean).join(' '),
    });
    await audit(ctx, 'step.move_on', `task:${task.id}`, {
      before: { step: step.position, assignees: holders.map(({ person }) => person.id) },
      after: { assignees: next.assignees.map(({ id }) => id) },
    });
    await redrawTask(ctx, task.id, undefined);
  }
}
