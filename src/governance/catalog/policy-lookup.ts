import { listPolicyHeads } from '../../store/policies/policies.ts';
import type { TaskKind } from '../../store/schema/tasks.ts';
import { containsSearchWords } from '../../text.ts';
import { type ActorCtx, type Ctx, requirePermission } from '../context.ts';
import type { OwnPolicies } from './validation.ts';

/** The names of the policies of an application or entitlement; undefined where it has none of its own. */
export type PolicyNames = Record<keyof OwnPolicies, string | undefined>;

export async function namePolicies(ctx: Ctx, chosen: OwnPolicies): Promise<PolicyNames> {
  const known = new Map((await listPolicyHeads(ctx.db)).map((one) => [one.id, one.name]));
  const nameOf = (id: number | null) => (id === null ? undefined : known.get(id));
  return {
    policyId: nameOf(chosen.policyId),
    emergencyPolicyId: nameOf(chosen.emergencyPolicyId),
    revokePolicyId: nameOf(chosen.revokePolicyId),
  };
}

/** Finds policies of a kind whose name contains the words, for a search field. */
export async function findPolicies(ctx: ActorCtx, kind: TaskKind, words: string) {
  await requirePermission(ctx, 'manageApplications');
  return (await listPolicyHeads(ctx.db)).filter(
    (one) => one.kind === kind && containsSearchWords(one.name, words),
  );
}
