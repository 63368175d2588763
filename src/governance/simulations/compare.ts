import { groupBy } from '../../collections.ts';
import type { RuleFindings } from '../../mining/access-session.ts';
import type { RatedRules } from '../../mining/rules/rate-known-rules.ts';
import type { SingleRoleRule } from '../../store/rules/role-rules.ts';
import type { SimulatedRule } from '../../store/rules/simulations.ts';
import type { Ctx } from '../context.ts';
import { counted, type NewRule, type Run, ratePresent, ruleKey } from './retained-rules.ts';

/** A rule of a simulation that has no place in it yet. */
export type ChangedRule = Omit<SimulatedRule, 'simulationId' | 'position'>;

/**
 * Compares what mining rules make with the rules that an earlier run made.
 * @returns added, then removed, then kept ones; of each those that are right about most people first.
 */
export async function compareRules(
  ctx: Ctx,
  run: Run,
  found: RuleFindings,
): Promise<ChangedRule[]> {
  const news = new Map<number, NewRule[]>();
  for (const set of found.sets) news.set(set.entitlement, newRulesOf(set, run));
  const present = groupBy(run.present, ({ entitlementId }) => entitlementId);
  const rated = await ratePresent(ctx, run, { news, present });
  for (const { entitlementId, kept } of rated) if (kept) news.set(entitlementId, kept);
  const figuresOf = new Map(rated.map(({ entitlementId, figures }) => [entitlementId, figures]));
  const changes = [...new Set([...news.keys(), ...present.keys()])].flatMap((id) =>
    pairUp(news.get(id) ?? [], present.get(id) ?? [], figuresOf.get(id)),
  );
  const rankOf = { added: 0, removed: 1, kept: 2 };
  return changes.sort(
    (a, b) =>
      rankOf[a.change] - rankOf[b.change] ||
      b.figures.truePositives - a.figures.truePositives ||
      a.entitlementId - b.entitlementId,
  );
}

function newRulesOf(
  { miningRule, entitlement, rules, ...setFigures }: RuleFindings['sets'][number],
  run: Run,
): NewRule[] {
  const maker = run.miningRules[miningRule];
  return rules.map(({ criteria, ...figures }) => ({
    miningRuleId: maker?.id ?? null,
    entitlementId: entitlement,
    criteria,
    ruleType: maker?.ruleType ?? 'suggested',
    figures,
    setFigures,
  }));
}

/** @param rated the rules in force, where they were counted. */
function pairUp(
  news: readonly NewRule[],
  present: readonly SingleRoleRule[],
  rated: RatedRules | undefined,
): ChangedRule[] {
  const waiting = new Map(news.map((rule) => [ruleKey(rule), rule]));
  const paired = present.map((rule, at): ChangedRule => {
    const { id: singleRoleRuleId, entitlementId, miningRuleId, criteria, ruleType } = rule;
    const same = waiting.get(ruleKey(rule));
    waiting.delete(ruleKey(rule));
    if (same) return { ...same, criteria, change: 'kept', singleRoleRuleId };
    if (!rated) throw new Error('a rule that was not found again was not counted');
    const { rules, ...whole } = rated;
    return {
      change: 'removed',
      singleRoleRuleId,
      miningRuleId,
      entitlementId,
      criteria,
      ruleType,
      figures: counted(rules[at] ?? whole),
      setFigures: counted(whole),
    };
  });
  const added = [...waiting.values()].map(
    (rule): ChangedRule => ({ ...rule, change: 'added', singleRoleRuleId: null }),
  );
  return [...added, ...paired];
}
