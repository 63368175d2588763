import { listRulesInForce } from '../../store/rules/role-rules.ts';
import { attachToRule, listManualGrants } from '../../store/rules/rule-grants.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { pairKey } from '../tasks/eligibility.ts';
import { loadAccessSnapshot, planRules, type RuleTarget } from './plan.ts';

/**
 * Counts the manual grants that required rules of a policy also cover.
 * @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function countAdoptable(ctx: ActorCtx, rulePolicyId: number): Promise<number> {
  await requirePermission(ctx, 'mineRoles');
  return (await listRedundantGrants(ctx, rulePolicyId)).length;
}

/**
 * Turns manual grants that a required rule of the policy also covers into grants by that rule, so
 * that they end with it. Does nothing the second time.
 * @throws Refusal 'forbidden' for everybody but Super Admins.
 */
export async function adoptGrants(
  ctx: ActorCtx,
  { rulePolicyId }: { rulePolicyId: number },
): Promise<{ adopted: number }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    await lockSyncs(ctx.db);
    const redundant = await listRedundantGrants(ctx, rulePolicyId);
    const manual = await listManualGrants(ctx.db, redundant);
    const adopted = redundant.flatMap((target) => {
      const grantId = manual.get(pairKey(target));
      const { id: ruleId } = target.rule;
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

/**
 * Where rules of two policies cover the same grant, it counts for the rule that takes precedence.
 */
async function listRedundantGrants(ctx: Ctx, rulePolicyId: number): Promise<RuleTarget[]> {
  const rules = await listRulesInForce(ctx.db);
  if (!rules.some((rule) => rule.rulePolicyId === rulePolicyId)) return [];
  const { redundant } = planRules(await loadAccessSnapshot(ctx, rules), rules);
  return redundant.filter(({ rule }) => rule.rulePolicyId === rulePolicyId);
}
