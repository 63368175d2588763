import { mustGet } from '../../collections.ts';
import { listStepsWithoutAssignee } from '../../store/tasks/obsolete-tasks.ts';
import { assignStep } from '../../store/tasks/task-changes.ts';
import { lockSnapshots, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { TaskStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { type ApproverDirectory, approverPoolOf, loadDirectoryOf } from './approver-directory.ts';
import { chooseAssignees } from './approvers.ts';
import { exclusionsOf } from './exclusions.ts';

/**
 * Moves active steps whose assignees have all left to the next people who may decide, in the transaction in which the
 * last of them left. If nobody may decide, the plan says so, and the next sync tries again.
 */
export async function replaceLeavers(ctx: Ctx): Promise<void> {
  const stuck = await listStepsWithoutAssignee(ctx.db);
  if (stuck.length === 0) return;
  const snapshots = await lockSnapshots(
    ctx.db,
    stuck.map(({ taskId }) => taskId),
  );
  const directory = await loadDirectoryOf(ctx, [...snapshots.values()]);
  for (const { taskId, stepId } of stuck) {
    const snapshot = mustGet(snapshots, taskId);
    const step = snapshot.steps.find(({ id }) => id === stepId);
    // Somebody may have decided it before its steps were locked.
    if (step?.state === 'active') await replaceAssignees(ctx, { snapshot, step, directory });
  }
}

async function replaceAssignees(
  ctx: Ctx,
  stuck: { snapshot: TaskSnapshot; step: TaskStep; directory: ApproverDirectory },
): Promise<void> {
  const { snapshot, step, directory } = stuck;
  const { task, steps } = snapshot;
  const next = chooseAssignees(step, {
    pool: approverPoolOf(directory, snapshot),
    exclusions: exclusionsOf(task, steps),
  });
  const { assignees } = next;
  const leavers = snapshot.assignees.filter(({ stepId, active }) => active && stepId === step.id);
  if (assignees.length === 0 && leavers.length === 0) return;
  const left = leavers.map(({ name }) => name).join(' and ');
  const note = [left && `${left} left.`, next.note].filter(Boolean).join(' ') || null;
  const assigned = await assignStep(ctx.db, snapshot, {
    stepId: step.id,
    assignees,
    at: ctx.now,
    change: { note },
  });
  await audit(ctx, assignees.length > 0 ? 'step.move_on' : 'step.stuck', subjectOf.task(task.id), {
    before: { step: step.position, assignees: leavers.map(({ personId }) => personId) },
    after: { assignees: assignees.map(({ personId }) => personId), note },
  });
  await redrawTask(ctx, assigned);
}
