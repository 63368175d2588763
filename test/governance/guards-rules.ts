import {
  changeMiningRule,
  createMiningRule,
  deleteMiningRule,
  readMiningRule,
  setMiningRuleEnabled,
  viewRulePolicy,
} from '../../src/governance/mining-rules.ts';
import { endRoleRule, listRoleRules } from '../../src/governance/role-rules.ts';
import {
  changeRulePolicy,
  createRulePolicy,
  deleteRulePolicy,
  viewRulePolicies,
} from '../../src/governance/rule-policies.ts';
import { previewRoleRule, writeRoleRule } from '../../src/governance/written-rules.ts';
import type { Guarded } from './guards.ts';

const edit = { id: 999_999, version: 1 };
const rule = {
  ...{ rulePolicyId: edit.id, entitlementId: edit.id, criteria: [], priority: 0 },
  ruleType: 'required' as const,
};

/** The verbs of rule policies, mining rules and single role rules. */
export const ruleGuarded: Guarded = {
  'rule-policies viewRulePolicies': ['mineRoles', (c) => viewRulePolicies(c)],
  'rule-policies createRulePolicy': ['mineRoles', (c) => createRulePolicy(c, { name: '' })],
  'rule-policies changeRulePolicy': [
    'mineRoles',
    (c) => changeRulePolicy(c, { ...edit, name: '', graceDays: 1 }),
  ],
  'rule-policies deleteRulePolicy': ['mineRoles', (c) => deleteRulePolicy(c, edit)],
  'mining-rules viewRulePolicy': ['mineRoles', (c) => viewRulePolicy(c, edit.id)],
  'mining-rules readMiningRule': ['mineRoles', (c) => readMiningRule(c, edit.id)],
  'mining-rules createMiningRule': ['mineRoles', (c) => createMiningRule(c, {})],
  'mining-rules changeMiningRule': ['mineRoles', (c) => changeMiningRule(c, edit, {})],
  'mining-rules setMiningRuleEnabled': [
    'mineRoles',
    (c) => setMiningRuleEnabled(c, { ...edit, enabled: true }),
  ],
  'mining-rules deleteMiningRule': ['mineRoles', (c) => deleteMiningRule(c, edit)],
  'role-rules listRoleRules': [
    'mineRoles',
    (c) => listRoleRules(c, { rulePolicyId: edit.id, page: 0 }),
  ],
  'role-rules endRoleRule': ['mineRoles', (c) => endRoleRule(c, edit)],
  'written-rules previewRoleRule': ['mineRoles', (c) => previewRoleRule(c, rule)],
  'written-rules writeRoleRule': ['mineRoles', (c) => writeRoleRule(c, rule)],
};
