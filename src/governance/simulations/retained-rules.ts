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
import { listCountedPeople } from '../cohorts/cohorts.ts';
import { indexPeople, type PeopleIndex } from '../cohorts/people-index.ts';
import type { Ctx } from '../context.ts';
import { toMiningRule } from './minable-roles.ts';

/** What one run is about, as it was when the run began. */
export interface Run {
  /** Those that are enabled, in the order in which they run. */
  miningRules: readonly MiningRuleRecord[];
  roles: ReadonlyMap<number, MinableRole>;
  /** The policy's rules in force that runs made. */
  present: readonly SingleRoleRule[];
}

/** A rule as a run would have it. */
export type NewRule = Omit<
  SimulatedRule,
  'simulationId' | 'position' | 'change' | 'singleRoleRuleId'
>;

/** The same type and criteria, in whatever order and spelling: the same rule of an entitlement. */
export function ruleKey({ criteria, ruleType }: { criteria: Criteria; ruleType: string }): string {
  const folded = criteria.map(({ dimension, value }) => [
    foldDimension(dimension),
    foldText(value),
  ]);
  return JSON.stringify([ruleType, folded.map((one) => JSON.stringify(one)).sort()]);
}

/**
 * Whoever holds something, and who is about to by a required rule: that it is not provisioned yet tells nothing against
 * the rule.
 */
export async function loadAllHolders(
  ctx: Ctx,
  entitlementIds: readonly number[],
): Promise<(entitlementId: number) => Iterable<number>> {
  const holders = await loadHolders(ctx.db, entitlementIds);
  const asked = await listOpenRuleRequests(ctx.db, []);
  const rules = await listRulesById(
    ctx.db,
    asked.flatMap(({ ruleId }) => ruleId ?? []),
  );
  const giving = new Set(rules.flatMap(({ id, ruleType }) => (ruleType === 'required' ? id : [])));
  const given = groupBy(
    asked.filter(({ ruleId }) => giving.has(ruleId ?? 0)),
    ({ entitlementId }) => entitlementId,
  );
  return (id) => [
    ...(holders.get(id)?.all ?? []),
    ...(given.get(id) ?? []).map(({ personId }) => personId),
  ];
}

/** Figures in which what rules gave is counted, too. */
export function counted(figures: StoredRuleFigures): StoredRuleFigures {
  return { ...figures, countsOwnGrants: true };
}

interface Compared {
  news: ReadonlyMap<number, NewRule[]>;
  present: ReadonlyMap<number, SingleRoleRule[]>;
}

interface Rated {
  entitlementId: number;
  /** Of the rules in force, with all access counted. */
  figures: RatedRules;
  /** The rules as they stay; undefined: what was found counts. */
  kept: NewRule[] | undefined;
}

/**
 * Counts the rules in force of every entitlement of which the run did not find them all again, and says which stay.
 * What rules gave is not counted in mining, so that with time it may no longer find them: where they would go, or
 * access would be taken from people who have it by them, and they are within the limits when all access is counted,
 * they stay.
 */
export async function ratePresent(
  ctx: Ctx,
  run: Run,
  { news, present }: Compared,
): Promise<Rated[]> {
  const changed = [...present].filter(([id, rules]) => {
    const found = new Set(news.get(id)?.map(ruleKey));
    const keys = new Set(rules.map(ruleKey));
    return keys.size < rules.length || [...keys].some((key) => !found.has(key));
  });
  if (changed.length === 0) return [];
  const people = await listCountedPeople(ctx);
  const facts: Facts = {
    index: indexPeople(people),
    indexOf: new Map(people.map(({ id }, at) => [id, at])),
    holdersOf: await loadAllHolders(
      ctx,
      changed.map(([id]) => id),
    ),
    ruled: groupBy(await listRuleGrants(ctx.db), ({ ruleId }) => ruleId),
  };
  return changed.map(([entitlementId, rules]) => {
    const isHolder = new Uint8Array(people.length);
    for (const id of facts.holdersOf(entitlementId)) {
      const at = facts.indexOf.get(id);
      if (at !== undefined) isHolder[at] = 1;
    }
    const members = rules.map(({ criteria }) => facts.index.match(criteria));
    const figures = rateKnownRules(isHolder, members);
    const found = news.get(entitlementId) ?? [];
    const isHurt = found.length === 0 || takesAway(facts, rules, found);
    const kept = isHurt ? asKept(run, rules, { figures, found }) : undefined;
    return { entitlementId, figures, kept };
  });
}

interface Facts {
  index: PeopleIndex;
  indexOf: ReadonlyMap<number, number>;
  holdersOf: (entitlementId: number) => Iterable<number>;
  ruled: ReadonlyMap<number, { personId: number }[]>;
}

/** Whether somebody holds it by the rules in force to whom the new ones would not give it. */
function takesAway(
  { index, indexOf, ruled }: Facts,
  rules: readonly SingleRoleRule[],
  found: readonly NewRule[],
): boolean {
  const giving = found
    .filter(({ ruleType }) => ruleType === 'required')
    .map(({ criteria }) => index.matcher(criteria));
  return rules
    .flatMap(({ id }) => ruled.get(id) ?? [])
    .some(({ personId }) => {
      const at = indexOf.get(personId);
      return at !== undefined && !giving.some((meets) => meets(at));
    });
}

/**
 * The rules in force as their mining rule would make them, were all access counted; undefined when it would not, when
 * it is gone, or when one that runs before it speaks of the entitlement.
 */
function asKept(
  run: Run,
  rules: readonly SingleRoleRule[],
  { figures, found }: { figures: RatedRules; found: readonly NewRule[] },
): NewRule[] | undefined {
  const [first] = rules;
  const place = run.miningRules.findIndex(({ id }) => id === first?.miningRuleId);
  const maker = run.miningRules[place];
  const role = first && run.roles.get(first.entitlementId);
  if (!maker || !role || rules.some(({ miningRuleId }) => miningRuleId !== maker.id)) return;
  const before = run.miningRules.slice(0, place);
  const isSettled = before.some(
    (one) =>
      found[0]?.miningRuleId === one.id ||
      (one.excludeRole && isRoleTargeted(toMiningRule(one), role)),
  );
  const own = toMiningRule(maker);
  const sizes = rules.map(({ criteria }) => criteria.length);
  if (isSettled || own.excludeRole || !isRoleTargeted(own, role)) return;
  if (!areRulesWithinLimits(figures, sizes, own)) return;
  const { rules: each, ...whole } = figures;
  return rules.map(({ entitlementId, criteria }, at) => ({
    miningRuleId: maker.id,
    entitlementId,
    criteria,
    ruleType: maker.ruleType,
    figures: counted(each[at] ?? whole),
    setFigures: counted(whole),
  }));
}
