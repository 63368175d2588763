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
import { runUntilCanceled } from './cancel-run.ts';
import type { Miner } from './miner.ts';
import { loadMiningOptions } from './options.ts';

/** A dismissed suggestion comes back when its lower bound has grown by at least this many points … */
const minResurfaceGrowthPercent = 5;
/** … or after this many days, since a high bound cannot grow by so much (docs/mining.md#across-runs). */
const maxDismissedDays = 180;

/** Queues an analysis of the whole organization. The Super Admin who asks gets the report. */
export async function requestAnalysis(ctx: ActorCtx): Promise<MiningRun> {
  await requirePermission(ctx, 'mineRoles');
  const explanation = await explainNothingToMine(ctx);
  if (explanation) throw new Refusal('missing', explanation);
  return inTransaction(ctx, (ctx) => queueAnalysis(ctx, 'person'));
}

/** Queues a run. Reuses a queued run, except for a request by a person, who gets a report of their own. */
export async function queueAnalysis(ctx: Ctx, trigger: RunTrigger): Promise<MiningRun> {
  const queued = trigger === 'person' ? undefined : await findQueuedRun(ctx.db);
  if (queued) return queued;
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

/** Queues the runs of a stopped process again. Only for stores that one process uses alone. */
export async function requeueInterruptedRuns(ctx: Ctx): Promise<void> {
  await requeueRunning(ctx.db);
}

/** The outcome of one run, for log lines and the command line. */
export interface RunReport {
  run: MiningRun;
  found: number;
  newSuggestions: number;
  failed: string | undefined;
  /** Whether somebody canceled it; then none of its results are saved. */
  isCanceled: boolean;
}

/**
 * Executes the next queued run: reads the current access, mines it, saves the results and notifies the Super Admins of new
 * suggestions. A failure is saved on the run. After a failure or a cancellation the existing suggestions are unchanged. The
 * first saved outcome counts.
 * @returns undefined if no run is queued.
 */
export async function runNextAnalysis(ctx: Ctx, miner: Miner): Promise<RunReport | undefined> {
  const run = await claimMiningRun(ctx.db, ctx.now);
  if (!run) return undefined;
  const report = { run, found: 0, newSuggestions: 0, failed: undefined, isCanceled: false };
  try {
    const options = await loadMiningOptions(ctx);
    const isCanceled = async () => (await findMiningRun(ctx.db, run.id))?.state === 'canceled';
    const findings = await runUntilCanceled(isCanceled, (signal) =>
      miner.findAll(ctx, options, signal),
    );
    const newSuggestions = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      saveResult(ctx, run, findings),
    );
    if (newSuggestions === undefined) return { ...report, isCanceled: true };
    return { ...report, found: findings.result.suggestions.length, newSuggestions };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    const isRecorded = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      recordFailure(ctx, run, failed),
    );
    return isRecorded ? { ...report, failed } : { ...report, isCanceled: true };
  }
}

/** @returns false if the run was canceled before. */
async function recordFailure(ctx: Ctx, run: MiningRun, error: string): Promise<boolean> {
  const end = { state: 'failed', error, finishedAt: ctx.now } as const;
  if (!(await endMiningRun(ctx.db, { id: run.id, from: ['running'], end }))) return false;
  await audit(ctx, 'mining.fail', subjectOf.miningRun(run.id), { after: { error } });
  await notifyRun(ctx, run, 0);
  return true;
}

/** @returns the number of new suggestions; undefined if the run was canceled before. */
async function saveResult(
  ctx: Ctx,
  run: MiningRun,
  { result, teams, outliers }: Findings,
): Promise<number | undefined> {
  // Must be the first statement: a later cancellation then waits, and is refused because the run has completed.
  const end = { state: 'completed', finishedAt: ctx.now } as const;
  if (!(await endMiningRun(ctx.db, { id: run.id, from: ['running'], end }))) return undefined;
  const mined = [...result.suggestions, ...teams].map(toStoredSuggestion);
  const known = await listSuggestionsByFingerprint(
    ctx.db,
    mined.map((one) => one.row.fingerprint),
  );
  const byFingerprint = new Map(known.map((one) => [one.fingerprint, one]));
  let newSuggestions = 0;
  // Few statements: on the embedded database all clicks wait for the end of this transaction.
  const ids: number[] = [];
  const allEvidence: Parameters<typeof replaceEvidence>[2] = [];
  for (const { row, evidence } of mined) {
    const before = byFingerprint.get(row.fingerprint);
    const isResurfaced = before !== undefined && isDueAgain(before, row.lowerBoundPercent, ctx.now);
    if (!before || isResurfaced) newSuggestions++;
    const id = before
      ? await updateKnownSuggestion(ctx, { run, known: before, row, isResurfaced })
      : await insertNewSuggestion(ctx, run, row);
    ids.push(id);
    for (const one of evidence) allEvidence.push({ ...one, suggestionId: id });
  }
  await replaceEvidence(ctx.db, ids, allEvidence);
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
    newSuggestions: newSuggestions,
  };
  await changeMiningRun(ctx.db, run.id, figures);
  await audit(ctx, 'mining.complete', subjectOf.miningRun(run.id), {
    after: { ...figures, superseded },
  });
  await notifyRun(ctx, run, newSuggestions);
  return newSuggestions;
}

type StoredRow = ReturnType<typeof toStoredSuggestion>['row'];

async function insertNewSuggestion(ctx: Ctx, run: MiningRun, row: StoredRow): Promise<number> {
  const sighting = { firstRunId: run.id, lastRunId: run.id, createdAt: ctx.now };
  const suggestion = await insertSuggestion(ctx.db, {
    ...row,
    ...sighting,
    origin: 'run',
    state: 'new',
  });
  return suggestion.id;
}

async function updateKnownSuggestion(
  ctx: Ctx,
  input: { run: MiningRun; known: Suggestion; row: StoredRow; isResurfaced: boolean },
): Promise<number> {
  const { run, known, row, isResurfaced } = input;
  const state = isResurfaced || known.state === 'superseded' ? 'new' : known.state;
  await changeSuggestion(ctx.db, known.id, {
    ...row,
    state,
    origin: 'run',
    lastRunId: run.id,
    firstRunId: isResurfaced ? run.id : (known.firstRunId ?? run.id),
    seenRuns: known.seenRuns + 1,
    ...(isResurfaced ? { decidedBy: null, decidedAt: null } : {}),
  });
  return known.id;
}

/** Notifies all Super Admins of new suggestions, and the person who started the run of its end in any case. */
async function notifyRun(ctx: Ctx, run: MiningRun, newSuggestions: number): Promise<void> {
  const admins = (await listSuperAdmins(ctx.db)).map((person) => person.id);
  const recipientIds = new Set(newSuggestions > 0 ? admins : []);
  if (run.requestedBy !== null) recipientIds.add(run.requestedBy);
  await notify(
    ctx,
    [...recipientIds].map((recipientId) => ({
      recipientId,
      kind: 'run',
      subjectId: run.id,
      priority: 1,
    })),
  );
  await redrawHomes(ctx, admins);
}

function isDueAgain(known: Suggestion, lowerBoundPercent: number, now: Date): boolean {
  if (known.state !== 'dismissed') return false;
  const days = (now.getTime() - (known.decidedAt ?? now).getTime()) / 86_400_000;
  const grown = lowerBoundPercent - (known.dismissedLowerBoundPercent ?? 100);
  return grown >= minResurfaceGrowthPercent || days >= maxDismissedDays;
}

/** Turns a mined suggestion, with database ids, into rows of the store. */
export function toStoredSuggestion(mined: MinedSuggestion) {
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

/** Explains why there is no access to mine; undefined if there is. */
export async function explainNothingToMine(ctx: Ctx): Promise<string | undefined> {
  if (await findLastSync(ctx.db)) return undefined;
  return 'Nothing has been imported yet. Run `rolemine import csv DIR` first.';
}
