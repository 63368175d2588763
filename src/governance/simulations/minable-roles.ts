import type { MinableRole, MiningRule } from '../../mining/rules/mining-rule.ts';
import { listMinedEntitlements } from '../../store/catalog/entitlements.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import type { Ctx } from '../context.ts';
import { choosePolicy } from '../policies/choose-policy.ts';

const maxApprovals = 3;

/**
 * Lists the properties of entitlements that mining rules filter by: the category, and the number of approvals of a
 * request that a person makes for themselves. Leaves out entitlements that are closed or not for mining.
 */
export async function listMinableRoles(ctx: Ctx): Promise<Map<number, MinableRole>> {
  const entitlements = await listMinedEntitlements(ctx.db);
  const policyIds = entitlements.flatMap(({ policyId }) => policyId ?? []);
  const policies = await loadPolicies(ctx.db, 'grant', [...new Set(policyIds)]);
  const request = {
    kind: 'grant',
    person: { managerId: null },
    requesterId: null,
    emergency: false,
  } as const;
  return new Map(
    entitlements.map((entitlement) => {
      const { steps } = choosePolicy(policies, { ...request, entitlement });
      const approvals = steps.filter(({ kind }) => kind === 'approval').length;
      const category = entitlement.category ?? undefined;
      return [entitlement.id, { category, approvals: Math.min(maxApprovals, approvals) }];
    }),
  );
}

/** Converts a stored mining rule for the miner. */
export function toMiningRule({ category, maxNewGrants, ...rule }: MiningRuleRecord): MiningRule {
  return { ...rule, category: category ?? undefined, maxNewGrants: maxNewGrants ?? undefined };
}
