import { groupBy } from '../../collections.ts';
import type { RuleFindings } from '../../mining/access-session.ts';
import type { RatedRules } from '../../mining/rules/rate-known-rules.ts';
import type { SingleRoleRule } from '../../store/rules/role-rules.ts';
import type { SimulatedRule } from '../../store/rules/simulations.ts';
import type { Ctx } from '../context.ts';
import {
  type NewRule,
  type Run,
  rateRulesInForce,
  ruleKey,
  withOwnGrants,
} from './retained-rules.ts';

/** A rule of a simulation before its position in the simulation is known. */
export type ChangedRule = Omit<SimulatedRule, 'simulationId' | 'position'>;

/**
 * Compares the rules that mining found with the generated rules in force.
 * @returns added, then removed, then kept rules; within each, those with the most true positives first.
 */
export async function compareRules(
  ctx: Ctx,
  run: Run,
  found: RuleFindings,
): Promise<ChangedRule[]> {
  const newRules = new Map<number, NewRule[]>();
  for (const set of found.sets) newRules.set(set.entitlement, toNewRules(set, run));
  const present = groupBy(run.present, ({ entitlementId }) => entitlementId);
  const rated = await rateRulesInForce(ctx, run, { newRules, present });
  for (const { entitlementId, retained } of rated) {
    if (retained) newRules.set(entitlementId, retained);
  }
  const figuresOf = new Map(rated.map(({ entitlementId, figures }) => [entitlementId, figures]));
  const changes = [...new Set([...newRules.keys(), ...present.keys()])].flatMap((id) =>
    pairRules(newRules.get(id) ?? [], present.get(id) ?? [], figuresOf.get(id)),
  );
  const rankOf = { added: 0, removed: 1, kept: 2 };
  return changes.sort(
    (a, b) =>
      rankOf[a.change] - rankOf[b.change] ||
      b.figures.truePositives - a.figures.truePositives ||
      a.entitlementId - b.entitlementId,
  );
}

function toNewRules(
  { miningRule, entitlement, rules, ...setFigures }: RuleFindings['sets'][number],
  run: Run,
): NewRule[] {
  const source = run.miningRules[miningRule];
  return rules.map(({ criteria, ...figures }) => ({
    miningRuleId: source?.id ?? null,
    entitlementId: entitlement,
    criteria,
    ruleType: source?.ruleType ?? 'suggested',
    figures,
    setFigures,
  }));
}

/** @param rated figures of the rules in force; undefined if mining found all of them again. */
function pairRules(
  newRules: readonly NewRule[],
  present: readonly SingleRoleRule[],
  rated: RatedRules | undefined,
): ChangedRule[] {
  const unpaired = new Map(newRules.map((rule) => [ruleKey(rule), rule]));
  const paired = present.map((rule, at): ChangedRule => {
    const { id: singleRoleRuleId, entitlementId, miningRuleId, criteria, ruleType } = rule;
    const sameRule = unpaired.get(ruleKey(rule));
    unpaired.delete(ruleKey(rule));
    if (sameRule) return { ...sameRule, criteria, change: 'kept', singleRoleRuleId };
    if (!rated) throw new Error('A removed rule has no figures.');
    const { rules, ...setFigures } = rated;
    return {
      change: 'removed',
      singleRoleRuleId,
      miningRuleId,
      entitlementId,
      criteria,
      ruleType,
      figures: withOwnGrants(rules[at] ?? setFigures),
      setFigures: withOwnGrants(setFigures),
    };
  });
  const added = [...unpaired.values()].map(
    (rule): ChangedRule => ({ ...rule, change: 'added', singleRoleRuleId: null }),
  );
  return [...added, ...paired];
}
