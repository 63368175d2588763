import { type MiningRule, ruleDefaults } from '../../mining/rules/mining-rule.ts';
import type { RuleType } from '../../store/schema/rules.ts';

/** Labels of the types of single role rules. */
export const ruleTypeLabels = {
  required: 'Required',
  requestedAutomatically: 'Requested automatically',
  suggested: 'Suggested',
} as const satisfies Record<RuleType, string>;

type DescribableRule = Omit<MiningRule, 'category' | 'maxNewGrants'> & {
  category: string | null;
  maxNewGrants: number | null;
};

/**
 * "Required: precision at least 97 %, at most 0.03 % false positives · entitlements with 2 or 3
 * approvals · priority 10". Leaves out the properties that have their defaults, except the limits
 * and the priority.
 */
export function describeMiningRule(rule: DescribableRule): string {
  const { minIdentities, maxCriteria, maxNewGrants, statisticalGuard, priority } = rule;
  const scope = [
    describeApprovals(rule),
    rule.category === null ? '' : `category ${rule.category}`,
  ];
  if (rule.excludeRole) {
    return ['Excluded from all later rules', ...scope, `priority ${priority}`]
      .filter(Boolean)
      .join(' · ');
  }
  const precision =
    rule.criterion === 'coverage'
      ? 'any precision'
      : `precision at least ${rule.precisionMinPercent} %`;
  const limits = `${precision}, at most ${rule.falsePositiveMaxPercent} % false positives`;
  return [
    `${ruleTypeLabels[rule.ruleType]}: ${limits}`,
    ...scope,
    minIdentities === ruleDefaults.minIdentities ? '' : `at least ${describePeople(minIdentities)}`,
    maxCriteria === ruleDefaults.maxCriteria ? '' : describeMaxCriteria(maxCriteria),
    maxNewGrants === null ? '' : `at most ${maxNewGrants} new grants of an entitlement`,
    statisticalGuard ? 'skips patterns that could be chance' : '',
    `priority ${priority}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** "entitlements with 2 or 3 approvals"; empty for any number of approvals. */
function describeApprovals(rule: DescribableRule): string {
  const included = [
    rule.includeNoValidation,
    rule.includeSimpleValidation,
    rule.includeDoubleValidation,
    rule.includeTripleValidation,
  ].flatMap((isIncluded, approvals) => (isIncluded ? [approvals] : []));
  if (included.length === 4) return '';
  if (included.length === 0) return 'no entitlements';
  const [last, ...others] = included.map(String).reverse();
  const numbers = others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`;
  return `entitlements with ${numbers} approval${numbers === '1' ? '' : 's'}`;
}

function describePeople(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

function describeMaxCriteria(maxCriteria: number): string {
  return `at most ${maxCriteria} ${maxCriteria === 1 ? 'criterion' : 'criteria'}`;
}
