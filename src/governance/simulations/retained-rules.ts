import { groupBy } from '../../collections.ts';
import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { isRoleTargeted, type MinableRole } from '../../mining/rules/mining-rule.ts';
import {
  areRulesWithinLimits,
  type RatedRules,
  rateKnownRules,
} from '../../mining/rules/rate-known-rules.ts';
import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import {
  listOpenRuleRequests,
  listRuleGrants,
  listRulesById,
  loadHolders,
  type SingleRoleRule,
} from '../../store/rules/role-rules.ts';
import type { SimulatedRule } from '../../store/rules/simulations.ts';
import type { Criteria, StoredRuleFigures } from '../../store/schema/rules.ts';
import { indexPeople, type PeopleIndex } from '../cohorts/people-index.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import type { Ctx } from '../context.ts';
import { toMiningRule } from './minable-roles.ts';

/** The rules and entitlements of one run, as they were when it began. */
export interface Run {
  /** The enabled mining rules, in their order of execution. */
  miningRules: readonly MiningRuleRecord[];
  roles: ReadonlyMap<number, MinableRole>;
  /** The policy's generated rules in force. */
  present: readonly SingleRoleRule[];
}

/** A rule that a run would put in force. */
export type NewRule = Omit<
  SimulatedRule,
  'simulationId' | 'position' | 'change' | 'singleRoleRuleId'
>;

/** Rules of an entitlement with the same type and criteria have the same key, in any order and spelling. */
export function ruleKey({ criteria, ruleType }: { criteria: Criteria; ruleType: string }): string {
  const folded = criteria.map(({ dimension, value }) => [
    foldDimension(dimension),
    foldText(value),
  ]);
  return JSON.stringify([ruleType, folded.map((criterion) => JSON.stringify(criterion)).sort()]);
}

/**
 * Loads the holders of entitlements, and the people for whom a required rule has requested them: that access is not
 * provisioned yet does not speak against the rule.
 */
export async function loadAllHolders(
  ctx: Ctx,
  entitlementIds: readonly number[],
): Promise<(entitlementId: number) => Iterable<number>> {
  const holders = await loadHolders(ctx.db, entitlementIds);
  const requests = await listOpenRuleRequests(ctx.db, []);
  const rules = await listRulesById(
    ctx.db,
    requests.flatMap(({ ruleId }) => ruleId ?? []),
  );
  const requiredIds = new Set(
    rules.flatMap(({ id, ruleType }) => (ruleType === 'required' ? id : [])),
  );
  const required = groupBy(
    requests.filter(({ ruleId }) => ruleId !== null && requiredIds.has(ruleId)),
    ({ entitlementId }) => entitlementId,
  );
  return (id) => [
    ...(holders.get(id)?.all ?? []),
    ...(required.get(id) ?? []).map(({ personId }) => personId),
  ];
}

/** Marks figures that also count the grants by rules. */
export function withOwnGrants(figures: StoredRuleFigures): StoredRuleFigures {
  return { ...figures, countsOwnGrants: true };
}

interface ComparedRules {
  newRules: ReadonlyMap<number, NewRule[]>;
  present: ReadonlyMap<number, SingleRoleRule[]>;
}

interface RatedEntitlement {
  entitlementId: number;
  /** The figures of the rules in force, with all access counted. */
  figures: RatedRules;
  /** The rules that stay in force; undefined if the rules that mining found replace them. */
  retained: NewRule[] | undefined;
}

/**
 * Rates the rules in force of each entitlement whose rules mining did not find again completely, and decides which stay.
 * Mining does not count the grants by rules, so over time it may no longer find the rules. They stay if people would
 * otherwise lose access and the rules are within the limits when all access is counted.
 */
export async function rateRulesInForce(
  ctx: Ctx,
  run: Run,
  { newRules, present }: ComparedRules,
): Promise<RatedEntitlement[]> {
  const changed = [...present].filter(([id, rules]) => {
    const found = new Set(newRules.get(id)?.map(ruleKey));
    const keys = new Set(rules.map(ruleKey));
    return keys.size < rules.length || [...keys].some((key) => !found.has(key));
  });
  if (changed.length === 0) return [];
  const people = await listPeopleForRules(ctx);
  const accessFacts: AccessFacts = {
    index: indexPeople(people),
    indexOf: new Map(people.map(({ id }, at) => [id, at])),
    holdersOf: await loadAllHolders(
      ctx,
      changed.map(([id]) => id),
    ),
    grantsByRule: groupBy(await listRuleGrants(ctx.db), ({ ruleId }) => ruleId),
  };
  return changed.map(([entitlementId, rules]) => {
    const isHolder = new Uint8Array(people.length);
    for (const id of accessFacts.holdersOf(entitlementId)) {
      const at = accessFacts.indexOf.get(id);
      if (at !== undefined) isHolder[at] = 1;
    }
    const members = rules.map(({ criteria }) => accessFacts.index.match(criteria));
    const figures = rateKnownRules(isHolder, members);
    const found = newRules.get(entitlementId) ?? [];
    const isAccessLost = found.length === 0 || wouldRemoveAccess(accessFacts, rules, found);
    const retained = isAccessLost ? toRetainedRules(run, rules, { figures, found }) : undefined;
    return { entitlementId, figures, retained };
  });
}

interface AccessFacts {
  index: PeopleIndex;
  indexOf: ReadonlyMap<number, number>;
  holdersOf: (entitlementId: number) => Iterable<number>;
  grantsByRule: ReadonlyMap<number, { personId: number }[]>;
}

/** Whether somebody has a grant by the rules in force that the new rules would not grant. */
function wouldRemoveAccess(
  { index, indexOf, grantsByRule }: AccessFacts,
  rules: readonly SingleRoleRule[],
  found: readonly NewRule[],
): boolean {
  const matchers = found
    .filter(({ ruleType }) => ruleType === 'required')
    .map(({ criteria }) => index.matcher(criteria));
  return rules
    .flatMap(({ id }) => grantsByRule.get(id) ?? [])
    .some(({ personId }) => {
      const at = indexOf.get(personId);
      return at !== undefined && !matchers.some((matches) => matches(at));
    });
}

/**
 * Returns the rules in force as their mining rule would make them if all access were counted. Undefined if it would
 * not make them, if it no longer exists, or if an earlier mining rule settles the entitlement.
 */
function toRetainedRules(
  run: Run,
  rules: readonly SingleRoleRule[],
  { figures, found }: { figures: RatedRules; found: readonly NewRule[] },
): NewRule[] | undefined {
  const [first] = rules;
  const position = run.miningRules.findIndex(({ id }) => id === first?.miningRuleId);
  const source = run.miningRules[position];
  const role = first && run.roles.get(first.entitlementId);
  if (!source || !role || rules.some(({ miningRuleId }) => miningRuleId !== source.id)) return;
  const earlierRules = run.miningRules.slice(0, position);
  const isSettled = earlierRules.some(
    (rule) =>
      found[0]?.miningRuleId === rule.id ||
      (rule.excludeRole && isRoleTargeted(toMiningRule(rule), role)),
  );
  const miningRule = toMiningRule(source);
  const sizes = rules.map(({ criteria }) => criteria.length);
  if (isSettled || miningRule.excludeRole || !isRoleTargeted(miningRule, role)) return;
  if (!areRulesWithinLimits(figures, sizes, miningRule)) return;
  const { rules: ruleFigures, ...setFigures } = figures;
  return rules.map(({ entitlementId, criteria }, at) => ({
    miningRuleId: source.id,
    entitlementId,
    criteria,
    ruleType: source.ruleType,
    figures: withOwnGrants(ruleFigures[at] ?? setFigures),
    setFigures: withOwnGrants(setFigures),
  }));
}
