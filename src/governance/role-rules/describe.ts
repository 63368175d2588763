import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { listManagerNames } from '../../store/people/people.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import type { Criteria, StoredRuleFigures } from '../../store/schema/rules.ts';
import { formatDimension } from '../cohorts/cohorts.ts';
import type { Ctx } from '../context.ts';
import { formatDate } from '../wording/relative-time.ts';

/** The texts about a single role rule, the same on every surface. */
export interface RuleDescription {
  /** "department = Sales and location = Lyon" */
  criteriaText: string;
  /** "58 of 60 have it", by the figures of the last run; undefined for a handwritten rule. */
  evidence: string | undefined;
  /** "because department = Sales and location = Lyon: 58 of 60 have it" */
  reason: string;
}

interface DescribableRule {
  criteria: Criteria;
  figures: Pick<StoredRuleFigures, 'matched' | 'truePositives'> | null;
}

/** Describes rules, in their order. Managers appear by name. */
export async function describeRules(
  ctx: Ctx,
  rules: readonly DescribableRule[],
): Promise<RuleDescription[]> {
  const managers = rules.flatMap(({ criteria }) => criteria.filter(isManager));
  const found =
    managers.length > 0
      ? await listManagerNames(
          ctx.db,
          managers.map(({ value }) => value),
        )
      : [];
  const names = new Map(found.map(({ key, name }) => [foldText(key), name]));
  return rules.map(({ criteria, figures }) => {
    const conditions = criteria.map((one) => {
      const managerName = isManager(one) ? names.get(foldText(one.value)) : undefined;
      return `${formatDimension(one.dimension)} = ${managerName ?? one.value}`;
    });
    const criteriaText = conditions.join(' and ') || 'nobody';
    const evidence = figures ? `${figures.truePositives} of ${figures.matched} have it` : undefined;
    const reason = [`because ${criteriaText}`, evidence].filter(Boolean).join(': ');
    return { criteriaText, evidence, reason };
  });
}

/** Describes rules by their ids, whether in force or not. Ignores null ids. */
export async function loadRuleDescriptions(
  ctx: Ctx,
  ruleIds: readonly (number | null | undefined)[],
): Promise<Map<number, RuleDescription>> {
  const rules = await listRulesById(
    ctx.db,
    ruleIds.flatMap((id) => id ?? []),
  );
  const descriptions = await describeRules(ctx, rules);
  return new Map(rules.flatMap(({ id }, at) => (descriptions[at] ? [[id, descriptions[at]]] : [])));
}

/**
 * "a role rule grants it because department = Sales: 58 of 60 have it"; undefined for access
 * without a rule.
 */
export function explainRuleGrant(
  { ruleId, graceStartedAt }: { ruleId: number | null; graceStartedAt: Date | null },
  rules: ReadonlyMap<number, RuleDescription>,
  zone: string,
): string | undefined {
  const rule = ruleId === null ? undefined : rules.get(ruleId);
  if (!rule) return undefined;
  if (!graceStartedAt) return `a role rule grants it ${rule.reason}`;
  const since = formatDate(graceStartedAt, zone);
  return `no role rule has granted it since ${since}; it was granted because ${rule.criteriaText}`;
}

function isManager({ dimension }: Criteria[number]): boolean {
  return foldDimension(dimension) === 'manager';
}
