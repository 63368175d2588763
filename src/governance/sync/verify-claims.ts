import {
  type Contradiction,
  closeEndedClaims,
  countContradictedDeprovisionings,
  countMissedClaims,
  resetContradictedClaims,
} from '../../store/access/claims.ts';
import { listConfirmedDeprovisionings } from '../../store/access/grants.ts';
import { deleteCopies } from '../../store/messages/message-copies.ts';
import { filterOpenTasks } from '../../store/tasks/obsolete-tasks.ts';
import { assignStep, closeOpenTask, reopenTask } from '../../store/tasks/task-changes.ts';
import {
  findSnapshots,
  lockSnapshot,
  lockSnapshots,
  type TaskSnapshot,
} from '../../store/tasks/task-snapshot.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx } from '../context.ts';
import { redrawTask, redrawTasks } from '../notifications/redraw.ts';
import { loadApproverPool } from '../tasks/approver-directory.ts';
import { chooseAssignees } from '../tasks/approvers.ts';
import { exclusionsOf } from '../tasks/exclusions.ts';

/** The number of confirmed cards that a sync redraws at once. The others are redrawn when they are next opened. */
const maxRedrawn = 200;

/**
 * Compares the claims of tasks with a sync, inside its transaction. Cards show confirmed claims. When two syncs
 * contradict a claim, its task reopens for the provisioners.
 */
export async function verifyClaims(
  ctx: Ctx,
  run: { connector: string; runId: number; confirmedTasks: readonly number[] },
): Promise<void> {
  const removed = await listConfirmedDeprovisionings(ctx.db, ctx.now);
  const confirmed = [...new Set([...run.confirmedTasks, ...removed])];
  await redrawConfirmed(ctx, confirmed.slice(0, maxRedrawn), await closeConfirmed(ctx, confirmed));

  await closeEndedClaims(ctx.db, ctx.now);
  const missed = await countMissedClaims(ctx.db, run.connector, ctx.now);
  await reopenContradicted(ctx, missed, {
    state: 'provisioned',
    note: 'Two syncs did not find this access. Please check it again.',
  });
  const seen = await countContradictedDeprovisionings(ctx.db, { ...run, now: ctx.now });
  await reopenContradicted(ctx, seen, {
    state: 'deprovisioned',
    note: 'Two syncs still found this access. Please check it again.',
  });
}

/** Closes reopened tasks whose claims a sync confirms after all. @returns the closed tasks by id. */
async function closeConfirmed(
  ctx: Ctx,
  taskIds: readonly number[],
): Promise<ReadonlyMap<number, TaskSnapshot>> {
  const open = await filterOpenTasks(ctx.db, taskIds);
  const snapshots = await lockSnapshots(
    ctx.db,
    open.map(({ id }) => id),
  );
  const closedTasks = new Map<number, TaskSnapshot>();
  for (const [taskId, snapshot] of snapshots) {
    const state = snapshot.task.kind === 'grant' ? 'provisioned' : 'deprovisioned';
    const closed = await closeOpenTask(ctx.db, snapshot, { state, at: ctx.now });
    if (!closed) continue;
    closedTasks.set(taskId, closed);
    await audit(ctx, 'task.seen', subjectOf.task(taskId), {
      before: { state: 'open' },
      after: { state },
    });
  }
  return closedTasks;
}

async function redrawConfirmed(
  ctx: Ctx,
  taskIds: readonly number[],
  closedTasks: ReadonlyMap<number, TaskSnapshot>,
): Promise<void> {
  const others = await findSnapshots(
    ctx.db,
    taskIds.filter((id) => !closedTasks.has(id)),
  );
  const snapshots = taskIds.flatMap((id) => closedTasks.get(id) ?? others.get(id) ?? []);
  await redrawTasks(ctx, snapshots);
}

async function reopenContradicted(
  ctx: Ctx,
  contradictions: readonly Contradiction[],
  claim: { state: 'provisioned' | 'deprovisioned'; note: string },
): Promise<void> {
  const reopened: number[] = [];
  for (const { grantId, taskId } of contradictions) {
    if (await reopen(ctx, taskId, claim)) reopened.push(grantId);
  }
  await resetContradictedClaims(ctx.db, reopened);
}

/** Reactivates the step that made the claim, with its assignees of now. @returns whether the task was reopened. */
async function reopen(
  ctx: Ctx,
  taskId: number,
  { state, note }: { state: 'provisioned' | 'deprovisioned'; note: string },
): Promise<boolean> {
  const snapshot = await lockSnapshot(ctx.db, { taskId });
  const step = snapshot?.steps.findLast((one) => one.state === state);
  if (snapshot?.task.state !== state || !step) return false;
  const open = await reopenTask(ctx.db, snapshot);
  if (!open) return false;
  const next = chooseAssignees(step, {
    pool: await loadApproverPool(ctx, snapshot),
    exclusions: exclusionsOf(snapshot.task, snapshot),
  });
  const reopened = await assignStep(ctx.db, open, {
    stepId: step.id,
    assignees: next.assignees,
    at: ctx.now,
    change: {
      state: 'active',
      activatedAt: ctx.now,
      escalatedAt: null,
      decidedBy: null,
      decidedVia: null,
      decidedAt: null,
      reason: null,
      note: [note, next.note].filter(Boolean).join(' '),
    },
  });
  // A redraw of an old card would notify nobody.
  await deleteCopies(ctx.db, { kind: 'step', subjectIds: [step.id] });
  await audit(ctx, 'task.ask_again', subjectOf.task(taskId), {
    before: { state, by: step.decidedBy },
    after: { state: 'open', step: step.position, note },
  });
  await redrawTask(ctx, reopened);
  return true;
}
