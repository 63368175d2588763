import type { MinableRole, MiningRule } from '../../mining/rules/mining-rule.ts';
import { listMinedEntitlements } from '../../store/catalog/entitlements.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import type { Ctx } from '../context.ts';
import { choosePolicy } from '../policies/choose-policy.ts';

const maxApprovals = 3;

/**
 * What mining rules ask of entitlements, by id: the category, and how many approvals a request needs that
 * somebody makes for themselves. Those that are closed or not for mining are left out.
 */
export async function listMinableRoles(ctx: Ctx): Promise<Map<number, MinableRole>> {
  const entitlements = await listMinedEntitlements(ctx.db);
  const own = entitlements.flatMap(({ policyId }) => policyId ?? []);
  const known = await loadPolicies(ctx.db, 'grant', [...new Set(own)]);
  const about = {
    kind: 'grant',
    person: { managerId: null },
    requesterId: null,
    emergency: false,
  } as const;
  return new Map(
    entitlements.map((entitlement) => {
      const { steps } = choosePolicy(known, { ...about, entitlement });
      const approvals = steps.filter(({ kind }) => kind === 'approval').length;
      const category = entitlement.category ?? undefined;
      return [entitlement.id, { category, approvals: Math.min(maxApprovals, approvals) }];
    }),
  );
}

/** A mining rule of the store as the miner takes it. */
export function toMiningRule({ category, maxNewGrants, ...rule }: MiningRuleRecord): MiningRule {
  return { ...rule, category: category ?? undefined, maxNewGrants: maxNewGrants ?? undefined };
}
