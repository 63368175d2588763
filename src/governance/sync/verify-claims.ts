import {
  type Contradiction,
  closeDeadClaims,
  countMissedClaims,
  countSeenRemovals,
  dropContradicted,
} from '../../store/access/claims.ts';
import { listConfirmedRemovals } from '../../store/access/grants.ts';
import { forgetCopies } from '../../store/messages/message-copies.ts';
import { listStillOpen } from '../../store/tasks/obsolete-tasks.ts';
import {
  changeStep,
  closeOpenTask,
  findTask,
  listSteps,
  reopenTask,
  replaceAssignees,
  skipOpenSteps,
} from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { chooseAssignees } from '../tasks/approvers.ts';
import { exclusionsOf, loadApproverPool } from '../tasks/open-tasks.ts';

/** Cards that are drawn again at once when a sync confirms them; the others when next opened. */
const maxRedrawn = 200;

/**
 * Compares what tasks claim with what a sync saw, inside its transaction: cards say what it confirmed, and
 * where two syncs contradict a claim, who carried it out is asked again.
 */
export async function checkClaims(
  ctx: Ctx,
  run: { connector: string; runId: number; confirmedTasks: readonly number[] },
): Promise<void> {
  const removed = await listConfirmedRemovals(ctx.db, ctx.now);
  const confirmed = [...new Set([...run.confirmedTasks, ...removed])];
  await endSeen(ctx, confirmed);
  for (const taskId of confirmed.slice(0, maxRedrawn)) await redrawTask(ctx, taskId, undefined);

  await closeDeadClaims(ctx.db, ctx.now);
  const missed = await countMissedClaims(ctx.db, run.connector, ctx.now);
  await askAgain(ctx, missed, 'provisioned', 'Two syncs have not seen it; please look again.');
  const seen = await countSeenRemovals(ctx.db, { ...run, now: ctx.now });
  await askAgain(ctx, seen, 'deprovisioned', 'Two syncs still see it; please look again.');
}

/** Who was asked again need not look any more. */
async function endSeen(ctx: Ctx, taskIds: readonly number[]): Promise<void> {
  for (const task of await listStillOpen(ctx.db, taskIds)) {
    const state = task.kind === 'grant' ? 'provisioned' : 'deprovisioned';
    await closeOpenTask(ctx.db, task.id, state, ctx.now);
    await skipOpenSteps(ctx.db, task.id);
    await audit(ctx, 'task.seen', subjectOf.task(task.id), {
      before: { state: 'open' },
      after: { state },
    });
  }
}

async function askAgain(
  ctx: Ctx,
  contradictions: readonly Contradiction[],
  done: 'provisioned' | 'deprovisioned',
  note: string,
): Promise<void> {
  const asked: number[] = [];
  for (const { grantId, taskId } of contradictions) {
    if (await reopen(ctx, taskId, done, note)) asked.push(grantId);
  }
  await dropContradicted(ctx.db, asked);
}

/** The step that carried it out is active once more, with whoever may do it now. */
async function reopen(
  ctx: Ctx,
  taskId: number,
  done: 'provisioned' | 'deprovisioned',
  note: string,
): Promise<boolean> {
  const task = await findTask(ctx.db, taskId);
  const steps = await listSteps(ctx.db, taskId);
  const step = steps.findLast((one) => one.state === done);
  if (task?.state !== done || !step || !(await reopenTask(ctx.db, taskId))) return false;
  const pool = await loadApproverPool(ctx, task);
  const next = pool && chooseAssignees(step, pool, exclusionsOf(task, task, steps));
  await replaceAssignees(
    ctx.db,
    step.id,
    (next?.assignees ?? []).map(({ id, why, delegateOf }) => ({
      stepId: step.id,
      personId: id,
      why,
      delegateOf,
      assignedAt: ctx.now,
    })),
  );
  await changeStep(ctx.db, step.id, {
    state: 'active',
    activatedAt: ctx.now,
    escalatedAt: null,
    decidedBy: null,
    decidedVia: null,
    decidedAt: null,
    reason: null,
    note: [note, next?.note].filter(Boolean).join(' '),
  });
  // A changed old card would tell nobody.
  await forgetCopies(ctx.db, 'step', [step.id]);
  await audit(ctx, 'task.ask_again', subjectOf.task(taskId), {
    before: { state: done, by: step.decidedBy },
    after: { state: 'open', step: step.position, note },
  });
  await redrawTask(ctx, taskId, undefined);
  return true;
}
