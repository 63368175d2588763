import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listRequestable, listRulesInForce } from '../../store/rules/role-rules.ts';
import { indexPeople } from '../cohorts/people-index.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import type { Ctx } from '../context.ts';
import { describeRules } from './describe.ts';
import { comparePrecedence } from './role-rule.ts';

/** Access that a person may want to request, and the reason. */
export interface SuggestedAccess {
  entitlementId: number;
  app: string;
  name: string;
  /** "41 of 44 in Engineering have it", "because department = Sales: 58 of 60 have it" */
  evidence: string;
}

const maxSuggested = 5;

/**
 * Lists suggested access that a person lacks, has not requested and may request. Rules of the type
 * suggested suggest it, and rules of the type requestedAutomatically do so for people who are not
 * new. Rules that take precedence come first.
 */
export async function suggestByRules(
  ctx: Ctx,
  personId: number,
  applicationId: number | undefined,
): Promise<SuggestedAccess[]> {
  const rules = await listRulesInForce(ctx.db);
  if (rules.length === 0) return [];
  const people = await listPeopleForRules(ctx, [personId]);
  const index = indexPeople(people);
  const winners = new Map<number, (typeof rules)[number]>();
  for (const rule of rules.sort(comparePrecedence)) {
    if (people.length === 0 || winners.has(rule.entitlementId)) continue;
    if (index.matcher(rule.criteria)(0)) winners.set(rule.entitlementId, rule);
  }
  const suggested = [...winners.values()].filter(({ ruleType }) => ruleType !== 'required');
  const ids = suggested.map((rule) => rule.entitlementId);
  const missing = new Set(await listRequestable(ctx.db, personId, ids));
  const entitlements = new Map(
    (await listEntitlementsById(ctx.db, [...missing])).map((row) => [row.id, row]),
  );
  const shown = suggested
    .flatMap((rule) => {
      const row = entitlements.get(rule.entitlementId);
      const isIncluded = row && (applicationId ?? row.applicationId) === row.applicationId;
      return isIncluded ? [{ rule, row }] : [];
    })
    .slice(0, maxSuggested);
  const descriptions = await describeRules(
    ctx,
    shown.map(({ rule }) => rule),
  );
  return shown.map(({ row }, at) => ({
    entitlementId: row.id,
    app: row.app,
    name: row.name,
    evidence: descriptions[at]?.reason ?? '',
  }));
}
