import { describe, expect, it } from 'vitest';
import {
  choosePolicy,
  type KnownPolicies,
  type PolicyCase,
} from '../../../src/governance/policies/choose-policy.ts';
import type { EntitlementRow } from '../../../src/store/catalog/entitlements.ts';
import type { Policy, PolicyRule } from '../../../src/store/policies/policies.ts';
import type { PolicyCondition } from '../../../src/store/schema/tasks.ts';

const policy = (id: number, name: string): Policy => ({
  id,
  name,
  kind: 'grant',
  isDefault: id === 1,
  builtIn: id <= 2,
  version: 1,
  steps: [],
});
const all = [
  policy(1, 'default'),
  policy(2, 'none'),
  policy(3, 'own'),
  policy(4, 'strict'),
  policy(5, 'pager'),
];
const rule = (position: number, policyId: number, condition: PolicyCondition): PolicyRule => ({
  id: position,
  kind: 'grant',
  position,
  policyId,
  condition,
});

const known = (rules: PolicyRule[] = []): KnownPolicies => ({
  byId: new Map(all.map((one) => [one.id, one])),
  byDefault: all[0]!,
  noApproval: all[1]!,
  rules,
});
const about = (
  entitlement: Partial<EntitlementRow> = {},
  change: Partial<PolicyCase> = {},
): PolicyCase => ({
  kind: 'grant',
  person: { managerId: 7 },
  requesterId: 1,
  emergency: false,
  entitlement: {
    applicationId: 1,
    category: 'Code',
    risk: 'high',
    ...entitlement,
  } as EntitlementRow,
  ...change,
});

describe('which policy a new task has', () => {
  const rules = [
    rule(1, 4, { risk: 'high', category: 'code' }),
    rule(2, 3, { requesterIsManager: true }),
    rule(3, 5, { emergency: true }),
  ];

  it.each<[string, PolicyCase, PolicyRule[], string]>([
    ['the default, where nobody says anything', about(), [], 'default'],
    ['what the entitlement says, before any rule', about({ policyId: 3 }), rules, 'own'],
    ['the first rule that fits', about({}, { requesterId: 7 }), rules, 'strict'],
    [
      'a later one, where the first does not',
      about({ risk: 'low' }, { requesterId: 7 }),
      rules,
      'own',
    ],
    ['the default, where none fits', about({ risk: 'low' }), rules, 'default'],
    [
      'for an emergency, the rule about emergencies',
      about({}, { emergency: true }),
      rules,
      'pager',
    ],
    ['for an emergency, none without such a rule', about({}, { emergency: true }), [], 'none'],
    [
      'for a revocation, the revocation’s own',
      about({ policyId: 3, revokePolicyId: 4 }, { kind: 'revoke' }),
      [],
      'strict',
    ],
  ])('%s', (_, one, rules, name) => {
    expect(choosePolicy(known(rules), one).name).toBe(name);
  });
});
