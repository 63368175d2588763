import {
  countCohortHolders,
  countOpenRequestsBy,
  listPastDecisions,
  listPastGrants,
  listProfilesWith,
  listSuggestionsWith,
  type PeerCount,
} from '../../store/access/review-evidence.ts';
import { findOutlier } from '../../store/mining/outliers.ts';
import { describeCohorts, listCountedPeople, toMatcher } from '../cohorts/cohorts.ts';
import type { Ctx } from '../context.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { describeRules } from '../role-rules/describe.ts';
import { loadRulesFor } from '../role-rules/rules-for-person.ts';
import { formatDate } from '../wording/relative-time.ts';
import type { Insight } from './insight.ts';
import { listPastInsights } from './past-insights.ts';
import {
  gradePeers,
  minPeers,
  type Recommendation,
  recommend,
  unusedAfterDays,
} from './recommendation.ts';
import { percents } from './step-card.ts';
import type { TaskView } from './task-view.ts';

export interface Insights {
  insights: Insight[];
  /** Undefined where there is nothing left to decide. */
  recommendation: Recommendation | undefined;
}

const order = ['warning', 'notice', 'fact'] as const;
/** So many open requests of one person are unusual. */
const manyRequests = 10;

/** What the access of today and the history say about a task, and what that suggests to who decides. */
export async function describeInsights(ctx: Ctx, view: TaskView): Promise<Insights> {
  const { db } = ctx;
  const { task, person, entitlement } = view;
  const pair = { personId: person.id, entitlementId: entitlement.id };
  const cohorts = await cohortsOf(ctx, view);
  const profiles = await listProfilesWith(db, entitlement.id, person.id);
  const decisions = await listPastDecisions(db, pair, task.id);
  const pastGrants = await listPastGrants(db, person.id, entitlement.id);
  const rules = await ruleInsights(ctx, view);
  const requests = task.requesterId === null ? 0 : await countOpenRequestsBy(db, task.requesterId);
  const found: (Insight | undefined)[] = [
    goneInsight(view),
    riskInsight(view),
    emergencyInsight(view),
    ...cohorts.map((cohort) => peerInsight(view, cohort)),
    await outlierInsight(ctx, view),
    usageInsight(ctx, view),
    ...listPastInsights(view, { grants: pastGrants, decisions }),
    ...profiles.slice(0, 5).map(
      (profile): Insight => ({
        severity: 'fact',
        sentence: `It is in the access profile "${profile.name}", in which ${person.name} is ${profile.isEnrolled ? '' : 'not '}enrolled.`,
      }),
    ),
    ...rules.map(({ insight }) => insight),
    ...(await suggestionInsights(ctx, view)),
    requests >= manyRequests
      ? {
          severity: 'notice',
          sentence: `${view.requester ?? 'Who asked'} has ${requests} open requests.`,
        }
      : undefined,
  ];
  const insights = found
    .filter((one) => one !== undefined)
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const isGiven = rules.some(({ isRequired }) => isRequired);
  const evidence = { cohorts, profiles, decisions, isGiven };
  return { insights, recommendation: recommendationFor(ctx, view, evidence) };
}

interface CohortCount extends PeerCount {
  words: string;
}

/** The cohorts that are large enough to compare with, the narrowest first. */
async function cohortsOf(ctx: Ctx, { person, manager, entitlement }: TaskView) {
  const counts = await countCohortHolders(ctx.db, person, entitlement.id);
  const { department, jobTitle } = person;
  const all: CohortCount[] = [
    { ...counts.title, words: `${department} with the title ${jobTitle}` },
    { ...counts.team, words: `${manager ?? 'the manager'}'s team` },
    { ...counts.department, words: department ?? '' },
  ];
  return all.filter(({ people }) => people >= minPeers);
}

function peersSentence({ holders, people, words }: CohortCount): string {
  if (holders === 0) return `None of ${people} in ${words} holds it`;
  const verb = holders === 1 ? 'holds' : 'hold';
  return `${holders} of ${people} in ${words} ${verb} it (${percents(holders, people)})`;
}

function peerInsight(view: TaskView, cohort: CohortCount): Insight {
  const grade = gradePeers(withoutSubject(view, cohort));
  const isOdd = grade === 'none' || grade === 'few';
  return { severity: isOdd ? 'notice' : 'fact', sentence: `${peersSentence(cohort)}.` };
}

function withoutSubject({ grant }: TaskView, { people, holders }: CohortCount) {
  return { people: people - 1, holders: holders - (grant ? 1 : 0) };
}

/** Why nobody could use the access any more. */
function goneReason({ person, entitlement, label }: TaskView): string | undefined {
  if (!person.active || person.closedAt) return `${person.name} is not active any more`;
  return entitlement.closedAt ? `${label} does not exist any more` : undefined;
}

function goneInsight(view: TaskView): Insight | undefined {
  const gone = goneReason(view);
  return gone ? { severity: 'warning', sentence: `${gone}.` } : undefined;
}

function riskInsight({ entitlement: { risk } }: TaskView): Insight {
  if (risk === 'high') return { severity: 'warning', sentence: 'It is of high risk.' };
  const sentence = risk ? `It is of ${risk} risk.` : 'Its risk is not rated.';
  return { severity: 'fact', sentence };
}

function emergencyInsight({ task }: TaskView): Insight | undefined {
  if (!task.emergency) return undefined;
  return {
    severity: 'warning',
    sentence: `It is an emergency: the policy "${task.policyName}" takes the place of the usual approvals.`,
  };
}

async function outlierInsight(ctx: Ctx, { person, entitlement }: TaskView) {
  const outlier = await findOutlier(ctx.db, person.id, entitlement.id);
  if (!outlier) return undefined;
  const [cohort] = await describeCohorts(ctx, [outlier.cohort]);
  const among = `${outlier.people} in ${cohort?.words ?? 'the company'}`;
  const sentence = `Hardly any peer has it: role mining saw ${outlier.holders} of ${among}.`;
  return { severity: 'notice', sentence } as const;
}

function unusedDays(ctx: Ctx, { grant }: TaskView): number | undefined {
  if (!grant?.lastUsedAt) return undefined;
  return Math.max(0, Math.floor((ctx.now.getTime() - grant.lastUsedAt.getTime()) / 86_400_000));
}

function usageInsight(ctx: Ctx, view: TaskView): Insight | undefined {
  const { grant } = view;
  if (view.task.kind !== 'revoke' || !grant) return undefined;
  const since = `Held since ${formatDate(grant.grantedAt ?? grant.firstSeenAt)}`;
  if (!view.lastUsed) {
    return { severity: 'fact', sentence: `${since}; never used, as far as is known.` };
  }
  const isUnused = (unusedDays(ctx, view) ?? 0) >= unusedAfterDays;
  const sentence = `${since}; last used ${view.lastUsed}.`;
  return { severity: isUnused ? 'notice' : 'fact', sentence };
}

/** Suggestions about people like this one. */
async function suggestionInsights(ctx: Ctx, { person, entitlement }: TaskView): Promise<Insight[]> {
  const suggestions = await listSuggestionsWith(ctx.db, entitlement.id);
  const [member] = suggestions.length > 0 ? await listCountedPeople(ctx, [person.id]) : [];
  if (!member) return [];
  const theirs = suggestions.filter((one) =>
    one.kind === 'members' ? one.memberIds?.includes(person.id) : toMatcher(one.cohort)(member),
  );
  const words = await describeCohorts(
    ctx,
    theirs.map((one) => one.cohort),
  );
  return theirs.slice(0, 3).map((one, at) => {
    const name = one.kind === 'members' ? `a hidden team of ${one.people}` : words[at]?.name;
    const evidence = `${one.holders} of ${one.people} hold it`;
    return { severity: 'fact', sentence: `Part of the suggestion "${name}" (${evidence}).` };
  });
}

/** Single role rules in force about the person and the entitlement, at most three. */
async function ruleInsights(
  ctx: Ctx,
  { task, person, entitlement }: TaskView,
): Promise<{ insight: Insight; isRequired: boolean }[]> {
  const rulesFor = await loadRulesFor(ctx, [person.id], [entitlement.id]);
  const rules = rulesFor({ personId: person.id, entitlementId: entitlement.id }).slice(0, 3);
  const words = await describeRules(ctx, rules);
  return rules.map(({ ruleType }, at) => {
    const isRequired = ruleType === 'required';
    const sentence = `A role rule ${isRequired ? 'gives' : 'suggests'} it, ${words[at]?.reason ?? ''}.`;
    const severity = isRequired && task.kind === 'revoke' ? 'notice' : 'fact';
    return { isRequired, insight: { severity, sentence } };
  });
}

interface Evidence {
  cohorts: readonly CohortCount[];
  profiles: Awaited<ReturnType<typeof listProfilesWith>>;
  decisions: Awaited<ReturnType<typeof listPastDecisions>>;
  isGiven: boolean;
}

function recommendationFor(
  ctx: Ctx,
  view: TaskView,
  { cohorts, profiles, decisions, isGiven }: Evidence,
): Recommendation | undefined {
  const { task, active } = view;
  if (task.state !== 'open' || !active || !stepWords[active.kind].decides) return undefined;
  const [narrowest] = cohorts;
  const last = decisions.find((one) => one.kind === task.kind);
  return recommend({
    kind: task.kind,
    cause: task.cause,
    emergency: task.emergency,
    gone: goneReason(view),
    risk: view.entitlement.risk,
    peers: gradePeers(narrowest && withoutSubject(view, narrowest)),
    peersSentence: narrowest
      ? lowerFirst(peersSentence(narrowest))
      : 'too few peers to compare with',
    enrolledIn: profiles.find((one) => one.isEnrolled)?.name,
    isGivenByRule: isGiven,
    deniedBefore:
      last?.state === 'denied' && last.at
        ? `denied by ${last.decider} on ${formatDate(last.at)}`
        : undefined,
    unusedDays: unusedDays(ctx, view),
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
