import { Refusal } from '../../errors.ts';
import { compareProfiles } from '../../mining/suggestions/profile-overlap.ts';
import { listAccessSets } from '../../store/access/grants.ts';
import { findLastRun, findMiningRun, type MiningRun } from '../../store/mining/mining-runs.ts';
import {
  countSightings,
  decideNewSuggestion,
  type Evidence,
  findSuggestion,
  listEvidence,
  listNewSuggestions,
  listSuggestionsOfRun,
  type Suggestion,
} from '../../store/mining/suggestions.ts';
import { findPerson, listPeopleById } from '../../store/people/people.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import { listProfileSets, listProfiles } from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type CohortDescription, describeCohorts, listCohortPeople } from '../cohorts/cohorts.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { describeCancelled } from './cancel-run.ts';

/** A suggestion as it is shown: its cohort in words, its evidence, who would gain. */
export interface SuggestionView extends CohortDescription {
  suggestion: Suggestion;
  evidence: Evidence[];
  /** Names of people who would gain at least one entitlement; only in the full view. */
  gainingNames: string[];
  /** `Access profile "Finance" created by Dana Scott 2 minutes ago`; undefined while it waits. */
  decided: string | undefined;
  /** Of the last runs, how many saw it; 0 runs for a custom analysis that no run has seen. */
  seen: { runs: number; times: number };
  /** Profiles that hold some of it, the nearest first. */
  overlaps: { profileId: number; name: string; has: number; lacks: number }[];
}

export interface SuggestionList {
  suggestions: SuggestionView[];
  run: MiningRun | undefined;
}

/** Suggestions that wait for a decision, strongest first. */
export async function listSuggestions(ctx: ActorCtx): Promise<SuggestionList> {
  await requirePermission(ctx, 'mineRoles');
  const suggestions = await viewSuggestions(ctx, await listNewSuggestions(ctx.db));
  return { suggestions, run: await findLastRun(ctx.db) };
}

/** One suggestion with everything a Super Admin needs to decide about it. */
export async function reviewSuggestion(ctx: ActorCtx, id: number): Promise<SuggestionView> {
  await requirePermission(ctx, 'mineRoles');
  const suggestion = await findSuggestion(ctx.db, id);
  const [view] = suggestion ? await viewSuggestions(ctx, [suggestion]) : [];
  if (!view) throw new Refusal('missing', 'This suggestion is no longer here.');
  return { ...view, gainingNames: await namesGaining(ctx, view) };
}

/** Takes a suggestion off the list. It may come back when its evidence has grown. */
export async function dismissSuggestion(ctx: ActorCtx, id: number): Promise<SuggestionView> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const before = await findSuggestion(ctx.db, id);
    if (!before) throw new Refusal('missing', 'This suggestion is no longer here.');
    await decideSuggestion(ctx, before, 'dismissed');
    return reviewSuggestion(ctx, id);
  });
}

/**
 * Accepts or dismisses, inside a transaction; the first decision counts.
 * @throws Refusal 'conflict' saying who decided before.
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
    const [now] = await viewSuggestions(ctx, [before]);
    throw new Refusal(
      'conflict',
      now?.decided ? `${now.decided}.` : 'This suggestion is no longer open.',
    );
  }
  await audit(ctx, `suggestion.${state}`, subjectOf.suggestion(before.id), {
    before: { state: before.state },
    after: { state, fingerprint: before.fingerprint },
  });
  await redrawRun(ctx, before.firstRunId);
}

/** What the card of a run says. */
export interface RunView {
  run: MiningRun;
  /** "cancelled by Dana Scott 2 minutes ago" */
  cancelled: string | undefined;
  requestedByReader: boolean;
  /** The suggestions that were new in this run, strongest first, decided ones included. */
  fresh: SuggestionView[];
  /** How many wait for a decision in all. */
  waiting: number;
  /** Share of the counted grants that the suggestions of the run explain, 0–100. */
  explainedPercent: number;
}

export async function viewRun(
  ctx: Ctx,
  runId: number,
  readerId: number,
): Promise<RunView | undefined> {
  const run = await findMiningRun(ctx.db, runId);
  // A custom analysis is answered where it was asked; there is no card to draw.
  if (!run || run.kind === 'custom') return undefined;
  const all = await listSuggestionsOfRun(ctx.db, runId);
  return {
    run,
    cancelled: (await describeCancelled(ctx, [run])).get(runId),
    requestedByReader: run.requestedBy === readerId,
    fresh: await viewSuggestions(ctx, all),
    waiting: (await listNewSuggestions(ctx.db)).length,
    explainedPercent: run.grants ? Math.round((100 * (run.explainedGrants ?? 0)) / run.grants) : 0,
  };
}

async function viewSuggestions(ctx: Ctx, list: readonly Suggestion[]): Promise<SuggestionView[]> {
  const evidence = await listEvidence(
    ctx.db,
    list.map((one) => one.id),
  );
  const words = await describeCohorts(
    ctx,
    list.map((one) => one.cohort),
  );
  const profiles = await listProfiles(ctx.db);
  const sets = await listProfileSets(ctx.db);
  const sightings = await countSightings(
    ctx.db,
    list.map((one) => one.id),
  );
  const views: SuggestionView[] = [];
  for (const [at, suggestion] of list.entries()) {
    const profile = profiles.find((one) => one.profile.id === suggestion.profileId);
    const own = evidence.filter((one) => one.suggestionId === suggestion.id);
    const said = words[at] ?? { words: 'everyone', name: 'Everyone' };
    views.push({
      ...(suggestion.kind === 'members' ? teamWords(suggestion, said) : said),
      suggestion,
      evidence: own,
      gainingNames: [],
      decided: await decidedWords(ctx, suggestion, profile?.profile),
      seen: { runs: sightings.runs, times: sightings.seen.get(suggestion.id) ?? 0 },
      overlaps: overlapsOf(
        own.map((one) => one.entitlementId),
        sets,
        profiles,
      ),
    });
  }
  return views;
}

/** A hidden team has no rule of its own; the value its members share most describes it. */
function teamWords({ people, cohort }: Suggestion, said: CohortDescription): CohortDescription {
  const isDescribed = Object.keys(cohort).length > 0;
  return {
    name: isDescribed ? `${said.name}: hidden team` : `Hidden team of ${people}`,
    words: isDescribed
      ? `${people} people who share this access, most of them ${said.words}`
      : `${people} people who share this access and no attribute`,
  };
}

function overlapsOf(
  entitlementIds: readonly number[],
  sets: ReadonlyMap<number, ReadonlySet<number>>,
  profiles: Awaited<ReturnType<typeof listProfiles>>,
): SuggestionView['overlaps'] {
  const ids = [...sets.keys()];
  return compareProfiles(entitlementIds, [...sets.values()]).map(
    ({ profile, overlap, missing }) => ({
      profileId: ids[profile] ?? 0,
      name: profiles.find((one) => one.profile.id === ids[profile])?.profile.name ?? '',
      has: overlap.length,
      lacks: missing.length,
    }),
  );
}

async function decidedWords(
  ctx: Ctx,
  suggestion: Suggestion,
  profile: { name: string; suggestionId: number | null } | undefined,
): Promise<string | undefined> {
  if (suggestion.state === 'new') return undefined;
  if (suggestion.state === 'superseded') return 'No longer seen in the newest analysis';
  const who =
    suggestion.decidedBy === null ? undefined : await findPerson(ctx.db, suggestion.decidedBy);
  const name = `"${profile?.name ?? ''}"`;
  const accepted =
    profile?.suggestionId === suggestion.id
      ? `Access profile ${name} created`
      : `Added to the access profile ${name}`;
  const what = suggestion.state === 'dismissed' ? 'Dismissed' : accepted;
  return `${what} by ${who?.name ?? 'somebody'} ${formatAgo(suggestion.decidedAt ?? ctx.now, ctx.now)}`;
}

/** People of the cohort, as it is now, who lack at least one of the entitlements. */
async function namesGaining(ctx: Ctx, view: SuggestionView): Promise<string[]> {
  const people = await listSuggestedPeople(ctx, view.suggestion);
  const wanted = view.evidence.map((one) => one.entitlementId);
  const held = await listAccessSets(
    ctx.db,
    people.map((person) => person.id),
    wanted,
  );
  return people
    .filter((person) => (held.get(person.id)?.size ?? 0) < wanted.length)
    .map((person) => person.name);
}

/** Who a suggestion is about now: its cohort's people, or the active members of a hidden team. */
export async function listSuggestedPeople(
  ctx: Ctx,
  suggestion: Suggestion,
): Promise<{ id: number; name: string }[]> {
  if (suggestion.kind !== 'members') return listCohortPeople(ctx, suggestion.cohort);
  const members = await listPeopleById(ctx.db, suggestion.memberIds ?? []);
  return members.filter((person) => person.active && !person.closedAt);
}

/** Has the cards of a run drawn again for everybody who got one. */
async function redrawRun(ctx: Ctx, runId: number | null): Promise<void> {
  const admins = (await listSuperAdmins(ctx.db)).map((person) => person.id);
  if (runId !== null) {
    await notify(
      ctx,
      admins.map((recipientId) => ({ recipientId, kind: 'run', subjectId: runId, priority: 0 })),
    );
  }
  await redrawHomes(ctx, admins);
}
