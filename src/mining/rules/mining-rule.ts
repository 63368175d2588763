import { foldText } from '../matrix/fold-text.ts';

export const ruleTypes = ['required', 'requestedAutomatically', 'suggested'] as const;

/** How roles are turned into single role rules; percentages are 0–100. */
export interface MiningRule {
  /** Roles of this category and those below it (`IT` holds `IT/Servers`); undefined: all. */
  category: string | undefined;
  /** Roles whose requests need 0, 1, 2, 3 approvals. */
  includeNoValidation: boolean;
  includeSimpleValidation: boolean;
  includeDoubleValidation: boolean;
  includeTripleValidation: boolean;
  /** Mines nothing and keeps its roles from every later rule. */
  excludeRole: boolean;
  /** Least share of everyone who is right: matched holders, and others who are neither. */
  precisionMinPercent: number;
  /** Most of the matched people who do not hold the role, of each rule and of all of a role. */
  falsePositiveMaxPercent: number;
  /** `coverage` passes over the least precision: a role is not held back by holders no rule reaches. */
  criterion: 'precision' | 'coverage';
  /** Most people who do not hold a role and match its rules; undefined: any number. */
  maxNewGrants: number | undefined;
  /**
   * Asks more of each rule than its share of holders: the lower end of the 95 % Wilson interval of that
   * share is to be above the share among all other people. Asks nothing of a rule that matches everyone.
   */
  statisticalGuard: boolean;
  ruleType: (typeof ruleTypes)[number];
  /** Highest first; of equal ones the first in the list. */
  priority: number;
  /** Fewest people a rule matches. */
  minIdentities: number;
  /** Most `dimension = value` of a rule, 1–3. */
  maxCriteria: number;
}

/** What mining rules ask of an entitlement. */
export interface MinableRole {
  category?: string | undefined;
  /** Approvals its request policy asks for, 0–3. */
  approvals: number;
}

/** What a mining rule says that leaves something out. */
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

/** A mining rule with its defaults. @throws RangeError a figure is out of range. */
export function completeRule(given: Partial<MiningRule> & Pick<MiningRule, 'ruleType'>) {
  const rule: MiningRule = { ...ruleDefaults, ...given };
  for (const name of ['precisionMinPercent', 'falsePositiveMaxPercent'] as const) {
    if (rule[name] >= 0 && rule[name] <= 100) continue;
    throw new RangeError(`${name} must be 0 to 100, not ${rule[name]}`);
  }
  if (!Number.isInteger(rule.maxCriteria) || rule.maxCriteria < 1 || rule.maxCriteria > 3) {
    throw new RangeError(`maxCriteria must be 1, 2 or 3, not ${rule.maxCriteria}`);
  }
  if (!Number.isInteger(rule.minIdentities) || rule.minIdentities < 1) {
    throw new RangeError(`minIdentities must be a whole number from 1, not ${rule.minIdentities}`);
  }
  return rule;
}

/** Whether a mining rule is about a role, by category and approvals. */
export function isAbout(rule: MiningRule, { category = '', approvals }: MinableRole): boolean {
  const included = [
    rule.includeNoValidation,
    rule.includeSimpleValidation,
    rule.includeDoubleValidation,
    rule.includeTripleValidation,
  ][approvals];
  return Boolean(included) && (rule.category === undefined || isWithin(rule.category, category));
}

/** Whether a category is another one or below it, as `IT/Servers` is below `IT`. */
export function isWithin(category: string, own: string): boolean {
  const levels = (path: string) => path.split('/').map(foldText);
  const theirs = levels(own);
  return levels(category).every((level, at) => theirs[at] === level);
}
