import { Refusal } from '../../errors.ts';
import type { ConfigState } from '../../store/config.ts';
import { listRulesInForce } from '../../store/rules/role-rules.ts';
import type { Criteria } from '../../store/schema/rules.ts';
import { validateRuleCohort } from '../cohorts/trusted-values.ts';
import type { Ctx } from '../context.ts';
import { requiresGainConfirmation } from '../role-rules/handwritten-rules.ts';
import { loadAccessSnapshot, planRules } from '../role-rules/plan.ts';
import type { RoleRule } from '../role-rules/role-rule.ts';
import { type ConfigNow, configKey } from './current-state.ts';
import type { DesiredConfig, DesiredRoleRule } from './desired-state.ts';
import type { ConfigProblem, ProblemAt } from './read.ts';
import { savedIds } from './save.ts';

/**
 * Computes the reach of the new single role rules of a file, and spells their criteria as people's attributes are
 * spelled. @returns problems for criteria that nobody has, warnings for rules that give access to very many people.
 */
export async function checkRuleReach(
  ctx: Ctx,
  state: ConfigState,
  now: ConfigNow,
  desired: DesiredConfig,
  problemAt: ProblemAt,
): Promise<{ problems: ConfigProblem[]; warnings: ConfigProblem[] }> {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  const all = desired.roleRules ?? new Map<string, DesiredRoleRule>();
  const fresh = [...all].flatMap(([key, rule]) => (isUnchanged(now, key, rule) ? [] : [rule]));
  if (fresh.length === 0) return { problems, warnings };
  const supposed = buildSupposedRules(ctx, state, fresh);
  const leaving = new Set(
    [...now.roleRules].flatMap(([key, { id }]) => {
      const stays = all.get(key);
      return stays && isUnchanged(now, key, stays) ? [] : [id];
    }),
  );
  const others = (await listRulesInForce(ctx.db)).filter(({ id }) => !leaving.has(id));
  const rules = [...others, ...supposed.values()];
  const reach = await loadAccessSnapshot(ctx, rules);
  for (const { criteria, path } of fresh) {
    const wrong = await spellCriteria(ctx, reach.people, criteria);
    if (wrong) problems.push(problemAt([...path, 'criteria'], wrong));
  }
  if (problems.length > 0) return { problems, warnings };
  const { matchCounts, newGrants } = planRules(reach, rules);
  for (const [rule, its] of supposed) {
    const match = matchCounts.get(its) ?? reach.index.match(its.criteria).length;
    const isNew = its.entitlementId < 0 && rule.ruleType === 'required';
    const gaining = newGrants.filter((gain) => gain.rule === its).length;
    rule.reach = { matching: match, gaining: isNew ? match : gaining };
    const at = [...rule.path, 'criteria'];
    if (match === 0) problems.push(problemAt(at, 'nobody matches this'));
    if (requiresGainConfirmation(rule.reach.gaining, rule.risk))
      warnings.push(problemAt(at, describeManyGains(rule)));
  }
  return { problems, warnings };
}

function describeManyGains({ application, entitlement, risk, reach }: DesiredRoleRule): string {
  const what = `${application} · ${entitlement}${risk === 'high' ? ' (high risk)' : ''}`;
  return `this gives ${what} to ${(reach?.gaining ?? 0).toLocaleString('en')} people at once`;
}

/** Builds the rules as they would be stored. Their criteria are the same objects. */
function buildSupposedRules(ctx: Ctx, state: ConfigState, fresh: readonly DesiredRoleRule[]) {
  const ids = savedIds(state).entitlements;
  return new Map(
    fresh.map((rule, at): [DesiredRoleRule, RoleRule] => {
      // An entitlement that the file adds has no id yet, and no holders.
      const entitlementId = ids.get(configKey(rule.application, rule.entitlement)) ?? -1 - at;
      const { criteria, ruleType, priority } = rule;
      const its = { rulePolicyId: 0, entitlementId, criteria, ruleType, priority };
      return [rule, { ...its, appliedAt: ctx.now }];
    }),
  );
}

/** Whether the same rule is stored already. */
function isUnchanged({ roleRules }: ConfigNow, key: string, rule: DesiredRoleRule): boolean {
  const before = roleRules.get(key);
  return before?.priority === rule.priority;
}

/** Spells attributes and values as people have them. @returns the first problem, if any. */
async function spellCriteria(
  ctx: Ctx,
  people: Parameters<typeof validateRuleCohort>[1],
  criteria: Criteria,
): Promise<string | undefined> {
  try {
    for (const one of criteria) {
      const cohort = await validateRuleCohort(ctx, people, { [one.dimension]: [one.value] });
      const [[dimension, [value = one.value] = []] = [one.dimension]] = Object.entries(cohort);
      Object.assign(one, { dimension, value });
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
}
