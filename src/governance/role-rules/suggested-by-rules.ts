import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listRequestable, listRulesInForce } from '../../store/rules/role-rules.ts';
import { listCountedPeople } from '../cohorts/cohorts.ts';
import { indexPeople } from '../cohorts/people-index.ts';
import type { Ctx } from '../context.ts';
import { describeRules } from './describe.ts';
import { byPrecedence } from './plan.ts';

/** Something a person may want to ask for, and why. */
export interface SuggestedAccess {
  entitlementId: number;
  app: string;
  name: string;
  /** "41 of 44 in Engineering hold it", "because department = Sales: 58 of 60 hold it" */
  evidence: string;
}

const maxSuggested = 5;

/**
 * What rules suggest to a person who lacks it, has not asked for it and may ask for it: by rules of the type
 * suggested, and by those that ask for new people, who are not asked for again. By the rules that go first.
 */
export async function suggestByRules(
  ctx: Ctx,
  personId: number,
  applicationId: number | undefined,
): Promise<SuggestedAccess[]> {
  const rules = await listRulesInForce(ctx.db);
  if (rules.length === 0) return [];
  const people = await listCountedPeople(ctx, [personId]);
  const index = indexPeople(people);
  const winners = new Map<number, (typeof rules)[number]>();
  for (const rule of rules.sort(byPrecedence)) {
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
      const isWanted = row && (applicationId ?? row.applicationId) === row.applicationId;
      return isWanted ? [{ rule, row }] : [];
    })
    .slice(0, maxSuggested);
  const words = await describeRules(
    ctx,
    shown.map(({ rule }) => rule),
  );
  return shown.map(({ row }, at) => ({
    entitlementId: row.id,
    app: row.app,
    name: row.name,
    evidence: words[at]?.because ?? '',
  }));
}
