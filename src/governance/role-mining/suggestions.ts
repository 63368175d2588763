import { Refusal } from '../../errors.ts';
import { compareProfiles } from '../../mining/suggestions/profile-overlap.ts';
import { listAccessSets } from '../../store/access/grants.ts';
import { findLastRun, findMiningRun, type MiningRun } from '../../store/mining/mining-runs.ts';
import {
  countSightings,
  decideNewSuggestion,
  type Evidence,
  findSuggestion,
  listDismissedSuggestions,
  listEvidence,
  listNewSuggestions,
  listSuggestionsOfRun,
  restoreDismissed,
  type Suggestion,
} from '../../store/mining/suggestions.ts';
import { findPerson, listPeopleById } from '../../store/people/people.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import { listProfileSets, listProfiles } from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type CohortDescription, describeCohorts, listCohortPeople } from '../cohorts/cohorts.ts';
import { countSelfEdited, formatSelfEdited } from '../cohorts/trusted-values.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { withNames } from '../people/display-name.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { toSentence } from '../wording/sentences.ts';
import { describeCancellations } from './cancel-run.ts';

/** A suggestion with the texts about its cohort, its evidence and the people who would gain access. */
export interface SuggestionView extends CohortDescription {
  suggestion: Suggestion;
  evidence: Evidence[];
  /** Names of people who would gain at least one entitlement. Only `reviewSuggestion` fills it. */
  gainingNames: string[];
  /** `Access profile "Finance" created by Dana Scott 2 minutes formatAgo`; undefined for an open suggestion. */
  decision: string | undefined;
  /** Number of recent runs, and how many of them found it. Both are 0 before the first run. */
  seen: { runs: number; times: number };
  /** "based on Slack profiles (12 of 14 people)"; empty if it rests on none. */
  trust: string;
  /** Profiles that contain some of it, the nearest first. */
  overlaps: { profileId: number; name: string; has: number; lacks: number }[];
}

export interface SuggestionList {
  suggestions: SuggestionView[];
  run: MiningRun | undefined;
}

/** Lists open suggestions, strongest first. */
export async function listSuggestions(ctx: ActorCtx): Promise<SuggestionList> {
  await requirePermission(ctx, 'mineRoles');
  const suggestions = await viewSuggestions(ctx, await listNewSuggestions(ctx.db));
  return { suggestions, run: await findLastRun(ctx.db) };
}

/** Loads one suggestion with everything that a Super Admin needs for the decision. */
export async function reviewSuggestion(ctx: ActorCtx, id: number): Promise<SuggestionView> {
  await requirePermission(ctx, 'mineRoles');
  const suggestion = await findSuggestion(ctx.db, id);
  const [view] = suggestion ? await viewSuggestions(ctx, [suggestion]) : [];
  if (!view) throw new Refusal('missing', 'This suggestion no longer exists.');
  return { ...view, gainingNames: await listGainingNames(ctx, view) };
}

/** Dismisses a suggestion. It may come back when its evidence has grown. */
export async function dismissSuggestion(ctx: ActorCtx, id: number): Promise<SuggestionView> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const before = await findSuggestion(ctx.db, id);
    if (!before) throw new Refusal('missing', 'This suggestion no longer exists.');
    await decideSuggestion(ctx, before, 'dismissed');
    return reviewSuggestion(ctx, id);
  });
}

/** Opens a dismissed suggestion again. @throws Refusal conflict: it is not dismissed. */
export async function restoreSuggestion(ctx: ActorCtx, id: number): Promise<SuggestionView> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const before = await restoreDismissed(ctx.db, id);
    if (!before) throw new Refusal('conflict', 'This suggestion is not dismissed any more.');
    await audit(ctx, 'suggestion.restored', subjectOf.suggestion(id), {
      before: { state: 'dismissed' },
      after: { state: 'new', fingerprint: before.fingerprint },
    });
    await redrawRunCards(ctx, before.firstRunId);
    return reviewSuggestion(ctx, id);
  });
}

/** Lists dismissed suggestions, the newest first. */
export async function listDismissed(ctx: ActorCtx): Promise<SuggestionView[]> {
  await requirePermission(ctx, 'mineRoles');
  return viewSuggestions(ctx, await listDismissedSuggestions(ctx.db));
}

/**
 * Accepts or dismisses a suggestion within a transaction. The first decision counts.
 * @throws Refusal 'conflict' with the earlier decision.
 */
export async function decideSuggestion(
  ctx: ActorCtx,
  before: Suggestion,
  state: 'accepted' | 'dismissed',
): Promise<void> {
  const decided = await decideNewSuggestion(ctx.db, before.id, {
    state,
    decidedBy: ctx.actor.personId,
    decidedAt: ctx.now,
    dismissedLowerBoundPercent: state === 'dismissed' ? before.lowerBoundPercent : null,
  });
  if (!decided) {
    const [current] = await viewSuggestions(ctx, [before]);
    const sentence = toSentence(current?.decision ?? 'This suggestion is no longer open');
    throw new Refusal('conflict', sentence);
  }
  await audit(ctx, `suggestion.${state}`, subjectOf.suggestion(before.id), {
    before: { state: before.state },
    after: { state, fingerprint: before.fingerprint },
  });
  await redrawRunCards(ctx, before.firstRunId);
}

/** The content of the card of a run. */
export interface RunView {
  run: MiningRun;
  /** "canceled by Dana Scott 2 minutes formatAgo" */
  cancellation: string | undefined;
  isRequestedByReader: boolean;
  /** The suggestions that were new in this run, strongest first, including decided ones. */
  newSuggestions: SuggestionView[];
  /** Number of all open suggestions. */
  openSuggestions: number;
  /** Share of the counted grants that the suggestions of the run explain, 0 to 100. */
  explainedPercent: number;
}

export async function viewRun(
  ctx: Ctx,
  runId: number,
  readerId: number,
): Promise<RunView | undefined> {
  const run = await findMiningRun(ctx.db, runId);
  // A custom analysis is answered in place and has no card.
  if (!run || run.kind === 'custom') return undefined;
  const suggestions = await listSuggestionsOfRun(ctx.db, runId);
  return {
    run,
    cancellation: (await describeCancellations(ctx, [run])).get(runId),
    isRequestedByReader: run.requestedBy === readerId,
    newSuggestions: await viewSuggestions(ctx, suggestions),
    openSuggestions: (await listNewSuggestions(ctx.db)).length,
    explainedPercent: run.grants ? Math.round((100 * (run.explainedGrants ?? 0)) / run.grants) : 0,
  };
}

async function viewSuggestions(ctx: Ctx, list: readonly Suggestion[]): Promise<SuggestionView[]> {
  const evidence = await listEvidence(
    ctx.db,
    list.map((one) => one.id),
  );
  const cohorts = await describeCohorts(
    ctx,
    list.map((one) => one.cohort),
  );
  const profiles = await listProfiles(ctx.db);
  const sets = await listProfileSets(ctx.db);
  const sightings = await countSightings(
    ctx.db,
    list.map((one) => one.id),
  );
  const selfEdited = await countSelfEdited(
    ctx,
    // The people of a hidden team share access; attributes only describe them.
    list.map(({ kind, cohort }) => (kind === 'members' ? {} : cohort)),
  );
  const views: SuggestionView[] = [];
  for (const [at, suggestion] of list.entries()) {
    const profile = profiles.find((one) => one.profile.id === suggestion.profileId);
    const ownEvidence = evidence.filter((one) => one.suggestionId === suggestion.id);
    const cohort = cohorts[at] ?? { words: 'everyone', name: 'Everyone' };
    views.push({
      ...(suggestion.kind === 'members' ? describeTeam(suggestion, cohort) : cohort),
      suggestion,
      evidence: ownEvidence,
      gainingNames: [],
      trust: formatSelfEdited(selfEdited[at] ?? 0, suggestion.people),
      decision: await describeDecision(ctx, suggestion, profile?.profile),
      seen: { runs: sightings.runs, times: sightings.seen.get(suggestion.id) ?? 0 },
      overlaps: listOverlaps(
        ownEvidence.map((one) => one.entitlementId),
        sets,
        profiles,
      ),
    });
  }
  return views;
}

/** A hidden team has no rule. The value that most members share describes it. */
function describeTeam(
  { people, cohort }: Suggestion,
  described: CohortDescription,
): CohortDescription {
  const isDescribed = Object.keys(cohort).length > 0;
  return {
    name: isDescribed ? `${described.name}: hidden team` : `Hidden team of ${people}`,
    words: isDescribed
      ? `${people} people who share this access, mostly ${described.words}`
      : `${people} people who share this access but no attribute`,
  };
}

function listOverlaps(
  entitlementIds: readonly number[],
  sets: ReadonlyMap<number, ReadonlySet<number>>,
  profiles: Awaited<ReturnType<typeof listProfiles>>,
): SuggestionView['overlaps'] {
  const ids = [...sets.keys()];
  return compareProfiles(entitlementIds, [...sets.values()]).flatMap(
    ({ profile, overlap, missing }) => {
      const profileId = ids[profile];
      if (profileId === undefined) return [];
      const name = profiles.find((one) => one.profile.id === profileId)?.profile.name ?? '';
      return [{ profileId, name, has: overlap.length, lacks: missing.length }];
    },
  );
}

async function describeDecision(
  ctx: Ctx,
  suggestion: Suggestion,
  profile: { name: string; suggestionId: number | null } | undefined,
): Promise<string | undefined> {
  if (suggestion.state === 'new') return undefined;
  if (suggestion.state === 'superseded') return 'Not found in the newest analysis';
  const decider =
    suggestion.decidedBy === null ? undefined : await findPerson(ctx.db, suggestion.decidedBy);
  const name = `"${profile?.name ?? ''}"`;
  const accepted =
    profile?.suggestionId === suggestion.id
      ? `Access profile ${name} created`
      : `Added to the access profile ${name}`;
  const action = suggestion.state === 'dismissed' ? 'Dismissed' : accepted;
  return `${action} by ${decider?.name ?? 'somebody'} ${formatAgo(suggestion.decidedAt ?? ctx.now, ctx.now)}`;
}

/** Names of people who currently match the suggestion and lack at least one of its entitlements. */
async function listGainingNames(ctx: Ctx, view: SuggestionView): Promise<string[]> {
  const people = await listSuggestedPeople(ctx, view.suggestion);
  const entitlementIds = view.evidence.map((one) => one.entitlementId);
  const accessSets = await listAccessSets(
    ctx.db,
    people.map((person) => person.id),
    entitlementIds,
  );
  const gaining = people.filter(
    (person) => (accessSets.get(person.id)?.size ?? 0) < entitlementIds.length,
  );
  return (await withNames(ctx, gaining)).map(({ name }) => name);
}

/** Lists the people of a suggestion now: those of its cohort, or the active members of a hidden team. */
export async function listSuggestedPeople(
  ctx: Ctx,
  suggestion: Suggestion,
): Promise<{ id: number; name: string }[]> {
  if (suggestion.kind !== 'members') return listCohortPeople(ctx, suggestion.cohort);
  const members = await listPeopleById(ctx.db, suggestion.memberIds ?? []);
  return members.filter((person) => person.active && !person.closedAt);
}

/** Redraws the cards of a run for all Super Admins. */
async function redrawRunCards(ctx: Ctx, runId: number | null): Promise<void> {
  const admins = (await listSuperAdmins(ctx.db)).map((person) => person.id);
  if (runId !== null) {
    await notify(
      ctx,
      admins.map((recipientId) => ({ recipientId, kind: 'run', subjectId: runId, priority: 0 })),
    );
  }
  await redrawHomes(ctx, admins);
}
