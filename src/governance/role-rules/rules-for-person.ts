import { listRulesAbout, type SingleRoleRule } from '../../store/rules/role-rules.ts';
import { indexPeople } from '../cohorts/people-index.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import type { Ctx } from '../context.ts';
import { comparePrecedence } from './role-rule.ts';

type Pair = { personId: number; entitlementId: number };

/** Loads a lookup of the required rule in force, if any, that grants an entitlement to a person. */
export async function loadRequiredRules(
  ctx: Ctx,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<(pair: Pair) => SingleRoleRule | undefined> {
  const findRules = await loadRulesFor(ctx, personIds, entitlementIds);
  return (pair) => findRules(pair).find(({ ruleType }) => ruleType === 'required');
}

/**
 * Loads a lookup of the rules in force about a person and an entitlement, in order of precedence.
 */
export async function loadRulesFor(
  ctx: Ctx,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<(pair: Pair) => SingleRoleRule[]> {
  const rules = (await listRulesAbout(ctx.db, entitlementIds)).sort(comparePrecedence);
  if (rules.length === 0) return () => [];
  const ids = [...new Set(personIds)].sort((a, b) => a - b);
  const people = await listPeopleForRules(ctx, ids);
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
