import { type MiningRule, ruleDefaults } from '../../mining/rules/mining-rule.ts';
import type { RuleType } from '../../store/schema/rules.ts';

/** What single role rules do, in one word or two. */
export const ruleTypeWords = {
  required: 'Required',
  requestedAutomatically: 'Requested automatically',
  suggested: 'Suggested',
} as const satisfies Record<RuleType, string>;

type Described = Omit<MiningRule, 'category' | 'maxNewGrants'> & {
  category: string | null;
  maxNewGrants: number | null;
};

/**
 * "Required: precision at least 97 %, at most 0.03 % false positives · roles with 2 or 3 approvals · priority 10";
 * what is as usual is left out.
 */
export function describeMiningRule(rule: Described): string {
  const { minIdentities, maxCriteria, maxNewGrants, statisticalGuard, priority } = rule;
  const which = [rolesOf(rule), rule.category === null ? '' : `category ${rule.category}`];
  if (rule.excludeRole) {
    return ['Left out of all later rules', ...which, `priority ${priority}`]
      .filter(Boolean)
      .join(' · ');
  }
  const precision =
    rule.criterion === 'coverage'
      ? 'whatever the precision'
      : `precision at least ${rule.precisionMinPercent} %`;
  const limits = `${precision}, at most ${rule.falsePositiveMaxPercent} % false positives`;
  return [
    `${ruleTypeWords[rule.ruleType]}: ${limits}`,
    ...which,
    minIdentities === ruleDefaults.minIdentities ? '' : `at least ${people(minIdentities)}`,
    maxCriteria === ruleDefaults.maxCriteria ? '' : criteriaWords(maxCriteria),
    maxNewGrants === null ? '' : `at most ${maxNewGrants} new grants of an entitlement`,
    statisticalGuard ? 'guarded against chance' : '',
    `priority ${priority}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** "roles with 2 or 3 approvals", "" for all. */
function rolesOf(rule: Described): string {
  const included = [
    rule.includeNoValidation,
    rule.includeSimpleValidation,
    rule.includeDoubleValidation,
    rule.includeTripleValidation,
  ].flatMap((isIn, approvals) => (isIn ? [approvals] : []));
  if (included.length === 4) return '';
  if (included.length === 0) return 'no roles at all';
  const [last, ...others] = included.map(String).reverse();
  const numbers = others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`;
  return `roles with ${numbers} approval${numbers === '1' ? '' : 's'}`;
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

function criteriaWords(most: number): string {
  return most === 1 ? '1 criterion' : `at most ${most} criteria`;
}
