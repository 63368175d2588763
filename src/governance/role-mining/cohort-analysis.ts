import { Refusal } from '../../errors.ts';
import { foldDimension } from '../../mining/matrix/fold-text.ts';
import type { CohortFilter, CohortResult } from '../../mining/suggestions/analyze.ts';
import {
  changeMiningRun,
  findMiningRun,
  insertMiningRun,
  listMiningRuns,
  type MiningRun,
} from '../../store/mining/mining-runs.ts';
import {
  changeSuggestion,
  insertSuggestion,
  listSuggestionsByFingerprint,
  replaceEvidence,
} from '../../store/mining/suggestions.ts';
import { findPerson } from '../../store/people/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import { describeCohorts, formatDimension } from '../cohorts/cohorts.ts';
import { explainNoSuggestion, formatPeopleOrNobody } from '../cohorts/explain-no-suggestion.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { describeCancellations } from './cancel-run.ts';
import type { Miner } from './miner.ts';
import { loadMiningOptions } from './options.ts';
import { explainNothingToMine, toStoredSuggestion } from './runs.ts';
import { reviewSuggestion, type SuggestionView } from './suggestions.ts';

/** A cohort with one value or dimension more or less. */
export interface Refinement {
  /** "only title Analyst", "any department" */
  label: string;
  people: number;
  filter: Record<string, string[]>;
}

/** The result for one cohort: a suggestion to decide about, or a sentence that explains why there is none. */
export type Analysis = { narrow: Refinement[]; widen: Refinement[] } & (
  | { found: SuggestionView }
  | { found: undefined; sentence: string }
);

/**
 * Analyzes the people who match a filter at once. Dimensions are combined by AND, the values of one by OR.
 * @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function analyzeFilter(
  ctx: ActorCtx,
  miner: Miner,
  filter: CohortFilter,
): Promise<Analysis> {
  await requirePermission(ctx, 'mineRoles');
  const explanation = await explainNothingToMine(ctx);
  if (explanation) return { found: undefined, sentence: explanation, narrow: [], widen: [] };
  const options = await loadMiningOptions(ctx);
  const { result, ...size } = await miner.analyze(ctx, filter, options).catch(async (error) => {
    await inTransaction(ctx, (ctx) =>
      recordRun(ctx, filter, {
        state: 'failed',
        error: error instanceof Error ? error.message : String(error),
      }),
    );
    throw error;
  });
  return inTransaction(ctx, async (ctx) => {
    const run = await recordRun(ctx, filter, { ...size, state: 'completed' });
    const nearby = await describeRefinements(ctx, result, filter);
    if (result.reason !== 'found') {
      const sentence = await explainNoSuggestion(ctx, result, { filter, options });
      await changeMiningRun(ctx.db, run.id, { answer: sentence });
      return { found: undefined, sentence, ...nearby };
    }
    const id = await saveSuggestion(ctx, run.id, result);
    const found = await reviewSuggestion(ctx, id);
    const answer = `${found.evidence.length} entitlements shared by ${formatPeopleOrNobody(result.suggestion.people)}`;
    await changeMiningRun(ctx.db, run.id, { answer, suggestionId: id });
    return { found, ...nearby };
  });
}

async function recordRun(
  ctx: ActorCtx,
  filter: CohortFilter,
  end: Pick<MiningRun, 'state'> & Partial<MiningRun>,
): Promise<MiningRun> {
  const run = await insertMiningRun(ctx.db, {
    ...end,
    kind: 'custom',
    trigger: 'person',
    queuedAt: ctx.now,
    startedAt: ctx.now,
    finishedAt: new Date(),
    requestedBy: ctx.actor.personId,
    cohort: Object.fromEntries(Object.entries(filter).map(([key, list]) => [key, [...list]])),
  });
  const { state } = run;
  await audit(ctx, 'mining.analyze', subjectOf.miningRun(run.id), { after: { filter, state } });
  return run;
}

const maxRefinements = 4;

/** Nearby cohorts: narrower ones with one more value, wider ones with one dimension less. */
async function describeRefinements(
  ctx: ActorCtx,
  result: CohortResult,
  filter: CohortFilter,
): Promise<{ narrow: Refinement[]; widen: Refinement[] }> {
  if (!('refinements' in result)) return { narrow: [], widen: [] };
  const { narrow, widen } = result.refinements;
  const values = Object.fromEntries(Object.entries(filter).map(([key, list]) => [key, [...list]]));
  const findKey = (dimension: string) =>
    Object.keys(values).find((key) => foldDimension(key) === foldDimension(dimension)) ?? dimension;
  const shownNarrow = narrow.slice(0, maxRefinements);
  const cohorts = await describeCohorts(
    ctx,
    shownNarrow.map(({ dimension, value }) => ({ [dimension]: [value] })),
  );
  return {
    narrow: shownNarrow.map(({ dimension, value, people }, at) => ({
      label: `only ${cohorts[at]?.words ?? value}`,
      people,
      filter: { ...values, [dimension]: [value] },
    })),
    widen: widen.slice(0, maxRefinements).map(({ dimension, people }) => ({
      label: `any ${formatDimension(dimension)}`,
      people,
      filter: Object.fromEntries(
        Object.entries(values).filter(([key]) => key !== findKey(dimension)),
      ),
    })),
  };
}

/** A past analysis. */
export interface PastAnalysis {
  runId: number;
  /** Undefined for an analysis of the whole organization. */
  filter: Record<string, string[]> | undefined;
  scope: string;
  answer: string;
  by: string | undefined;
  at: Date;
  /** Queued or running, so that it can still be canceled. */
  isOpen: boolean;
}

/** Lists past analyses of cohorts and of the whole organization, newest first. */
export async function listAnalyses(ctx: ActorCtx, limit = 15): Promise<PastAnalysis[]> {
  await requirePermission(ctx, 'mineRoles');
  const runs = await listMiningRuns(ctx.db, limit);
  const cohorts = await describeCohorts(
    ctx,
    runs.map(({ run }) => run.cohort ?? {}),
  );
  const cancellations = await describeCancellations(
    ctx,
    runs.map(({ run }) => run),
  );
  return runs.map(({ run, by }, at) => ({
    runId: run.id,
    filter: run.kind === 'custom' ? (run.cohort ?? {}) : undefined,
    scope: run.kind === 'custom' ? (cohorts[at]?.words ?? 'everyone') : 'the whole organization',
    answer: cancellations.get(run.id) ?? describeAnswer(run),
    by: by ?? undefined,
    at: run.finishedAt ?? run.queuedAt,
    isOpen: run.state === 'queued' || run.state === 'running',
  }));
}

function describeAnswer(run: MiningRun): string {
  if (run.state === 'failed') return `failed: ${run.error ?? 'unknown reason'}`;
  if (run.state !== 'completed') return run.state;
  if (run.kind === 'custom') return run.answer ?? '';
  return `${run.newSuggestions ?? 0} new suggestions from ${run.grants ?? 0} grants of ${run.people ?? 0} people`;
}

/** The filter of a past analysis, to run it again. */
export async function readPastFilter(
  ctx: ActorCtx,
  runId: number,
): Promise<Record<string, string[]> | undefined> {
  await requirePermission(ctx, 'mineRoles');
  const run = await findMiningRun(ctx.db, runId);
  if (!run) throw new Refusal('missing', 'This analysis no longer exists.');
  return run.kind === 'custom' ? (run.cohort ?? {}) : undefined;
}

/** Saves the analyzed cohort as a suggestion, or updates the existing suggestion with the same fingerprint. */
async function saveSuggestion(
  ctx: ActorCtx,
  runId: number,
  result: Extract<CohortResult, { reason: 'found' }>,
): Promise<number> {
  const { row, evidence } = toStoredSuggestion(result.suggestion);
  const [known] = await listSuggestionsByFingerprint(ctx.db, [row.fingerprint]);
  const sighting = { firstRunId: runId, lastRunId: runId, createdAt: ctx.now };
  const { id, state } =
    known ??
    (await insertSuggestion(ctx.db, { ...row, ...sighting, origin: 'custom', state: 'new' }));
  // A new analysis of the cohort reopens a superseded suggestion. A decided one keeps its decision, which the answer shows.
  const change = { ...row, state: state === 'superseded' ? ('new' as const) : state };
  if (known) await changeSuggestion(ctx.db, id, change);
  const evidenceRows = evidence.map((one) => ({ ...one, suggestionId: id }));
  await replaceEvidence(ctx.db, [id], evidenceRows);
  return id;
}

/** The value of the manager dimension for a person. @throws Refusal missing. */
export async function findManagerValue(ctx: ActorCtx, personId: number): Promise<string> {
  const person = await findPerson(ctx.db, personId);
  const value = person?.email ?? person?.externalId;
  if (!value) throw new Refusal('missing', 'Rolemine does not know this person.');
  return value;
}
