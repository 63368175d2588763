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
import { describeCohorts, toMatcher } from '../cohorts/cohorts.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
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
import { formatPeerShare, formatPeers } from './step-facts.ts';
import type { TaskView } from './task-view.ts';

export interface Insights {
  insights: Insight[];
  /** Undefined when no decision is open. */
  recommendation: Recommendation | undefined;
}

const order = ['warning', 'notice', 'fact'] as const;
/** From this number on, the open requests of one person are unusual. */
const minUnusualRequests = 10;

/** Finds the insights about a task in current access and past decisions, and the recommendation that follows. */
export async function describeInsights(ctx: Ctx, view: TaskView): Promise<Insights> {
  const { db } = ctx;
  const { task, person, entitlement } = view;
  const pair = { personId: person.id, entitlementId: entitlement.id };
  const cohorts = await countCohorts(ctx, view);
  const profiles = await listProfilesWith(db, entitlement.id, person.id);
  const decisions = await listPastDecisions(db, pair, task.id);
  const pastGrants = await listPastGrants(db, person.id, entitlement.id);
  const rules = await ruleInsights(ctx, view);
  const requests = task.requesterId === null ? 0 : await countOpenRequestsBy(db, task.requesterId);
  const found: (Insight | undefined)[] = [
    unusableInsight(view),
    riskInsight(view),
    emergencyInsight(view),
    ...cohorts.map((cohort) => peerInsight(view, cohort)),
    await outlierInsight(ctx, view),
    usageInsight(ctx, view),
    ...listPastInsights(view, { grants: pastGrants, decisions }),
    ...profiles.slice(0, 5).map(
      (profile): Insight => ({
        severity: 'fact',
        sentence: `The access profile "${profile.name}" includes it; ${person.name} is ${profile.isEnrolled ? '' : 'not '}enrolled.`,
      }),
    ),
    ...rules.map(({ insight }) => insight),
    ...(await suggestionInsights(ctx, view)),
    requests >= minUnusualRequests
      ? {
          severity: 'notice',
          sentence: `${view.requester ?? 'The requester'} has ${requests} open requests.`,
        }
      : undefined,
  ];
  const insights = found
    .filter((one) => one !== undefined)
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const isGranted = rules.some(({ isRequired }) => isRequired);
  const evidence = { cohorts, profiles, decisions, isGranted };
  return { insights, recommendation: recommendationFor(ctx, view, evidence) };
}

interface CohortCount extends PeerCount {
  words: string;
}

/** Counts the cohorts that are large enough for a comparison, the narrowest first. */
async function countCohorts(ctx: Ctx, { person, manager, entitlement }: TaskView) {
  const counts = await countCohortHolders(ctx.db, person, entitlement.id);
  const { department, jobTitle } = person;
  const all: CohortCount[] = [
    { ...counts.title, words: `${department} with the title ${jobTitle}` },
    { ...counts.team, words: `${manager ?? 'the manager'}'s team` },
    { ...counts.department, words: department ?? '' },
  ];
  return all.filter(({ people }) => people >= minPeers);
}

function peerInsight(view: TaskView, cohort: CohortCount): Insight {
  const grade = gradePeers(withoutSubject(view, cohort));
  const isUnusual = grade === 'none' || grade === 'few';
  return {
    severity: isUnusual ? 'notice' : 'fact',
    sentence: `${formatPeerShare(cohort, cohort.words)}.`,
  };
}

function withoutSubject({ grant }: TaskView, { people, holders }: CohortCount) {
  return { people: people - 1, holders: holders - (grant ? 1 : 0) };
}

/** The reason why nobody can use the access; undefined if somebody can. */
function unusableReason({ person, entitlement, label }: TaskView): string | undefined {
  if (!person.active || person.closedAt) return `${person.name} is no longer active`;
  return entitlement.closedAt ? `${label} no longer exists` : undefined;
}

function unusableInsight(view: TaskView): Insight | undefined {
  const reason = unusableReason(view);
  return reason ? { severity: 'warning', sentence: `${reason}.` } : undefined;
}

function riskInsight({ entitlement: { risk } }: TaskView): Insight {
  if (risk === 'high') return { severity: 'warning', sentence: 'High risk.' };
  const sentence = risk ? `${capital(risk)} risk.` : 'Risk not rated.';
  return { severity: 'fact', sentence };
}

function emergencyInsight({ task }: TaskView): Insight | undefined {
  if (!task.emergency) return undefined;
  return {
    severity: 'warning',
    sentence: `Emergency: the policy "${task.policyName}" replaces the usual approvals.`,
  };
}

async function outlierInsight(ctx: Ctx, { person, entitlement }: TaskView) {
  const outlier = await findOutlier(ctx.db, person.id, entitlement.id);
  if (!outlier) return undefined;
  const [cohort] = await describeCohorts(ctx, [outlier.cohort]);
  const sentence = `Unusual access: ${formatPeers(outlier, cohort?.words ?? 'the company')}.`;
  return { severity: 'notice', sentence } as const;
}

function countUnusedDays(ctx: Ctx, { grant }: TaskView): number | undefined {
  if (!grant?.lastUsedAt) return undefined;
  return Math.max(0, Math.floor((ctx.now.getTime() - grant.lastUsedAt.getTime()) / 86_400_000));
}

function usageInsight(ctx: Ctx, view: TaskView): Insight | undefined {
  const { grant } = view;
  if (view.task.kind !== 'revoke' || !grant) return undefined;
  const since = `Held since ${formatDate(grant.grantedAt ?? grant.firstSeenAt, view.zone)}`;
  if (!view.lastUsed) {
    return { severity: 'fact', sentence: `${since}; no use is known.` };
  }
  const isUnused = (countUnusedDays(ctx, view) ?? 0) >= unusedAfterDays;
  const sentence = `${since}; last used ${view.lastUsed}.`;
  return { severity: isUnused ? 'notice' : 'fact', sentence };
}

/** The suggestions whose group has this person. */
async function suggestionInsights(ctx: Ctx, { person, entitlement }: TaskView): Promise<Insight[]> {
  const suggestions = await listSuggestionsWith(ctx.db, entitlement.id);
  const [member] = suggestions.length > 0 ? await listPeopleForRules(ctx, [person.id]) : [];
  if (!member) return [];
  const matching = suggestions.filter((one) =>
    one.kind === 'members' ? one.memberIds?.includes(person.id) : toMatcher(one.cohort)(member),
  );
  const words = await describeCohorts(
    ctx,
    matching.map((one) => one.cohort),
  );
  return matching.slice(0, 3).map((one, at) => {
    const name = one.kind === 'members' ? `a hidden team of ${one.people}` : words[at]?.name;
    const evidence = `${one.holders} of ${one.people} have it`;
    return { severity: 'fact', sentence: `Part of the suggestion "${name}" (${evidence}).` };
  });
}

/** The role rules in force about the person and the entitlement, at most three. */
async function ruleInsights(
  ctx: Ctx,
  { task, person, entitlement }: TaskView,
): Promise<{ insight: Insight; isRequired: boolean }[]> {
  const rulesFor = await loadRulesFor(ctx, [person.id], [entitlement.id]);
  const rules = rulesFor({ personId: person.id, entitlementId: entitlement.id }).slice(0, 3);
  const words = await describeRules(ctx, rules);
  return words.map(({ reason }, at) => {
    const isRequired = rules[at]?.ruleType === 'required';
    const sentence = `A role rule ${isRequired ? 'grants' : 'suggests'} it ${reason}.`;
    const severity = isRequired && task.kind === 'revoke' ? 'notice' : 'fact';
    return { isRequired, insight: { severity, sentence } };
  });
}

interface Evidence {
  cohorts: readonly CohortCount[];
  profiles: Awaited<ReturnType<typeof listProfilesWith>>;
  decisions: Awaited<ReturnType<typeof listPastDecisions>>;
  isGranted: boolean;
}

function recommendationFor(
  ctx: Ctx,
  view: TaskView,
  { cohorts, profiles, decisions, isGranted }: Evidence,
): Recommendation | undefined {
  const { task, active } = view;
  if (task.state !== 'open' || !active || !stepWords[active.kind].decides) return undefined;
  const [narrowest] = cohorts;
  const last = decisions.find((one) => one.kind === task.kind);
  return recommend({
    kind: task.kind,
    cause: task.cause,
    emergency: task.emergency,
    unusableReason: unusableReason(view),
    risk: view.entitlement.risk,
    peers: gradePeers(narrowest && withoutSubject(view, narrowest)),
    peersSentence: narrowest
      ? lowerFirst(formatPeerShare(narrowest, narrowest.words))
      : 'too few peers for a comparison',
    enrolledIn: profiles.find((one) => one.isEnrolled)?.name,
    isGrantedByRule: isGranted,
    deniedBefore:
      last?.state === 'denied' && last.at
        ? `denied by ${last.decider} on ${formatDate(last.at, view.zone)}`
        : undefined,
    unusedDays: countUnusedDays(ctx, view),
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
