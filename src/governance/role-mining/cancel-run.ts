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
 * Ends an analysis of the whole organisation that is queued or running. The suggestions there were stay;
 * who asked for it is told.
 * @throws Refusal 'forbidden' for everybody but Super Admins; 'conflict' saying how the run ended already.
 */
export async function cancelAnalysis(ctx: ActorCtx, runId: number): Promise<MiningRun> {
  await requirePermission(ctx, 'mineRoles');
  const before = await findMiningRun(ctx.db, runId);
  if (!before) throw new Refusal('missing', 'This analysis is no longer here.');
  return inTransaction(ctx, async (ctx) => {
    const canceledBy = ctx.actor.personId;
    const end = { state: 'cancelled', finishedAt: ctx.now, canceledBy } as const;
    const run = await endMiningRun(ctx.db, { id: runId, from: ['queued', 'running'], end });
    if (!run) throw new Refusal('conflict', await howItEnded(ctx, runId));
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

async function howItEnded(ctx: Ctx, runId: number): Promise<string> {
  const run = await findMiningRun(ctx.db, runId);
  const when = formatAgo(run?.finishedAt ?? ctx.now, ctx.now);
  if (run?.state === 'failed') return `This analysis failed ${when}; there is nothing to cancel.`;
  if (run?.state !== 'cancelled') return `This analysis was done ${when}; it stays as it is.`;
  const words = (await describeCancelled(ctx, [run])).get(runId);
  return `This analysis was already ${words}.`;
}

/** By run: "cancelled by Dana Scott 2 minutes ago". Those of `runs` that were not cancelled are left out. */
export async function describeCancelled(
  ctx: Ctx,
  runs: readonly MiningRun[],
): Promise<Map<number, string>> {
  const cancelled = runs.filter((run) => run.state === 'cancelled');
  const people = await listPeopleById(
    ctx.db,
    cancelled.flatMap(({ canceledBy }) => canceledBy ?? []),
  );
  const nameOf = new Map(people.map(({ id, name }) => [id, name]));
  return new Map(
    cancelled.map((run) => {
      const who = nameOf.get(run.canceledBy ?? 0) ?? 'somebody';
      return [run.id, `cancelled by ${who} ${formatAgo(run.finishedAt ?? run.queuedAt, ctx.now)}`];
    }),
  );
}

const lookEveryMs = 500;

/**
 * Does the work of a run with a signal that aborts soon after somebody has cancelled the run. The store is
 * asked now and then, since the click may have reached another process.
 */
export async function untilCancelled<T>(
  isCancelled: () => Promise<boolean>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let looking: Promise<void> | undefined;
  const look = async () => {
    // A look that fails is followed by another; the end of the run asks in any case.
    if (await isCancelled().catch(() => false)) stop.abort(new Error('the run was cancelled'));
    looking = undefined;
  };
  const timer = setInterval(() => {
    looking ??= look();
  }, lookEveryMs);
  try {
    return await work(stop.signal);
  } finally {
    clearInterval(timer);
    await looking;
  }
}
