import {
  completeRule,
  type MinableRole,
  type MiningRule,
} from '../src/mining/rules/mining-rule.ts';

/**
 * Three mining rules like the well-known sample: sensitive roles at high precision, then all roles
 * at lower precision, then suggestions for the rest.
 */
export const sampleRules: MiningRule[] = [
  completeRule({
    ruleType: 'required',
    includeNoValidation: false,
    includeSimpleValidation: false,
    precisionMinPercent: 97,
    falsePositiveMaxPercent: 1,
    priority: 10,
  }),
  completeRule({
    ruleType: 'required',
    precisionMinPercent: 95,
    falsePositiveMaxPercent: 5,
    priority: 1,
  }),
  completeRule({
    ruleType: 'suggested',
    precisionMinPercent: 80,
    falsePositiveMaxPercent: 20,
    priority: 1,
  }),
];

/** Roles with 0 to 3 approvals in turn. */
export function sampleRoles(entitlements: number): MinableRole[] {
  return Array.from({ length: entitlements }, (_, at) => ({ approvals: at % 4 }));
}
