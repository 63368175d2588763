import { listRulesInForce } from '../store/role-rules.ts';
import { listCountedPeople } from './cohorts.ts';
import type { Ctx } from './context.ts';
import { indexPeople } from './rule-index.ts';
import { byPrecedence, type RoleRule } from './rule-reach.ts';

type Pair = { personId: number; entitlementId: number };

/** Tells which required rule in force, if any, gives one of these people one of these entitlements. */
export async function loadGivingRules(
  ctx: Ctx,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<(pair: Pair) => (RoleRule & { id: number }) | undefined> {
  const about = new Set(entitlementIds);
  const rules = (await listRulesInForce(ctx.db))
    .filter((rule) => rule.ruleType === 'required' && about.has(rule.entitlementId))
    .sort(byPrecedence);
  if (rules.length === 0) return () => undefined;
  const ids = [...new Set(personIds)].sort((a, b) => a - b);
  const people = await listCountedPeople(ctx, ids);
  const index = indexPeople(people);
  const indexOf = new Map(people.map(({ id }, at) => [id, at]));
  return ({ personId, entitlementId }) => {
    const at = indexOf.get(personId);
    if (at === undefined) return undefined;
    return rules.find(
      (rule) => rule.entitlementId === entitlementId && index.meets(at, rule.criteria),
    );
  };
}
