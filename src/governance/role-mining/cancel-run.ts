import { Refusal } from '../../errors.ts';
import { endMiningRun, findMiningRun, type MiningRun } from '../../store/mining/mining-runs.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { formatAgo } from '../wording/relative-time.ts';

/**
 * Cancels a queued or running analysis of the whole organization. Existing suggestions are unchanged. The person who started
 * it is notified.
 * @throws Refusal 'forbidden' for everybody but Super Admins; 'conflict' with the way the run ended.
 */
export async function cancelAnalysis(ctx: ActorCtx, runId: number): Promise<MiningRun> {
  await requirePermission(ctx, 'mineRoles');
  const before = await findMiningRun(ctx.db, runId);
  if (!before) throw new Refusal('missing', 'This analysis no longer exists.');
  return inTransaction(ctx, async (ctx) => {
    const canceledBy = ctx.actor.personId;
    const end = { state: 'canceled', finishedAt: ctx.now, canceledBy } as const;
    const run = await endMiningRun(ctx.db, { id: runId, from: ['queued', 'running'], end });
    if (!run) throw new Refusal('conflict', await explainEnd(ctx, runId));
    await audit(ctx, 'mining.cancel', subjectOf.miningRun(runId), {
      before: { state: before.state },
      after: { state: run.state },
    });
    const { requestedBy } = run;
    if (requestedBy !== null && requestedBy !== ctx.actor.personId) {
      await notify(ctx, [{ recipientId: requestedBy, kind: 'run', subjectId: runId, priority: 1 }]);
    }
    return run;
  });
}

async function explainEnd(ctx: Ctx, runId: number): Promise<string> {
  const run = await findMiningRun(ctx.db, runId);
  const when = formatAgo(run?.finishedAt ?? ctx.now, ctx.now);
  if (run?.state === 'failed') return `This analysis failed ${when}; there is nothing to cancel.`;
  if (run?.state !== 'canceled') return `This analysis completed ${when} and cannot be canceled.`;
  const cancellation = (await describeCancellations(ctx, [run])).get(runId);
  return `This analysis was already ${cancellation}.`;
}

/** "canceled by Dana Scott 2 minutes ago" by run. Runs that were not canceled are missing. */
export async function describeCancellations(
  ctx: Ctx,
  runs: readonly MiningRun[],
): Promise<Map<number, string>> {
  const canceled = runs.filter((run) => run.state === 'canceled');
  const people = await listPeopleById(
    ctx.db,
    canceled.flatMap(({ canceledBy }) => canceledBy ?? []),
  );
  const nameOf = new Map(people.map(({ id, name }) => [id, name]));
  return new Map(
    canceled.map((run) => {
      const canceler = run.canceledBy === null ? undefined : nameOf.get(run.canceledBy);
      const endedAt = run.finishedAt ?? run.queuedAt;
      return [run.id, `canceled by ${canceler ?? 'somebody'} ${formatAgo(endedAt, ctx.now)}`];
    }),
  );
}

const pollIntervalMs = 500;

/**
 * Runs work with a signal that aborts soon after somebody has canceled it. The store is polled, since another process may have
 * received the cancellation.
 */
export async function runUntilCanceled<T>(
  isCanceled: () => Promise<boolean>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let poll: Promise<void> | undefined;
  const pollOnce = async () => {
    // A failed poll is followed by another one, and the end of the run checks in any case.
    if (await isCanceled().catch(() => false)) controller.abort(new Error('the run was canceled'));
    poll = undefined;
  };
  const timer = setInterval(() => {
    poll ??= pollOnce();
  }, pollIntervalMs);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(timer);
    await poll;
  }
}
