import { foldText } from '../matrix/fold-text.ts';
import { OutOfRange } from '../out-of-range.ts';

export const ruleTypes = ['required', 'requestedAutomatically', 'suggested'] as const;

/** How a mining rule turns roles into single role rules; percentages are 0–100. */
export interface MiningRule {
  /**
   * Targets roles of this category and of those below it (`IT` includes `IT/Servers`); undefined:
   * all.
   */
  category: string | undefined;
  /** Targets roles whose requests need 0, 1, 2 or 3 approvals. */
  includeNoValidation: boolean;
  includeSimpleValidation: boolean;
  includeDoubleValidation: boolean;
  includeTripleValidation: boolean;
  /** Creates no rules, and hides its roles from every later mining rule. */
  excludeRole: boolean;
  /**
   * Minimum share of all people classified correctly: matched holders, and all others without the
   * role.
   */
  precisionMinPercent: number;
  /**
   * Maximum share of the matched people without the role, for each rule and for all rules of a
   * role.
   */
  falsePositiveMaxPercent: number;
  /** `coverage` ignores the minimum precision: holders whom no rule matches do not block a role. */
  criterion: 'precision' | 'coverage';
  /** Maximum people who match the rules of a role without holding it; undefined: no limit. */
  maxNewGrants: number | undefined;
  /**
   * Requires of each rule that the lower end of the 95 % Wilson interval of its share of holders is
   * above the share among all other people. A rule that matches everyone always passes.
   */
  statisticalGuard: boolean;
  ruleType: (typeof ruleTypes)[number];
  /** Highest first; of equal ones the first in the list. */
  priority: number;
  /** Minimum people that a rule matches. */
  minIdentities: number;
  /** Maximum `dimension = value` criteria of a rule, 1–3. */
  maxCriteria: number;
}

/** The properties of an entitlement that mining rules check. */
export interface MinableRole {
  category?: string | undefined;
  /** Approvals that its request policy requires, 0–3. */
  approvals: number;
}

/** The default of each property that a mining rule leaves out. */
export const ruleDefaults: Omit<MiningRule, 'ruleType'> = {
  category: undefined,
  includeNoValidation: true,
  includeSimpleValidation: true,
  includeDoubleValidation: true,
  includeTripleValidation: true,
  excludeRole: false,
  precisionMinPercent: 100,
  falsePositiveMaxPercent: 0,
  criterion: 'precision',
  maxNewGrants: undefined,
  statisticalGuard: false,
  priority: 0,
  minIdentities: 5,
  maxCriteria: 3,
};

/** Completes a mining rule with its defaults. @throws OutOfRange a number is out of range. */
export function completeRule(properties: Partial<MiningRule> & Pick<MiningRule, 'ruleType'>) {
  const rule: MiningRule = { ...ruleDefaults, ...properties };
  for (const name of ['precisionMinPercent', 'falsePositiveMaxPercent'] as const) {
    if (rule[name] >= 0 && rule[name] <= 100) continue;
    throw new OutOfRange(name, '0 to 100', rule[name]);
  }
  if (!Number.isInteger(rule.maxCriteria) || rule.maxCriteria < 1 || rule.maxCriteria > 3) {
    throw new OutOfRange('maxCriteria', '1, 2 or 3', rule.maxCriteria);
  }
  if (!Number.isInteger(rule.minIdentities) || rule.minIdentities < 1) {
    throw new OutOfRange('minIdentities', 'a whole number from 1', rule.minIdentities);
  }
  return rule;
}

/** Checks whether a mining rule targets a role, by category and approvals. */
export function isRoleTargeted(
  rule: MiningRule,
  { category = '', approvals }: MinableRole,
): boolean {
  const included = [
    rule.includeNoValidation,
    rule.includeSimpleValidation,
    rule.includeDoubleValidation,
    rule.includeTripleValidation,
  ][approvals];
  return (
    Boolean(included) && (rule.category === undefined || isCategoryWithin(rule.category, category))
  );
}

/** Checks whether a category equals another or is below it, as `IT/Servers` is below `IT`. */
export function isCategoryWithin(category: string, own: string): boolean {
  const levels = (path: string) => path.split('/').map(foldText);
  const ownLevels = levels(own);
  return levels(category).every((level, at) => ownLevels[at] === level);
}
