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
import { indexPeople, type PeopleIndex } from '../cohorts/people-index.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import type { Ctx } from '../context.ts';
import type { RoleRule } from './role-rule.ts';
import { comparePrecedence } from './role-rule.ts';

/**
 * The counted people and their access to the entitlements of some rules. It does not change after
 * it is loaded.
 */
export interface AccessSnapshot {
  people: readonly CohortPerson[];
  index: PeopleIndex;
  /** By entitlement. Entitlements that no longer exist are missing. */
  holders: ReadonlyMap<number, EntitlementHolders>;
  openRequests: readonly OpenRequest[];
  ruleGrants: readonly RuleGrant[];
  /**
   * When people were first seen. Contains only people who came after the first rule that requests
   * for newcomers.
   */
  newcomers: ReadonlyMap<number, Date>;
  /**
   * Keys (`requestKey`) of earlier tasks of rules that were answered with "no": rules never open
   * them again.
   */
  refusedKeys: ReadonlySet<string>;
  /** Keys of all earlier tasks of rules: requests for newcomers open only once. */
  askedKeys: ReadonlySet<string>;
}

/** @param rules all rules of the later calls of `planRules`. */
export async function loadAccessSnapshot(
  ctx: Ctx,
  rules: readonly RoleRule[],
): Promise<AccessSnapshot> {
  const people = await listPeopleForRules(ctx);
  const entitlementIds = [...new Set(rules.map((rule) => rule.entitlementId))];
  const answers = await listEarlierRequests(ctx.db);
  const requesting = rules.filter(({ ruleType }) => ruleType === 'requestedAutomatically');
  const appliedTimes = requesting.map(({ appliedAt }) => appliedAt.getTime());
  return {
    people,
    index: indexPeople(people),
    holders: await loadHolders(ctx.db, entitlementIds),
    openRequests: await listOpenRuleRequests(ctx.db, entitlementIds),
    ruleGrants: await listRuleGrants(ctx.db),
    newcomers:
      appliedTimes.length > 0
        ? await listFirstSeenSince(ctx.db, new Date(appliedTimes.reduce((a, b) => Math.min(a, b))))
        : new Map(),
    refusedKeys: new Set(answers.filter(({ isRefused }) => isRefused).map(toRequestKey)),
    askedKeys: new Set(answers.map(toRequestKey)),
  };
}

/**
 * Identifies a person and a rule. The generated rules of a policy for an entitlement share one key.
 */
function requestKey(
  personId: number,
  rule: Omit<RoleRule, 'criteria' | 'ruleType' | 'priority' | 'appliedAt'>,
) {
  const { id, rulePolicyId, entitlementId } = rule;
  return rule.origin === 'generated'
    ? `${personId}:${rulePolicyId}:${entitlementId}`
    : `${personId}:${id}`;
}

function toRequestKey({ personId, ruleId, ...rule }: EarlierRequest): string {
  return requestKey(personId, { id: ruleId, ...rule });
}

/** A person and an entitlement that a rule is about. */
export interface RuleTarget {
  personId: number;
  entitlementId: number;
  rule: RoleRule;
}

/** The access that rules ask for, compared with the current access. */
export interface RulePlan {
  /** Number of people who match each rule. */
  matchCounts: ReadonlyMap<RoleRule, number>;
  /** Access by required rules that the person neither has nor has requested. */
  newGrants: RuleTarget[];
  /** Access that is requested for people who came after the rule was applied. */
  requests: RuleTarget[];
  /** Grants by a rule that no required rule covers any longer. */
  uncovered: RuleGrant[];
  /** Grants by a rule, with the required rule that covers them now. */
  covered: { grant: RuleGrant; rule: RoleRule }[];
  /** Manual grants that a required rule covers. */
  redundant: RuleTarget[];
  /** Open requests that no rule asks for any longer. */
  obsoleteRequests: OpenRequest[];
}

/**
 * Plans the access for the rules of all policies together. For one person and entitlement the
 * smallest priority wins, then the type that does more, then the oldest rule. Pure. The order is
 * that of entitlements and people. O(people × dimensions + matches + holders).
 */
export function planRules(snapshot: AccessSnapshot, rules: readonly RoleRule[]): RulePlan {
  const { people } = snapshot;
  const matchCounts = new Map<RoleRule, number>();
  const plan: RulePlan = {
    matchCounts,
    newGrants: [],
    requests: [],
    uncovered: [],
    covered: [],
    redundant: [],
    obsoleteRequests: [],
  };
  const indexOf = new Map(people.map(({ id }, at) => [id, at]));
  const rulesOf = groupBy(rules, toEntitlementId);
  const openRequestsOf = groupBy(snapshot.openRequests, toEntitlementId);
  const ruleGrantsOf = groupBy(snapshot.ruleGrants, toEntitlementId);
  const winners = {
    winners: new Int32Array(people.length),
    requiredWinners: new Int32Array(people.length),
  };
  for (const id of new Set([...rulesOf.keys(), ...ruleGrantsOf.keys(), ...openRequestsOf.keys()])) {
    const scope: EntitlementScope = {
      entitlementId: id,
      snapshot,
      rules: (rulesOf.get(id) ?? []).toSorted(comparePrecedence),
      ...winners,
      indexOf,
    };
    assignWinners(scope, matchCounts);
    planRuleGrants(plan, scope, ruleGrantsOf.get(id) ?? []);
    const openRequests = openRequestsOf.get(id) ?? [];
    planOpenRequests(plan, scope, openRequests);
    const holders = snapshot.holders.get(id);
    if (!holders || scope.rules.length === 0) continue;
    planManualGrants(plan, scope, holders);
    planNewAccess(plan, scope, [...holders.all, ...openRequests.map(toPersonId)]);
  }
  return plan;
}

/**
 * The rules of one entitlement. The arrays are by the index of a person: 1 + the position of a
 * rule, or 0 for none.
 */
interface EntitlementScope {
  entitlementId: number;
  snapshot: AccessSnapshot;
  rules: readonly RoleRule[];
  /** The first matching rule. */
  winners: Int32Array;
  /** The first matching required rule. */
  requiredWinners: Int32Array;
  indexOf: ReadonlyMap<number, number>;
}

/** Fills the arrays of a scope, which all entitlements share to save memory. */
function assignWinners(scope: EntitlementScope, matchCounts: Map<RoleRule, number>): void {
  const { snapshot, rules, winners, requiredWinners } = scope;
  winners.fill(0);
  requiredWinners.fill(0);
  rules.forEach((rule, position) => {
    const matched = snapshot.index.match(rule.criteria);
    matchCounts.set(rule, matched.length);
    const isRequired = rule.ruleType === 'required';
    for (const at of matched) {
      winners[at] ||= position + 1;
      if (isRequired) requiredWinners[at] ||= position + 1;
    }
  });
}

function findRule(
  scope: EntitlementScope,
  winners: Int32Array,
  personId: number,
): RoleRule | undefined {
  return scope.rules[(winners[scope.indexOf.get(personId) ?? -1] ?? 0) - 1];
}

/** A grant keeps its rule while that still covers it, even if another rule takes precedence now. */
function planRuleGrants(
  plan: RulePlan,
  scope: EntitlementScope,
  ruleGrants: readonly RuleGrant[],
): void {
  if (ruleGrants.length === 0) return;
  const requiredRules = new Map(
    scope.rules
      .filter(({ ruleType }) => ruleType === 'required')
      .map((rule) => [rule.id, { rule, isMatch: scope.snapshot.index.matcher(rule.criteria) }]),
  );
  for (const grant of ruleGrants) {
    const winner = findRule(scope, scope.requiredWinners, grant.personId);
    const current = requiredRules.get(grant.ruleId);
    const at = scope.indexOf.get(grant.personId) ?? -1;
    if (winner) plan.covered.push({ grant, rule: current?.isMatch(at) ? current.rule : winner });
    else plan.uncovered.push(grant);
  }
}

function planOpenRequests(
  plan: RulePlan,
  scope: EntitlementScope,
  requests: readonly OpenRequest[],
): void {
  for (const task of requests) {
    if (task.ruleId === null || findRule(scope, scope.requiredWinners, task.personId)) continue;
    const rule = findRule(scope, scope.winners, task.personId);
    if (rule?.ruleType !== 'requestedAutomatically') plan.obsoleteRequests.push(task);
  }
}

function planManualGrants(
  plan: RulePlan,
  scope: EntitlementScope,
  holders: EntitlementHolders,
): void {
  for (const personId of holders.manual) {
    const rule = findRule(scope, scope.requiredWinners, personId);
    if (rule) plan.redundant.push({ personId, entitlementId: scope.entitlementId, rule });
  }
}

/** @param excludedIds people who have the access or have requested it. Overwrites `winners`. */
function planNewAccess(
  plan: RulePlan,
  scope: EntitlementScope,
  excludedIds: readonly number[],
): void {
  const { entitlementId, snapshot, winners, rules, indexOf } = scope;
  for (const personId of excludedIds) {
    const at = indexOf.get(personId);
    if (at !== undefined) winners[at] = 0;
  }
  for (let at = 0; at < winners.length; at++) {
    const rule = rules[(winners[at] ?? 0) - 1];
    const personId = snapshot.people[at]?.id;
    if (!rule || personId === undefined) continue;
    if (snapshot.refusedKeys.has(requestKey(personId, rule))) continue;
    const target = { personId, entitlementId, rule };
    if (rule.ruleType === 'required') plan.newGrants.push(target);
    else if (isRequestedForNewcomer(snapshot, rule, personId)) plan.requests.push(target);
  }
}

function isRequestedForNewcomer(
  snapshot: AccessSnapshot,
  rule: RoleRule,
  personId: number,
): boolean {
  const firstSeenAt = snapshot.newcomers.get(personId);
  return (
    rule.ruleType === 'requestedAutomatically' &&
    firstSeenAt !== undefined &&
    firstSeenAt > rule.appliedAt &&
    !snapshot.askedKeys.has(requestKey(personId, rule))
  );
}

function toPersonId({ personId }: { personId: number }): number {
  return personId;
}

function toEntitlementId({ entitlementId }: { entitlementId: number }): number {
  return entitlementId;
}
