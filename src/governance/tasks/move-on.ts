import { groupBy } from '../../collections.ts';
import {
  listStaleAssignees,
  listStepsToMove,
  type StaleAssignee,
} from '../../store/tasks/stale-assignees.ts';
import { assignStep, type NewAssignee } from '../../store/tasks/task-changes.ts';
import { lockSnapshots, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { TaskStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, auditMany, type Ctx, inTransaction } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { type ApproverDirectory, approverPoolOf, loadDirectoryOf } from './approver-directory.ts';
import { type Assignment, chooseAssignees, quorumOf } from './approvers.ts';
import { exclusionsOf } from './exclusions.ts';
import { concernRow } from './open-tasks.ts';

/**
 * Moves active steps on to the people who may decide them now: after somebody has left, lost a role or an ownership, or
 * has another manager. Steps that still have enough assignees only lose the others. If nobody may decide, the plan says
 * so, and the next call tries again.
 * @returns the number of steps that changed
 */
export async function moveStepsOn(ctx: Ctx): Promise<number> {
  // Most calls find nothing; they need no transaction.
  const found = await listStepsToMove(ctx.db);
  if (found.length === 0) return 0;
  return inTransaction(ctx, async (ctx) => {
    const snapshots = await lockSnapshots(
      ctx.db,
      found.map(({ taskId }) => taskId),
    );
    // Somebody may have decided a step, or regained a right, before its steps were locked.
    const stale = groupBy(await listStaleAssignees(ctx.db), ({ stepId }) => stepId);
    const directory = await loadDirectoryOf(ctx, [...snapshots.values()]);
    let moved = 0;
    for (const { taskId, stepId } of found) {
      const snapshot = snapshots.get(taskId);
      const step = snapshot?.steps.find(({ id }) => id === stepId);
      if (!snapshot || step?.state !== 'active') continue;
      const leaving = stale.get(stepId) ?? [];
      if (await moveOn(ctx, { snapshot, step, leaving }, directory)) moved++;
    }
    return moved;
  });
}

interface StaleStep {
  snapshot: TaskSnapshot;
  step: TaskStep;
  leaving: readonly StaleAssignee[];
}

async function moveOn(ctx: Ctx, one: StaleStep, directory: ApproverDirectory): Promise<boolean> {
  const { snapshot, step, leaving } = one;
  const { task } = snapshot;
  const gone = new Set(leaving.map(({ personId }) => personId));
  const holders = snapshot.assignees.filter(({ stepId, active }) => active && stepId === step.id);
  const staying = holders.filter(({ personId }) => !gone.has(personId));
  const isEnough = staying.length >= quorumOf(step);
  if (isEnough && leaving.length === 0) return false;
  const next: Assignment = isEnough
    ? { assignees: staying, note: step.note ?? undefined }
    : chooseAssignees(step, {
        pool: approverPoolOf(directory, snapshot),
        exclusions: exclusionsOf(task, snapshot),
      });
  if (next.assignees.length === 0 && holders.length === 0) return false;
  const note = [describeLeavers(leaving), next.note].filter(Boolean).join(' ') || null;
  const assigned = await assignStep(ctx.db, snapshot, {
    stepId: step.id,
    assignees: [
      ...next.assignees.map(({ personId, name, why, level, delegateOf }) => ({
        ...{ personId, name, why, level, delegateOf },
        agreedAt: holders.find((one) => one.personId === personId)?.agreedAt ?? null,
      })),
      ...formerAssignees(one, next.assignees),
    ],
    at: ctx.now,
    change: { note },
  });
  const isStuck = next.assignees.length === 0;
  await audit(ctx, isStuck ? 'step.stuck' : 'step.move_on', subjectOf.task(task.id), {
    before: { step: step.position, assignees: holders.map(({ personId }) => personId) },
    after: { assignees: next.assignees.map(({ personId }) => personId), note },
  });
  if (next.concern !== undefined) {
    const { concern, assignees } = next;
    const row = concernRow(task.id, { step: step.position, concern, assignees });
    await auditMany(ctx, 'task.concern', [row]);
  }
  await redrawTask(ctx, assigned);
  return true;
}

/** People who lost the step but are still here: their cards are drawn again, without buttons. */
function formerAssignees(
  { snapshot, step, leaving }: StaleStep,
  next: readonly NewAssignee[],
): NewAssignee[] {
  const lost = new Set(
    leaving.filter(({ cause }) => cause !== 'left').map(({ personId }) => personId),
  );
  return snapshot.assignees
    .filter(({ stepId, personId }) => stepId === step.id && lost.has(personId))
    .filter(({ personId }) => next.every((one) => one.personId !== personId))
    .map(({ personId, name, why, level, delegateOf }) => ({
      ...{ personId, name, why, level, delegateOf, active: false },
      reassignedTo: next[0]?.personId ?? null,
    }));
}

const leaverWords = {
  left: 'left',
  guest: 'became a guest in Slack',
  deactivated: 'was deactivated in Slack',
  replaced: 'may no longer decide this',
} as const satisfies Record<StaleAssignee['cause'], string>;

/** "Bo left." */
function describeLeavers(leaving: readonly StaleAssignee[]): string {
  const byCause = groupBy(leaving, ({ cause }) => cause);
  return [...byCause]
    .map(([cause, people]) => {
      const names = people.map(({ name }) => name).join(' and ');
      return `${names} ${leaverWords[cause]}.`;
    })
    .join(' ');
}
