import { Refusal } from '../../errors.ts';
import type { Findings } from '../../mining/access-session.ts';
import { fingerprint } from '../../mining/matrix/fingerprint.ts';
import type { MinedSuggestion } from '../../mining/suggestions/suggestion.ts';
import {
  changeMiningRun,
  claimMiningRun,
  endMiningRun,
  findMiningRun,
  findQueuedRun,
  insertMiningRun,
  type MiningRun,
  requeueRunning,
} from '../../store/mining/mining-runs.ts';
import { replaceOutliers } from '../../store/mining/outliers.ts';
import {
  changeSuggestion,
  insertSightings,
  insertSuggestion,
  listSuggestionsByFingerprint,
  replaceEvidence,
  type Suggestion,
  supersedeUnseen,
} from '../../store/mining/suggestions.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import type { RunTrigger } from '../../store/schema/mining.ts';
import { findLastSync } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { untilCancelled } from './cancel-run.ts';
import type { Miner } from './miner.ts';
import { miningOptions } from './options.ts';

/** A dismissed suggestion comes back when its lower bound has grown by this much. */
const resurfacePercent = 5;

/** Asks for an analysis of the whole organisation, for a Super Admin who waits for the report. */
export async function requestAnalysis(ctx: ActorCtx): Promise<MiningRun> {
  await requirePermission(ctx, 'mineRoles');
  const nothing = await nothingToMineReason(ctx);
  if (nothing) throw new Refusal('missing', nothing);
  return inTransaction(ctx, (ctx) => queueAnalysis(ctx, 'person'));
}

/** Queues a run; one that waits already serves everybody, but a person's own is kept apart. */
export async function queueAnalysis(ctx: Ctx, trigger: RunTrigger): Promise<MiningRun> {
  const waiting = trigger === 'person' ? undefined : await findQueuedRun(ctx.db);
  if (waiting) return waiting;
  const run = await insertMiningRun(ctx.db, {
    kind: 'all',
    trigger,
    state: 'queued',
    requestedBy: ctx.actor?.personId ?? null,
    queuedAt: ctx.now,
  });
  await audit(ctx, 'mining.queue', subjectOf.miningRun(run.id), { after: { trigger } });
  return run;
}

/** Runs that a stopped process left behind start anew. Only where one process holds the store. */
export async function requeueInterrupted(ctx: Ctx): Promise<void> {
  await requeueRunning(ctx.db);
}

/** The outcome of one run, for logs and the command line. */
export interface RunReport {
  run: MiningRun;
  found: number;
  fresh: number;
  failed: string | undefined;
  /** Somebody ended it; nothing that it found is kept. */
  cancelled: boolean;
}

/**
 * Carries out the next queued run: reads the access people hold, mines it, keeps what was found and tells
 * the Super Admins what is new. A failure is kept on the run; the suggestions there were stay, as they do
 * when the run is cancelled meanwhile: it has the outcome that was written first.
 * @returns undefined when nothing is queued.
 */
export async function runNextAnalysis(ctx: Ctx, miner: Miner): Promise<RunReport | undefined> {
  const run = await claimMiningRun(ctx.db, ctx.now);
  if (!run) return undefined;
  const report = { run, found: 0, fresh: 0, failed: undefined, cancelled: false };
  try {
    const options = await miningOptions(ctx);
    const isCancelled = async () => (await findMiningRun(ctx.db, run.id))?.state === 'cancelled';
    const found = await untilCancelled(isCancelled, (signal) =>
      miner.findAll(ctx, options, signal),
    );
    const fresh = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      keepResult(ctx, run, found),
    );
    if (fresh === undefined) return { ...report, cancelled: true };
    return { ...report, found: found.result.suggestions.length, fresh };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    const isKept = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      keepFailure(ctx, run, failed),
    );
    return isKept ? { ...report, failed } : { ...report, cancelled: true };
  }
}

/** @returns whether the run failed by that: one that was cancelled did not. */
async function keepFailure(ctx: Ctx, run: MiningRun, error: string): Promise<boolean> {
  const end = { state: 'failed', error, finishedAt: ctx.now } as const;
  if (!(await endMiningRun(ctx.db, { id: run.id, from: ['running'], end }))) return false;
  await audit(ctx, 'mining.fail', subjectOf.miningRun(run.id), { after: { error } });
  await notifyRun(ctx, run, 0);
  return true;
}

/** @returns how many suggestions are new; undefined when the run has ended otherwise meanwhile. */
async function keepResult(
  ctx: Ctx,
  run: MiningRun,
  { result, teams, outliers }: Findings,
): Promise<number | undefined> {
  // First of all: whoever cancels from now on waits, and is told that it was done.
  const end = { state: 'completed', finishedAt: ctx.now } as const;
  if (!(await endMiningRun(ctx.db, { id: run.id, from: ['running'], end }))) return undefined;
  const found = [...result.suggestions, ...teams].map(toStored);
  const known = await listSuggestionsByFingerprint(
    ctx.db,
    found.map((one) => one.row.fingerprint),
  );
  const byFingerprint = new Map(known.map((one) => [one.fingerprint, one]));
  let fresh = 0;
  // Few statements: on the embedded database whoever clicks waits for the end of this transaction.
  const ids: number[] = [];
  const evidenceOfAll: Parameters<typeof replaceEvidence>[2] = [];
  for (const { row, evidence } of found) {
    const before = byFingerprint.get(row.fingerprint);
    const isBack = before !== undefined && hasGrown(before, row.lowerBoundPercent);
    if (!before || isBack) fresh++;
    const id = before
      ? await keepKnown(ctx, run, before, row, isBack)
      : await keepNew(ctx, run, row);
    ids.push(id);
    for (const one of evidence) evidenceOfAll.push({ ...one, suggestionId: id });
  }
  await replaceEvidence(ctx.db, ids, evidenceOfAll);
  await insertSightings(ctx.db, ids, run.id);
  const superseded = await supersedeUnseen(ctx.db, run.id);
  await replaceOutliers(
    ctx.db,
    outliers.map(({ person, entitlement, cohort, people, holders }) => ({
      personId: person,
      entitlementId: entitlement,
      cohort,
      people,
      holders,
      runId: run.id,
    })),
  );
  const figures = {
    people: result.people,
    entitlements: result.entitlements,
    grants: result.grants,
    explainedGrants: result.explainedGrants,
    newSuggestions: fresh,
  };
  await changeMiningRun(ctx.db, run.id, figures);
  await audit(ctx, 'mining.complete', subjectOf.miningRun(run.id), {
    after: { ...figures, superseded },
  });
  await notifyRun(ctx, run, fresh);
  return fresh;
}

type StoredRow = ReturnType<typeof toStored>['row'];

async function keepNew(ctx: Ctx, run: MiningRun, row: StoredRow): Promise<number> {
  const seen = { firstRunId: run.id, lastRunId: run.id, createdAt: ctx.now };
  const made = await insertSuggestion(ctx.db, { ...row, ...seen, origin: 'run', state: 'new' });
  return made.id;
}

async function keepKnown(
  ctx: Ctx,
  run: MiningRun,
  before: Suggestion,
  row: StoredRow,
  isBack: boolean,
): Promise<number> {
  const state = isBack || before.state === 'superseded' ? 'new' : before.state;
  await changeSuggestion(ctx.db, before.id, {
    ...row,
    state,
    origin: 'run',
    lastRunId: run.id,
    firstRunId: isBack ? run.id : (before.firstRunId ?? run.id),
    seenRuns: before.seenRuns + 1,
    ...(isBack ? { decidedBy: null, decidedAt: null } : {}),
  });
  return before.id;
}

/** Every Super Admin hears of new suggestions; who asked for the run hears how it ended in any case. */
async function notifyRun(ctx: Ctx, run: MiningRun, fresh: number): Promise<void> {
  const admins = (await listSuperAdmins(ctx.db)).map((person) => person.id);
  const told = new Set(fresh > 0 ? admins : []);
  if (run.requestedBy !== null) told.add(run.requestedBy);
  await notify(
    ctx,
    [...told].map((recipientId) => ({ recipientId, kind: 'run', subjectId: run.id, priority: 1 })),
  );
  await redrawHomes(ctx, admins);
}

function hasGrown(before: Suggestion, lowerBoundPercent: number): boolean {
  return (
    before.state === 'dismissed' &&
    lowerBoundPercent >= (before.dismissedLowerBoundPercent ?? 100) + resurfacePercent
  );
}

/** A mined suggestion as the store keeps it; it is told in database ids. */
export function toStored(mined: MinedSuggestion) {
  const evidence = mined.entitlements.map((one) => ({
    entitlementId: one.entitlement,
    holders: one.holders,
    confidencePercent: one.confidencePercent,
    lowerBoundPercent: one.lowerBoundPercent,
    lift: one.lift,
  }));
  const bounds = evidence.map((one) => one.lowerBoundPercent);
  const isTeam = mined.kind === 'members';
  const memberIds = isTeam ? [...mined.members] : null;
  return {
    evidence,
    row: {
      fingerprint: fingerprint(
        mined.cohort,
        evidence.map((one) => String(one.entitlementId)),
        memberIds?.map(String),
      ),
      kind: mined.kind,
      memberIds,
      cohort: mined.cohort,
      people: mined.people,
      peopleWithAll: mined.peopleWithAll,
      gaining: mined.gaining.length,
      explainedGrants: mined.explainedGrants,
      score: mined.score,
      lowerBoundPercent: bounds.reduce((sum, bound) => sum + bound, 0) / Math.max(1, bounds.length),
    },
  };
}

/** Why there is nothing to mine, or undefined when there is. */
export async function nothingToMineReason(ctx: Ctx): Promise<string | undefined> {
  if (await findLastSync(ctx.db)) return undefined;
  return 'Nothing has been imported yet, so there is no access to analyse. Run `rolemine import csv DIR` first.';
}
