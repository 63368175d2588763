import { groupBy } from '../../collections.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import {
  type EarlierRequest,
  type EntitlementHolders,
  listEarlierRequests,
  listFirstSeenSince,
  listOpenRuleRequests,
  listRuleGrants,
  loadHolders,
  type OpenRequest,
  type RuleGrant,
} from '../../store/rules/role-rules.ts';
import type { Criteria, RuleType } from '../../store/schema/rules.ts';
import { listCountedPeople } from '../cohorts/cohorts.ts';
import { indexPeople, type PeopleIndex } from '../cohorts/people-index.ts';
import type { Ctx } from '../context.ts';

/** A single role rule, in force or supposed. */
export interface RoleRule {
  /** undefined: it is only supposed. */
  id?: number | undefined;
  rulePolicyId: number;
  entitlementId: number;
  criteria: Criteria;
  ruleType: RuleType;
  priority: number;
  appliedAt: Date;
  /** A mined rule takes the place of those mined before it. */
  origin?: 'generated' | 'written' | undefined;
}

/** The people, and what they hold of what some rules are about. Nothing changes it once it is loaded. */
export interface Reach {
  people: readonly CohortPerson[];
  index: PeopleIndex;
  /** By entitlement; one that exists no more is not in it. */
  holders: ReadonlyMap<number, EntitlementHolders>;
  open: readonly OpenRequest[];
  ruled: readonly RuleGrant[];
  /** When people were first seen, who came since the first rule that asks for new people was applied. */
  newcomers: ReadonlyMap<number, Date>;
  /** What rules have asked for and may not ask for again (`askedKey`): for good, and where once is enough. */
  refused: ReadonlySet<string>;
  asked: ReadonlySet<string>;
}

/** @param rules that will be planned, each way they are combined. */
export async function loadReach(ctx: Ctx, rules: readonly RoleRule[]): Promise<Reach> {
  const people = await listCountedPeople(ctx);
  const entitlementIds = [...new Set(rules.map((rule) => rule.entitlementId))];
  const answers = await listEarlierRequests(ctx.db);
  const asking = rules.filter(({ ruleType }) => ruleType === 'requestedAutomatically');
  const since = asking.map(({ appliedAt }) => appliedAt.getTime());
  return {
    people,
    index: indexPeople(people),
    holders: await loadHolders(ctx.db, entitlementIds),
    open: await listOpenRuleRequests(ctx.db, entitlementIds),
    ruled: await listRuleGrants(ctx.db),
    newcomers:
      since.length > 0
        ? await listFirstSeenSince(ctx.db, new Date(since.reduce((a, b) => Math.min(a, b))))
        : new Map(),
    refused: new Set(answers.filter(({ isRefused }) => isRefused).map(keyOfAnswer)),
    asked: new Set(answers.map(keyOfAnswer)),
  };
}

/** The person and what asks: a rule, or all that is mined for an entitlement in a policy. */
function askedKey(
  personId: number,
  rule: Omit<RoleRule, 'criteria' | 'ruleType' | 'priority' | 'appliedAt'>,
) {
  const { id, rulePolicyId, entitlementId } = rule;
  return rule.origin === 'generated'
    ? `${personId}:${rulePolicyId}:${entitlementId}`
    : `${personId}:${id}`;
}

function keyOfAnswer({ personId, ruleId, ...rule }: EarlierRequest): string {
  return askedKey(personId, { id: ruleId, ...rule });
}

/** What a rule is about to do for a person. */
export interface RulePair {
  personId: number;
  entitlementId: number;
  rule: RoleRule;
}

/** What rules ask for, compared with how things are. */
export interface RulePlan {
  /** How many people meet each rule's criteria. */
  matching: ReadonlyMap<RoleRule, number>;
  /** What a required rule gives to who does not hold it and has not asked for it. */
  gains: RulePair[];
  /** What is requested for people who came after the rule was applied. */
  requests: RulePair[];
  /** What is held by a rule, and no required rule gives any more. */
  losses: RuleGrant[];
  /** What is held by a rule, with the required rule that gives it now. */
  stays: { grant: RuleGrant; rule: RoleRule }[];
  /** What is held otherwise than by a rule or a profile, and a required rule gives. */
  redundant: RulePair[];
  /** Open requests of rules that ask for it no more. */
  moot: OpenRequest[];
}

/**
 * What a set of rules, those of all policies together, asks for. Where several are about one person and
 * entitlement, the smallest priority wins, then the type that does more, then the oldest rule. Pure, in the order of entitlements and people;
 * O(people × dimensions + matches + holders).
 */
export function planRules(reach: Reach, rules: readonly RoleRule[]): RulePlan {
  const { people } = reach;
  const matching = new Map<RoleRule, number>();
  const plan: RulePlan = {
    matching,
    gains: [],
    requests: [],
    losses: [],
    stays: [],
    redundant: [],
    moot: [],
  };
  const indexOf = new Map(people.map(({ id }, at) => [id, at]));
  const rulesOf = groupBy(rules, entitlementOf);
  const openOf = groupBy(reach.open, entitlementOf);
  const ruledOf = groupBy(reach.ruled, entitlementOf);
  const places = { won: new Int32Array(people.length), given: new Int32Array(people.length) };
  for (const id of new Set([...rulesOf.keys(), ...ruledOf.keys(), ...openOf.keys()])) {
    const own = (rulesOf.get(id) ?? []).toSorted(byPrecedence);
    const spot = { reach, own, ...spread(reach, own, places, matching), indexOf };
    planRuled(plan, spot, ruledOf.get(id) ?? []);
    planOpen(plan, spot, openOf.get(id) ?? []);
    const holders = reach.holders.get(id);
    if (!holders || own.length === 0) continue;
    planManual(plan, spot, id, holders);
    planMissing(plan, spot, id, [...holders.all, ...(openOf.get(id) ?? []).map(idOf)]);
  }
  return plan;
}

/** The rules of one entitlement, and which of them (1 + its place; 0: none) is about the person at each index. */
interface Spot {
  reach: Reach;
  own: readonly RoleRule[];
  /** The one that wins. */
  won: Int32Array;
  /** The first required one. */
  given: Int32Array;
  indexOf: ReadonlyMap<number, number>;
}

function spread(
  reach: Reach,
  own: readonly RoleRule[],
  { won, given }: Pick<Spot, 'won' | 'given'>,
  matching: Map<RoleRule, number>,
) {
  won.fill(0);
  given.fill(0);
  own.forEach((rule, place) => {
    const matched = reach.index.match(rule.criteria);
    matching.set(rule, matched.length);
    const isRequired = rule.ruleType === 'required';
    for (const at of matched) {
      won[at] ||= place + 1;
      if (isRequired) given[at] ||= place + 1;
    }
  });
  return { won, given };
}

function ruleFor(spot: Spot, by: Int32Array, personId: number): RoleRule | undefined {
  return spot.own[(by[spot.indexOf.get(personId) ?? -1] ?? 0) - 1];
}

/** The rule by which it is held names it while that gives it still: it does not wander from one to another. */
function planRuled(plan: RulePlan, spot: Spot, ruled: readonly RuleGrant[]): void {
  if (ruled.length === 0) return;
  const givers = new Map(
    spot.own
      .filter(({ ruleType }) => ruleType === 'required')
      .map((rule) => [rule.id, { rule, meets: spot.reach.index.matcher(rule.criteria) }]),
  );
  for (const grant of ruled) {
    const rule = ruleFor(spot, spot.given, grant.personId);
    const same = givers.get(grant.ruleId);
    const at = spot.indexOf.get(grant.personId) ?? -1;
    if (rule) plan.stays.push({ grant, rule: same?.meets(at) ? same.rule : rule });
    else plan.losses.push(grant);
  }
}

function planOpen(plan: RulePlan, spot: Spot, open: readonly OpenRequest[]): void {
  for (const task of open) {
    if (task.ruleId === null || ruleFor(spot, spot.given, task.personId)) continue;
    const rule = ruleFor(spot, spot.won, task.personId);
    if (rule?.ruleType !== 'requestedAutomatically') plan.moot.push(task);
  }
}

function planManual(plan: RulePlan, spot: Spot, id: number, holders: EntitlementHolders): void {
  for (const personId of holders.manual) {
    const rule = ruleFor(spot, spot.given, personId);
    if (rule) plan.redundant.push({ personId, entitlementId: id, rule });
  }
}

/** @param having it, or having asked for it. */
function planMissing(plan: RulePlan, spot: Spot, id: number, having: readonly number[]): void {
  const { reach, won, own, indexOf } = spot;
  for (const personId of having) {
    const at = indexOf.get(personId);
    if (at !== undefined) won[at] = 0;
  }
  for (let at = 0; at < won.length; at++) {
    const rule = own[(won[at] ?? 0) - 1];
    const personId = reach.people[at]?.id;
    if (!rule || personId === undefined || reach.refused.has(askedKey(personId, rule))) continue;
    const pair = { personId, entitlementId: id, rule };
    if (rule.ruleType === 'required') plan.gains.push(pair);
    else if (asksForNew(reach, rule, personId)) plan.requests.push(pair);
  }
}

function asksForNew(reach: Reach, rule: RoleRule, personId: number): boolean {
  const cameAt = reach.newcomers.get(personId);
  return (
    rule.ruleType === 'requestedAutomatically' &&
    cameAt !== undefined &&
    cameAt > rule.appliedAt &&
    !reach.asked.has(askedKey(personId, rule))
  );
}

/** Of the same priority, what is required goes before what is requested, and that before what is suggested. */
const typeOrder: readonly RuleType[] = ['required', 'requestedAutomatically', 'suggested'];

/** The smallest priority first, then the type that does more, then the oldest; what is only supposed comes last. */
export function byPrecedence(a: RoleRule, b: RoleRule): number {
  return (
    a.priority - b.priority ||
    typeOrder.indexOf(a.ruleType) - typeOrder.indexOf(b.ruleType) ||
    (a.id ?? Infinity) - (b.id ?? Infinity) ||
    0
  );
}

function idOf({ personId }: { personId: number }): number {
  return personId;
}

function entitlementOf({ entitlementId }: { entitlementId: number }): number {
  return entitlementId;
}
