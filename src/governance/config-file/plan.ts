import { keysOf } from '../../collections.ts';
import { defaultMiningOptions } from '../../mining/options.ts';
import type { MiningSettings } from '../../store/schema/mining.ts';
import type { RoleName } from '../../store/schema/people.ts';
import { formatRoles } from '../permissions.ts';
import { removedPolicies } from './check-removals.ts';
import type {
  ApplicationConfig,
  ConfigKind,
  ConfigNow,
  EntitlementConfig,
  PolicyConfig,
  RuleConfig,
} from './current-state.ts';
import type { DesiredConfig } from './desired-state.ts';
import { diffPolicy, diffRules } from './plan-policies.ts';
import { planRuleSections, type RulesPlan } from './plan-rules.ts';

/** A row before (undefined: it is new) and after applying the file. */
export interface Edit<T> {
  before: T | undefined;
  after: T;
  /** The fields that change. */
  fields: (keyof T)[];
}

/** The changes that applying a file makes. */
export interface ConfigPlan {
  /** Every change in words, one line each. */
  lines: string[];
  applications: Edit<ApplicationConfig>[];
  entitlements: Edit<EntitlementConfig>[];
  policies: Edit<PolicyConfig>[];
  /** By policyKey. */
  removedPolicies: string[];
  /** Undefined when they do not change. */
  rules: RuleConfig[] | undefined;
  /** The new default policies, and the ones they replace. */
  defaults: { kind: ConfigKind; before: string | undefined; after: string }[];
  roles: { person: string; before: RoleName[]; after: RoleName[] }[];
  mining: MiningSettings | undefined;
  /** Rule policies, mining rules and single role rules. */
  roleRules: RulesPlan;
}

/** Compares the desired state with the stored state. */
export function planConfig(now: ConfigNow, desired: DesiredConfig): ConfigPlan {
  const plan: ConfigPlan = {
    lines: [],
    applications: [],
    entitlements: [],
    policies: [],
    removedPolicies: removedPolicies(now, desired),
    rules: undefined,
    defaults: [],
    roles: [],
    mining: undefined,
    roleRules: planRuleSections(now, desired),
  };
  planPolicies(now, desired, plan);
  for (const [key, app] of desired.applications) {
    const edit = editOf(now.applications.get(key), app, newApplication);
    if (!edit) continue;
    plan.applications.push(edit);
    plan.lines.push(...describeEdit(`application ${edit.after.name}`, edit.after.name, edit));
  }
  for (const [key, right] of desired.entitlements) {
    const edit = editOf(now.entitlements.get(key), right, newEntitlement);
    if (!edit) continue;
    plan.entitlements.push(edit);
    const name = `${edit.after.application} · ${edit.after.name}`;
    plan.lines.push(...describeEdit(`entitlement ${name}`, name, edit));
  }
  planRoles(now, desired, plan);
  planMining(now, desired, plan);
  plan.lines.push(...plan.roleRules.lines);
  return plan;
}

const newChoices = { policy: null, emergencyPolicy: null, revokePolicy: null };
const newApplication: Omit<ApplicationConfig, 'name'> = {
  owners: [],
  provisioners: [],
  instructions: null,
  ...newChoices,
};
/** The defaults of the store. */
const newEntitlement: Omit<EntitlementConfig, 'application' | 'name'> = {
  description: null,
  category: null,
  risk: null,
  owners: [],
  requestable: true,
  emergency: false,
  longestDays: null,
  mined: true,
  ...newChoices,
};

function editOf<T extends object, W extends Partial<T>>(
  before: T | undefined,
  desired: W,
  fresh: Omit<T, keyof T & ('name' | 'application')>,
): Edit<T> | undefined {
  // A new row has its name in `desired`, and its defaults in `fresh`: together they are a whole row.
  const base = before ?? (fresh as unknown as T);
  const after = { ...base, ...desired } as T;
  // The edit has fields of the row only.
  const fields = (Object.keys(desired) as (keyof T)[]).filter(
    (field) => !isSame(base[field], after[field]),
  );
  return before && fields.length === 0 ? undefined : { before, after, fields };
}

/** Lists here are of people or roles, whose order has no meaning. */
function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** The fields in words. Long texts are not shown. */
const fieldWords: Record<string, string> = {
  emergencyPolicy: 'emergency policy',
  revokePolicy: 'revocation policy',
  emergency: 'emergency requests',
  longestDays: 'longest days',
  mined: 'for mining',
};
const longTexts = ['description', 'instructions'];

/** Describes an edit: one line for each changed field, or one line for a new row. */
function describeEdit<T extends object>(what: string, name: string, edit: Edit<T>): string[] {
  const { before, after, fields } = edit;
  const shown = fields.filter((field) => field !== 'name' && field !== 'application');
  if (before)
    return shown.map(
      (field) => `${name}: ${describeChange(String(field), before[field], after[field])}`,
    );
  const values = shown.map((field) =>
    longTexts.includes(String(field))
      ? String(field)
      : `${wordOf(String(field))} ${formatValue(after[field])}`,
  );
  return [`new ${[what, values.join(', ')].filter((part) => part !== '').join(': ')}`];
}

function describeChange(field: string, before: unknown, after: unknown): string {
  if (Array.isArray(before) && Array.isArray(after)) {
    const added = after.filter((one) => !before.includes(one));
    const removed = before.filter((one) => !after.includes(one));
    const parts = [
      ...added.map((one) => `${one} added`),
      ...removed.map((one) => `${one} removed`),
    ];
    return `${wordOf(field)} ${parts.join(', ')}`;
  }
  if (longTexts.includes(field)) {
    return `${field} ${before === null ? 'added' : after === null ? 'removed' : 'changed'}`;
  }
  return `${wordOf(field)} ${formatValue(before)} → ${formatValue(after)}`;
}

const wordOf = (field: string) => fieldWords[field] ?? field;

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(' and ') || 'none' : String(value);
}

function planPolicies(now: ConfigNow, desired: DesiredConfig, plan: ConfigPlan): void {
  for (const [key, after] of desired.policies ?? []) {
    const before = now.policies.get(key);
    const lines = diffPolicy(before, after);
    if (lines.length === 0) continue;
    plan.policies.push({ before, after, fields: ['steps'] });
    plan.lines.push(...lines);
  }
  for (const key of plan.removedPolicies) {
    plan.lines.push(`policy “${now.policies.get(key)?.name}” removed`);
  }
  for (const kind of ['request', 'revocation'] as const) {
    const { [kind]: before } = now.defaults;
    const after = desired.defaults[kind] ?? before;
    if (after === undefined || after === before) continue;
    plan.defaults.push({ kind, before, after });
    plan.lines.push(`default policy for ${kind}s: ${before ?? 'none'} → ${after}`);
  }
  const lines = desired.rules ? diffRules(now.rules, desired.rules) : [];
  if (lines.length > 0) plan.rules = desired.rules;
  plan.lines.push(...lines);
}

function planRoles(now: ConfigNow, desired: DesiredConfig, plan: ConfigPlan): void {
  for (const [person, after] of desired.roles) {
    const before = now.roles.get(person) ?? [];
    if (isSame(before, after)) continue;
    plan.roles.push({ person, before, after });
    plan.lines.push(`${person}: ${formatRoles(before)} → ${formatRoles(after)}`);
  }
}

function planMining(now: ConfigNow, desired: DesiredConfig, plan: ConfigPlan): void {
  const names = new Set([...keysOf(now.mining), ...keysOf(desired.mining)]);
  for (const name of names) {
    const before = formatSetting(name, now.mining);
    const after = formatSetting(name, desired.mining);
    if (before === after) continue;
    plan.mining = desired.mining;
    plan.lines.push(`role mining: ${name} ${before} → ${after}`);
  }
}

function formatSetting(name: keyof MiningSettings, settings: MiningSettings): string {
  if (name === 'dimensions') return settings.dimensions?.join(', ') ?? 'all attributes';
  return String(settings[name] ?? defaultMiningOptions[name]);
}
