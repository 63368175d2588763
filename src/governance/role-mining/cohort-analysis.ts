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
import { describeCancelled } from './cancel-run.ts';
import type { Miner } from './miner.ts';
import { miningOptions } from './options.ts';
import { nothingToMineReason, toStored } from './runs.ts';
import { reviewSuggestion, type SuggestionView } from './suggestions.ts';

/** Another cohort that is one step away. */
export interface Refinement {
  /** "only title Analyst", "any department" */
  label: string;
  people: number;
  filter: Record<string, string[]>;
}

/** What one cohort gives: a suggestion to accept or dismiss, or the sentence that says why there is none. */
export type Analysis = { narrow: Refinement[]; widen: Refinement[] } & (
  | { found: SuggestionView }
  | { found: undefined; sentence: string }
);

/**
 * Analyses the people that match a filter (dimensions ANDed, the values of one ORed) at once.
 * @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function analyzeFilter(
  ctx: ActorCtx,
  miner: Miner,
  filter: CohortFilter,
): Promise<Analysis> {
  await requirePermission(ctx, 'mineRoles');
  const nothing = await nothingToMineReason(ctx);
  if (nothing) return { found: undefined, sentence: nothing, narrow: [], widen: [] };
  const options = await miningOptions(ctx);
  const { result, ...size } = await miner.analyze(ctx, filter, options).catch(async (error) => {
    await inTransaction(ctx, (ctx) =>
      keepRun(ctx, filter, { state: 'failed', error: (error as Error).message }),
    );
    throw error;
  });
  return inTransaction(ctx, async (ctx) => {
    const stored = await keepRun(ctx, filter, { ...size, state: 'completed' });
    const nearby = await describeRefinements(ctx, result, filter);
    if (result.reason !== 'found') {
      const sentence = await explainNoSuggestion(ctx, result, { filter, options });
      await changeMiningRun(ctx.db, stored.id, { answer: sentence });
      return { found: undefined, sentence, ...nearby };
    }
    const id = await keepSuggestion(ctx, stored.id, result);
    const found = await reviewSuggestion(ctx, id);
    const answer = `${found.evidence.length} entitlements shared by ${formatPeopleOrNobody(result.suggestion.people)}`;
    await changeMiningRun(ctx.db, stored.id, { answer, suggestionId: id });
    return { found, ...nearby };
  });
}

async function keepRun(
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

/** The cohorts one step away: a value more to narrow, a dimension less to widen. */
async function describeRefinements(
  ctx: ActorCtx,
  result: CohortResult,
  filter: CohortFilter,
): Promise<{ narrow: Refinement[]; widen: Refinement[] }> {
  if (!('refinements' in result)) return { narrow: [], widen: [] };
  const { narrow, widen } = result.refinements;
  const plain = Object.fromEntries(Object.entries(filter).map(([key, list]) => [key, [...list]]));
  const keyOf = (dimension: string) =>
    Object.keys(plain).find((key) => foldDimension(key) === foldDimension(dimension)) ?? dimension;
  const nearer = narrow.slice(0, maxRefinements);
  const words = await describeCohorts(
    ctx,
    nearer.map(({ dimension, value }) => ({ [dimension]: [value] })),
  );
  return {
    narrow: nearer.map(({ dimension, value, people }, at) => ({
      label: `only ${words[at]?.words ?? value}`,
      people,
      filter: { ...plain, [dimension]: [value] },
    })),
    widen: widen.slice(0, maxRefinements).map(({ dimension, people }) => ({
      label: `any ${formatDimension(dimension)}`,
      people,
      filter: Object.fromEntries(Object.entries(plain).filter(([key]) => key !== keyOf(dimension))),
    })),
  };
}

/** One analysis of the past. */
export interface PastAnalysis {
  runId: number;
  /** undefined: of the whole organisation. */
  filter: Record<string, string[]> | undefined;
  words: string;
  answer: string;
  by: string | undefined;
  at: Date;
  /** Queued or running: it can still be cancelled. */
  isOpen: boolean;
}

/** The newest analyses first, of cohorts and of the whole organisation. */
export async function listAnalyses(ctx: ActorCtx, most = 15): Promise<PastAnalysis[]> {
  await requirePermission(ctx, 'mineRoles');
  const runs = await listMiningRuns(ctx.db, most);
  const words = await describeCohorts(
    ctx,
    runs.map(({ run }) => run.cohort ?? {}),
  );
  const cancelled = await describeCancelled(
    ctx,
    runs.map(({ run }) => run),
  );
  return runs.map(({ run, by }, at) => ({
    runId: run.id,
    filter: run.kind === 'custom' ? (run.cohort ?? {}) : undefined,
    words: run.kind === 'custom' ? (words[at]?.words ?? 'everyone') : 'the whole organisation',
    answer: cancelled.get(run.id) ?? answerOf(run),
    by: by ?? undefined,
    at: run.finishedAt ?? run.queuedAt,
    isOpen: run.state === 'queued' || run.state === 'running',
  }));
}

function answerOf(run: MiningRun): string {
  if (run.state === 'failed') return `failed: ${run.error ?? 'unknown reason'}`;
  if (run.state !== 'completed') return run.state;
  if (run.kind === 'custom') return run.answer ?? '';
  return `${run.newSuggestions ?? 0} new suggestions from ${run.grants ?? 0} grants of ${run.people ?? 0} people`;
}

/** The filter of a past analysis, to run it again. */
export async function pastFilter(
  ctx: ActorCtx,
  runId: number,
): Promise<Record<string, string[]> | undefined> {
  await requirePermission(ctx, 'mineRoles');
  const run = await findMiningRun(ctx.db, runId);
  if (!run) throw new Refusal('missing', 'This analysis is no longer here.');
  return run.kind === 'custom' ? (run.cohort ?? {}) : undefined;
}

/** The analysed cohort becomes a suggestion of its own, or the one of a run that says the same. */
async function keepSuggestion(
  ctx: ActorCtx,
  runId: number,
  result: Extract<CohortResult, { reason: 'found' }>,
): Promise<number> {
  const { row, evidence } = toStored(result.suggestion);
  const [known] = await listSuggestionsByFingerprint(ctx.db, [row.fingerprint]);
  const seen = { firstRunId: runId, lastRunId: runId, createdAt: ctx.now };
  const { id, state } =
    known ?? (await insertSuggestion(ctx.db, { ...row, ...seen, origin: 'custom', state: 'new' }));
  // Asking again for a cohort means that a dismissed or forgotten suggestion may be decided anew.
  const change = { ...row, state: state === 'accepted' ? state : ('new' as const) };
  if (known) await changeSuggestion(ctx.db, id, change);
  const ofThis = evidence.map((one) => ({ ...one, suggestionId: id }));
  await replaceEvidence(ctx.db, [id], ofThis);
  return id;
}

/** A manager by e-mail or mention, as the value by which cohorts know them. */
export async function managerValue(ctx: ActorCtx, personId: number): Promise<string> {
  const person = await findPerson(ctx.db, personId);
  const value = person?.email ?? person?.externalId;
  if (!value) throw new Refusal('missing', 'That person is not known here.');
  return value;
}
