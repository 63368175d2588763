import { stringify } from 'yaml';
import { readConfigState } from '../../store/config.ts';
import type { Ctx } from '../context.ts';
import { miningRuleSchema } from '../mining-rules/schema.ts';
import { toMiningRuleEdit } from '../mining-rules/validation.ts';
import {
  type ApplicationConfig,
  type ConfigNow,
  describeConfig,
  type EntitlementConfig,
  type PolicyConfig,
  type RuleConfig,
} from './current-state.ts';
import { type ConfigStep, stepOptions } from './schema.ts';

/** How things are as the text of a configuration file, which applied at once changes nothing. */
export async function exportConfig(ctx: Ctx): Promise<string> {
  const now = describeConfig(await readConfigState(ctx.db));
  const text = stringify(
    {
      policies: [...now.policies.values()].filter(({ builtIn }) => !builtIn).map(policyOf),
      defaultPolicies: now.defaults,
      policyRules: now.rules.map(ruleOf),
      applications: applicationsOf(now),
      ...(now.roles.size > 0 ? { roles: Object.fromEntries(now.roles) } : {}),
      ...(Object.keys(now.mining).length > 0 ? { mining: now.mining } : {}),
      ...ruleSectionsOf(now),
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
  return `# Written by rolemine config export. What is left out is left alone; policies, policyRules, miningRules and roleRules are whole.\n${text}`;
}

function policyOf({ name, kind, steps }: PolicyConfig) {
  return { name, kind, steps: steps.map(stepOf) };
}

/** Without what goes without saying. */
function stepOf({ kind, reassignable, ...step }: ConfigStep) {
  const carriesOut = kind === 'provision' || kind === 'deprovision';
  const isUsual = carriesOut === (step.approvers === 'provisioners');
  const { approvers, ...options } = step;
  return {
    approvers,
    ...(isUsual ? {} : { kind }),
    ...(reassignable === false ? { reassignable } : {}),
    // In this order, not in that of the store.
    ...pick(options, Object.keys(stepOptions)),
  };
}

function pick(of: object, keys: readonly string[]) {
  const values = new Map(Object.entries(of));
  return Object.fromEntries(
    keys.flatMap((key) => (values.has(key) ? [[key, values.get(key)]] : [])),
  );
}

function ruleOf({ kind, condition, policy }: RuleConfig) {
  return { ...(kind === 'request' ? {} : { kind }), condition, policy };
}

function applicationsOf(now: ConfigNow) {
  const rights = new Map<string, EntitlementConfig[]>();
  for (const right of now.entitlements.values()) {
    const list = rights.get(right.application) ?? [];
    list.push(right);
    rights.set(right.application, list);
  }
  return [...now.applications.values()].map((app) => {
    const entitlements = (rights.get(app.name) ?? []).map(({ application, ...right }) =>
      withoutUsual(right),
    );
    return { ...withoutUsual(app), ...(entitlements.length > 0 ? { entitlements } : {}) };
  });
}

/** What is none, empty or as it is for everything: left out, it is left alone. */
function withoutUsual(of: ApplicationConfig | Omit<EntitlementConfig, 'application'>) {
  const usual: Record<string, unknown> = { requestable: true, mined: true, emergency: false };
  return Object.fromEntries(
    Object.entries(of).filter(
      ([field, value]) =>
        value !== null && value !== usual[field] && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** Left out where there are none. */
function ruleSectionsOf(now: ConfigNow) {
  if (now.rulePolicies.size === 0) return {};
  const policies = [...now.rulePolicies.values()];
  return {
    rulePolicies: policies.map(({ name, graceDays }) => ({ name, graceDays })),
    miningRules: now.miningRules.map(miningRuleOf),
    roleRules: [...now.roleRules.values()].map(({ application, entitlement, ...rule }) => ({
      application,
      entitlement,
      criteria: Object.fromEntries(rule.criteria.map((one) => [one.dimension, one.value])),
      ruleType: rule.ruleType,
      ...(rule.priority === 0 ? {} : { priority: rule.priority }),
      rulePolicy: rule.rulePolicy,
    })),
  };
}

/** Without what holds where nothing is said. */
function miningRuleOf(rule: ConfigNow['miningRules'][number]) {
  const { ruleType, ...edit } = toMiningRuleEdit(rule);
  const usual = toMiningRuleEdit({ ...miningRuleSchema.parse({}), policy: '', rulePolicy: '' });
  const said = Object.entries(edit).filter(
    ([property, value]) => value !== usual[property as keyof typeof edit],
  );
  return { ...Object.fromEntries(said), ruleType };
}
