import {
  changeMiningRule,
  createMiningRule,
  deleteMiningRule,
  readMiningRule,
  setMiningRuleEnabled,
  viewRulePolicy,
} from '../../../src/governance/mining-rules/mining-rules.ts';
import {
  changeRulePolicy,
  createRulePolicy,
  deleteRulePolicy,
  viewRulePolicies,
} from '../../../src/governance/mining-rules/rule-policies.ts';
import {
  createRoleRule,
  previewRoleRule,
} from '../../../src/governance/role-rules/handwritten-rules.ts';
import { endRoleRule, listRoleRules } from '../../../src/governance/role-rules/rules-in-force.ts';
import type { Guarded } from './guards.ts';

const edit = { id: 999_999, version: 1 };
const rule = {
  ...{ rulePolicyId: edit.id, entitlementId: edit.id, criteria: [], priority: 0 },
  ruleType: 'required' as const,
};

/** The verbs of rule policies, mining rules and single role rules. */
export const ruleGuarded: Guarded = {
  'mining-rules/rule-policies viewRulePolicies': ['mineRoles', (c) => viewRulePolicies(c)],
  'mining-rules/rule-policies createRulePolicy': [
    'mineRoles',
    (c) => createRulePolicy(c, { name: '' }),
  ],
  'mining-rules/rule-policies changeRulePolicy': [
    'mineRoles',
    (c) => changeRulePolicy(c, { ...edit, name: '', graceDays: 1 }),
  ],
  'mining-rules/rule-policies deleteRulePolicy': ['mineRoles', (c) => deleteRulePolicy(c, edit)],
  'mining-rules/mining-rules viewRulePolicy': ['mineRoles', (c) => viewRulePolicy(c, edit.id)],
  'mining-rules/mining-rules readMiningRule': ['mineRoles', (c) => readMiningRule(c, edit.id)],
  'mining-rules/mining-rules createMiningRule': ['mineRoles', (c) => createMiningRule(c, {})],
  'mining-rules/mining-rules changeMiningRule': ['mineRoles', (c) => changeMiningRule(c, edit, {})],
  'mining-rules/mining-rules setMiningRuleEnabled': [
    'mineRoles',
    (c) => setMiningRuleEnabled(c, { ...edit, enabled: true }),
  ],
  'mining-rules/mining-rules deleteMiningRule': ['mineRoles', (c) => deleteMiningRule(c, edit)],
  'role-rules/rules-in-force listRoleRules': [
    'mineRoles',
    (c) => listRoleRules(c, { rulePolicyId: edit.id, page: 0 }),
  ],
  'role-rules/rules-in-force endRoleRule': ['mineRoles', (c) => endRoleRule(c, edit)],
  'role-rules/handwritten-rules previewRoleRule': ['mineRoles', (c) => previewRoleRule(c, rule)],
  'role-rules/handwritten-rules createRoleRule': ['mineRoles', (c) => createRoleRule(c, rule)],
};
