import { z } from 'zod';
import { keysOf } from '../../collections.ts';
import { ruleTypes } from '../../mining/rules/mining-rule.ts';
import type { StepKind } from '../../store/schema/tasks.ts';
import { maxGraceDays, maxRulePolicyNameLength } from '../mining-rules/rule-policies.ts';
import { maxMiningRules, miningRuleFields } from '../mining-rules/schema.ts';
import { roleNames } from '../permissions.ts';
import { maxPolicyNameLength } from '../policies/policies.ts';

/**
 * The shape of a configuration file, within the limits of the forms in Slack. check.ts looks up the names.
 */

const text = (longest: number) =>
  z
    .string('expected a text; a number or date goes in quotes')
    .trim()
    .min(1, 'expected a text that is not empty')
    .max(longest, `expected at most ${longest.toLocaleString('en')} characters`);
const name = text(1000);
const flag = z.boolean('expected true or false');
const whole = (from: number, to: number) => {
  const words = `expected a whole number from ${from} to ${to.toLocaleString('en')}`;
  return z.int(words).min(from, words).max(to, words);
};
const list = <T extends z.ZodType>(of: T, words: string) =>
  z.array(of, `expected a list of ${words}`);
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, `expected ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`);

/** A map with these keys and no others. */
function map<T extends z.ZodRawShape>(shape: T) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `is an unknown key; known keys: ${keys}`
        : `expected a map with: ${keys}`,
  });
}

const emails = list(text(320), 'e-mail addresses');
const policy = name.nullable().optional();
const policyFields = { policy, emergencyPolicy: policy, revokePolicy: policy };
const risk = oneOf(['low', 'medium', 'high']);
const kind = oneOf(['request', 'revocation']);

const entitlement = map({
  name,
  description: text(100_000).nullable().optional(),
  category: name.nullable().optional(),
  risk: risk.nullable().optional(),
  owners: emails.optional(),
  requestable: flag.optional(),
  emergency: flag.optional(),
  longestDays: whole(1, 3650).nullable().optional(),
  ...policyFields,
  mined: flag.optional(),
});

const application = map({
  name,
  owners: emails.optional(),
  provisioners: emails.optional(),
  instructions: text(100_000).nullable().optional(),
  ...policyFields,
  entitlements: list(entitlement, 'entitlements').optional(),
});

const approverNames = [
  'manager',
  'application_owners',
  'entitlement_owners',
  'provisioners',
  'self',
  'super_admins',
  'owners_or_admins',
] as const;

const approvers = z.union(
  [
    z.enum(approverNames),
    z.strictObject({ people: z.array(text(320)).min(1).max(20) }),
    z.strictObject({ userGroup: name }),
  ],
  `expected ${approverNames.join(', ')}, {people: [e-mail, …]} (1 to 20) or {userGroup: handle}`,
);

const stepKinds = [
  'approval',
  'provision',
  'revocation',
  'deprovision',
] as const satisfies readonly StepKind[];

/** The options of a step, with the names of StepOptions. Its approvers are in `approvers`. */
export const stepOptions = {
  quorum: whole(1, 20).optional(),
  allowSelfApproval: flag.optional(),
  distinctApprovers: flag.optional(),
  approverMayProvision: flag.optional(),
  allowDelegation: flag.optional(),
  reasonToApprove: flag.optional(),
  decideByEmail: flag.optional(),
  reassignTo: oneOf(['anyone', 'owners']).optional(),
  remindAfterHours: whole(1, 90 * 24).optional(),
  escalateAfterHours: whole(1, 90 * 24).optional(),
};

const step = map({
  approvers,
  kind: oneOf(stepKinds).optional(),
  reassignable: flag.optional(),
  ...stepOptions,
});

const policyMap = map({
  name: text(maxPolicyNameLength),
  kind: kind.optional(),
  steps: list(step, 'steps')
    .min(1, 'expected at least one step')
    .max(8, 'expected at most 8 steps'),
});

const condition = map({
  risk: risk.optional(),
  application: name.optional(),
  category: name.optional(),
  requesterIsManager: flag.optional(),
  emergency: flag.optional(),
});

const rule = map({ kind: kind.optional(), condition: condition.optional(), policy: name });

const defaults = map({ request: name.optional(), revocation: name.optional() });

const number = z.number('expected a number').nullable().optional();
/** The thresholds, with the names of MiningSettings. The miner checks their ranges. */
const thresholds = {
  minCohortSize: number,
  minConfidencePercent: number,
  minLowerBoundPercent: number,
  minLift: number,
  maxDepth: number,
  maxSuggestions: number,
};

const mining = map({
  ...thresholds,
  dimensions: list(name, 'attributes').nullable().optional(),
  excludedEntitlements: list(
    map({ application: name, entitlement: name }),
    'maps with application and entitlement',
  ).optional(),
});

const rulePolicyName = text(maxRulePolicyNameLength);
const rulePolicy = map({ name: rulePolicyName, graceDays: whole(0, maxGraceDays).optional() });
const miningRule = map({
  ...miningRuleFields,
  policy: rulePolicyName.optional(),
  rulePolicy: rulePolicyName.optional(),
});
const roleRule = map({
  application: name,
  entitlement: name,
  criteria: z.record(z.string(), name, 'expected a map of attribute: value'),
  ruleType: oneOf(ruleTypes),
  priority: whole(-1_000_000, 1_000_000).optional(),
  rulePolicy: rulePolicyName,
});
const maxRoleRules = 1000;

export const thresholdNames = keysOf(thresholds);
const roles = list(oneOf(keysOf(roleNames)), 'roles');

export const configShape = map({
  applications: list(application, 'applications').optional(),
  policies: list(policyMap, 'policies').optional(),
  defaultPolicies: defaults.optional(),
  policyRules: list(rule, 'rules').max(80, 'expected at most 80 rules').optional(),
  roles: z.record(z.string(), roles, 'expected a map of e-mail address: [role, …]').optional(),
  mining: mining.optional(),
  rulePolicies: list(rulePolicy, 'rule policies').optional(),
  miningRules: list(miningRule, 'mining rules')
    .max(maxMiningRules, `expected at most ${maxMiningRules} mining rules`)
    .optional(),
  roleRules: list(roleRule, 'role rules')
    .max(maxRoleRules, `expected at most ${maxRoleRules.toLocaleString('en')} role rules`)
    .optional(),
});

export type ConfigFile = z.infer<typeof configShape>;
export type ConfigStep = z.infer<typeof step>;
export type ConfigPolicy = z.infer<typeof policyMap>;
export type ConfigRule = z.infer<typeof rule>;
export type ConfigMining = z.infer<typeof mining>;
export type ConfigRulePolicy = z.infer<typeof rulePolicy>;
export type ConfigMiningRule = z.infer<typeof miningRule>;
export type ConfigRoleRule = z.infer<typeof roleRule>;
