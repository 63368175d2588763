import { mustGet } from '../../collections.ts';
import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import type { ConfigState } from '../../store/config.ts';
import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import type { Criteria, RuleType } from '../../store/schema/rules.ts';
import { foldName } from '../wording/fold-name.ts';

export interface RulePolicyConfig {
  name: string;
  graceDays: number;
}

/** A handwritten single role rule in the terms of a configuration file. */
export interface RoleRuleConfig {
  rulePolicy: string;
  application: string;
  entitlement: string;
  criteria: Criteria;
  ruleType: RuleType;
  priority: number;
}

/** The stored rules that a configuration file can contain. */
export interface RulesNow {
  /** By folded name. */
  rulePolicies: Map<string, RulePolicyConfig & { id: number; version: number }>;
  /** In the order of a run. */
  miningRules: MiningRuleRecord[];
  /** By roleRuleKey; without rules of closed entitlements. */
  roleRules: Map<string, RoleRuleConfig & { id: number; version: number }>;
}

/** The key of a rule: two rules with the same key would be the same rule. */
export function roleRuleKey(rule: Omit<RoleRuleConfig, 'priority'>): string {
  const criteria = rule.criteria.map(
    ({ dimension, value }) => `${foldDimension(dimension)}=${foldText(value)}`,
  );
  const names = [rule.rulePolicy, rule.application, rule.entitlement].map(foldName);
  return [rule.ruleType, ...names, ...criteria.sort()].join('\n');
}

export function describeRulesNow(state: ConfigState): RulesNow {
  const apps = new Map(state.applications.map(({ id, name }) => [id, name]));
  const rights = new Map(
    state.entitlements.flatMap((one) => (one.closedAt ? [] : [[one.id, one] as const])),
  );
  const policies = new Map(state.rulePolicies.map(({ id, name }) => [id, name]));
  const roleRules: RulesNow['roleRules'] = new Map();
  for (const { id, version, rulePolicyId, entitlementId, ...rule } of state.roleRules) {
    const right = rights.get(entitlementId);
    if (!right) continue;
    const { criteria, ruleType, priority } = rule;
    const named = {
      rulePolicy: mustGet(policies, rulePolicyId),
      application: mustGet(apps, right.applicationId),
      entitlement: right.name,
      ...{ criteria, ruleType, priority, id, version },
    };
    roleRules.set(roleRuleKey(named), named);
  }
  return {
    rulePolicies: new Map(
      state.rulePolicies.map(({ id, version, name, graceDays }) => [
        foldName(name),
        { id, version, name, graceDays },
      ]),
    ),
    miningRules: state.miningRules,
    roleRules,
  };
}
