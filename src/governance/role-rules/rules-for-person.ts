import { listRulesAbout, type SingleRoleRule } from '../../store/rules/role-rules.ts';
import { listCountedPeople } from '../cohorts/cohorts.ts';
import { indexPeople } from '../cohorts/people-index.ts';
import type { Ctx } from '../context.ts';
import { byPrecedence } from './plan.ts';

type Pair = { personId: number; entitlementId: number };

/** Tells which required rule in force, if any, gives one of these people one of these entitlements. */
export async function loadGivingRules(
  ctx: Ctx,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<(pair: Pair) => SingleRoleRule | undefined> {
  const found = await loadRulesFor(ctx, personIds, entitlementIds);
  return (pair) => found(pair).find(({ ruleType }) => ruleType === 'required');
}

/** Tells which rules in force are about one of these people and one of these entitlements, who goes first first. */
export async function loadRulesFor(
  ctx: Ctx,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<(pair: Pair) => SingleRoleRule[]> {
  const rules = (await listRulesAbout(ctx.db, entitlementIds)).sort(byPrecedence);
  if (rules.length === 0) return () => [];
  const ids = [...new Set(personIds)].sort((a, b) => a - b);
  const people = await listCountedPeople(ctx, ids);
  const index = indexPeople(people);
  const indexOf = new Map(people.map(({ id }, at) => [id, at]));
  return ({ personId, entitlementId }) => {
    const at = indexOf.get(personId);
    if (at === undefined) return [];
    return rules.filter(
      (rule) => rule.entitlementId === entitlementId && index.matcher(rule.criteria)(at),
    );
  };
}
