import { listRulesInForce } from '../../store/rules/role-rules.ts';
import { attachToRule, listManualGrants } from '../../store/rules/rule-grants.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { pairKey } from '../tasks/eligibility.ts';
import { loadReach, planRules, type RulePair } from './plan.ts';

/**
 * How many grants given by hand the required rules of a policy give as well.
 * @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function countAdoptable(ctx: ActorCtx, rulePolicyId: number): Promise<number> {
  await requirePermission(ctx, 'mineRoles');
  return (await listRedundant(ctx, rulePolicyId)).length;
}

/**
 * Grants given by hand that a required rule of the policy gives as well are held by the rule from now on, so that
 * they follow the person. Done a second time it finds nothing to do.
 * @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function adoptGrants(
  ctx: ActorCtx,
  { rulePolicyId }: { rulePolicyId: number },
): Promise<{ adopted: number }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    await lockSyncs(ctx.db);
    const redundant = await listRedundant(ctx, rulePolicyId);
    const manual = await listManualGrants(ctx.db, redundant);
    const adopted = redundant.flatMap((pair) => {
      const grantId = manual.get(pairKey(pair));
      const { id: ruleId } = pair.rule;
      return grantId === undefined || ruleId === undefined ? [] : [{ grantId, ruleId }];
    });
    if (adopted.length === 0) return { adopted: 0 };
    await attachToRule(ctx.db, adopted);
    await audit(ctx, 'rule-policy.adopt', subjectOf.rulePolicy(rulePolicyId), {
      after: { grants: adopted.map(({ grantId, ruleId }) => ({ grant: grantId, rule: ruleId })) },
    });
    return { adopted: adopted.length };
  });
}

/** Where rules of two policies give the same, it is that of the rule that goes first. */
async function listRedundant(ctx: Ctx, rulePolicyId: number): Promise<RulePair[]> {
  const rules = await listRulesInForce(ctx.db);
  if (!rules.some((rule) => rule.rulePolicyId === rulePolicyId)) return [];
  const { redundant } = planRules(await loadReach(ctx, rules), rules);
  return redundant.filter(({ rule }) => rule.rulePolicyId === rulePolicyId);
}
