import { stringify } from 'yaml';
import { keysOf } from '../../collections.ts';
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

/** Writes the stored state as a configuration file. Applying that file changes nothing. */
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
  return `# Written by rolemine config export. Omitted parts do not change; policies, policyRules, miningRules and roleRules are complete lists.\n${text}`;
}

function policyOf({ name, kind, steps }: PolicyConfig) {
  return { name, kind, steps: steps.map(stepOf) };
}

/** Leaves out the default values. */
function stepOf({ kind, reassignable, ...step }: ConfigStep) {
  const carriesOut = kind === 'provision' || kind === 'deprovision';
  const isUsual = carriesOut === (step.approvers === 'provisioners');
  const { approvers, ...options } = step;
  return {
    approvers,
    ...(isUsual ? {} : { kind }),
    ...(reassignable === false ? { reassignable } : {}),
    // The order of the schema; the store has the keys in any order.
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

/** Leaves out empty and default values: omitted fields do not change. */
function withoutUsual(of: ApplicationConfig | Omit<EntitlementConfig, 'application'>) {
  const usual: Record<string, unknown> = { requestable: true, mined: true, emergency: false };
  return Object.fromEntries(
    Object.entries(of).filter(
      ([field, value]) =>
        value !== null && value !== usual[field] && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** Without rule policies there are no rules, and so no sections. */
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

/** Leaves out the default values. */
function miningRuleOf(rule: ConfigNow['miningRules'][number]) {
  const { ruleType, ...edit } = toMiningRuleEdit(rule);
  const usual = toMiningRuleEdit({ ...miningRuleSchema.parse({}), policy: '', rulePolicy: '' });
  const changed = keysOf(edit).filter((property) => edit[property] !== usual[property]);
  return { ...Object.fromEntries(changed.map((property) => [property, edit[property]])), ruleType };
}
