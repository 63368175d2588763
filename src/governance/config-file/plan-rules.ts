import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import { describeMiningRule } from '../mining-rules/describe.ts';
import { defaultGraceDays } from '../mining-rules/rule-policies.ts';
import {
  type MiningRuleEdit,
  propertyLabels,
  toMiningRuleEdit,
} from '../mining-rules/validation.ts';
import { listChangedFields } from '../versioned-edit.ts';
import { foldName } from '../wording/fold-name.ts';
import type { RoleRuleConfig, RulePolicyConfig, RulesNow } from './current-rules.ts';
import type { ConfigNow } from './current-state.ts';
import type { DesiredConfig, DesiredRoleRule } from './desired-state.ts';

type StoredRulePolicy = RulePolicyConfig & { id: number; version: number };
type StoredRoleRule = RoleRuleConfig & { id: number; version: number };

/** The changes that a file makes to rules. Mining rules are first removed, then changed, then added. */
export interface RulesPlan {
  lines: string[];
  rulePolicies: { before: StoredRulePolicy | undefined; after: RulePolicyConfig }[];
  miningRules: {
    removed: MiningRuleRecord[];
    changed: { before: MiningRuleRecord; after: MiningRuleEdit }[];
    added: MiningRuleEdit[];
  };
  roleRules: { before: StoredRoleRule | undefined; after: RoleRuleConfig | undefined }[];
}

export function planRuleSections(now: ConfigNow, desired: DesiredConfig): RulesPlan {
  const plan: RulesPlan = {
    lines: [],
    rulePolicies: [],
    miningRules: { removed: [], changed: [], added: [] },
    roleRules: [],
  };
  planRulePolicies(now, desired, plan);
  if (desired.miningRules) planMiningRules(now.miningRules, desired.miningRules, plan);
  if (desired.roleRules) planRoleRules(now, desired.roleRules, plan);
  return plan;
}

function planRulePolicies(now: ConfigNow, desired: DesiredConfig, plan: RulesPlan): void {
  for (const [key, { name, graceDays }] of desired.rulePolicies) {
    const before = now.rulePolicies.get(key);
    const after = { name, graceDays: graceDays ?? before?.graceDays ?? defaultGraceDays };
    if (before?.graceDays === after.graceDays) continue;
    plan.rulePolicies.push({ before, after });
    const days = before ? `${before.graceDays} → ${after.graceDays}` : after.graceDays;
    plan.lines.push(`${before ? '' : 'new '}rule policy ${name}: grace period ${days} days`);
  }
}

/**
 * Rules of one priority run in the order of their ids, so the two lists are compared from their start. Equal rules
 * stay, and stored rules that the file omits before them are removed. From the first new rule on, the rules of the file
 * replace the remaining stored rules one by one.
 */
function planMiningRules(
  before: readonly MiningRuleRecord[],
  after: readonly MiningRuleEdit[],
  { miningRules, lines }: RulesPlan,
): void {
  const classes = new Map<string, { old: MiningRuleRecord[]; fresh: MiningRuleEdit[] }>();
  const classOf = ({ rulePolicy, priority }: { rulePolicy: string; priority: number }) => {
    const key = `${priority} ${foldName(rulePolicy)}`;
    const found = classes.get(key) ?? { old: [], fresh: [] };
    classes.set(key, found);
    return found;
  };
  for (const rule of before) classOf(rule).old.push(rule);
  for (const rule of after) classOf(rule).fresh.push(rule);
  for (const { old, fresh } of classes.values()) {
    const { removed, changed, added } = alignRules(old, fresh);
    miningRules.removed.push(...removed);
    miningRules.changed.push(...changed);
    miningRules.added.push(...added);
  }
  for (const rule of miningRules.removed)
    lines.push(`mining rule removed: ${formatMiningRule(rule)}`);
  for (const { before, after } of miningRules.changed) {
    const was: MiningRuleEdit = toMiningRuleEdit(before);
    const changes = listChangedFields(was, after).map(
      (field) =>
        `${propertyLabels[field]} ${formatValue(was[field])} → ${formatValue(after[field])}`,
    );
    lines.push(`mining rule ${formatMiningRule(before)}: ${changes.join(', ')}`);
  }
  for (const rule of miningRules.added) lines.push(`new mining rule ${formatMiningRule(rule)}`);
}

function alignRules(
  old: readonly MiningRuleRecord[],
  fresh: readonly MiningRuleEdit[],
): RulesPlan['miningRules'] {
  const isSame = (one: MiningRuleRecord, other: MiningRuleEdit | undefined) =>
    other !== undefined && listChangedFields(toMiningRuleEdit(one), other).length === 0;
  const removed: MiningRuleRecord[] = [];
  let [from, to] = [0, 0];
  for (; to < fresh.length; to++) {
    const found = old.findIndex((one, at) => at >= from && isSame(one, fresh[to]));
    if (found < 0) break;
    removed.push(...old.slice(from, found));
    from = found + 1;
  }
  const left = old.slice(from);
  const rest = fresh.slice(to);
  return {
    removed: [...removed, ...left.slice(rest.length)],
    changed: left.flatMap((before, at) => {
      const after = rest[at];
      return !after || isSame(before, after) ? [] : [{ before, after }];
    }),
    added: rest.slice(left.length),
  };
}

function formatMiningRule(rule: MiningRuleRecord | MiningRuleEdit): string {
  const off = rule.enabled ? '' : ' · switched off';
  const name = rule.name === null ? '' : `“${rule.name}” `;
  return `${name}for ${rule.rulePolicy}, ${describeMiningRule(rule)}${off}`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === null ? 'none' : String(value);
}

function planRoleRules(
  now: RulesNow,
  desired: ReadonlyMap<string, DesiredRoleRule>,
  { roleRules, lines }: RulesPlan,
): void {
  for (const [key, before] of now.roleRules) {
    if (desired.has(key)) continue;
    roleRules.push({ before, after: undefined });
    lines.push(`rule for ${formatRoleRule(before)} removed`);
  }
  for (const [key, rule] of desired) {
    const before = now.roleRules.get(key);
    if (!before)
      lines.push(`new rule for ${formatRoleRule(rule)}${formatPriority(rule)}${formatReach(rule)}`);
    else if (before.priority === rule.priority) continue;
    else {
      const change = `${propertyLabels.priority} ${before.priority} → ${rule.priority}`;
      lines.push(`rule for ${formatRoleRule(before)}: ${change}${formatReach(rule)}`);
    }
    // An existing rule keeps its own spelling of the criteria.
    roleRules.push({ before, after: { ...rule, criteria: before?.criteria ?? rule.criteria } });
  }
}

function formatRoleRule(rule: RoleRuleConfig): string {
  const { rulePolicy, application, entitlement, criteria, ruleType } = rule;
  const people = criteria.map(({ dimension, value }) => `${dimension} = ${value}`).join(' and ');
  return `${application} · ${entitlement} in ${rulePolicy}, ${people} (${ruleType})`;
}

const formatPriority = ({ priority }: RoleRuleConfig) =>
  priority === 0 ? '' : `, priority ${priority}`;

function formatReach({ reach, ruleType }: DesiredRoleRule): string {
  if (!reach) return '';
  const { matching, gaining } = reach;
  const match =
    matching === 1 ? '1 person matches' : `${matching.toLocaleString('en')} people match`;
  if (ruleType !== 'required') return `; ${match}`;
  const gain = gaining === 1 ? 'gets' : 'get';
  return `; ${match}, ${gaining === 0 ? 'none' : gaining.toLocaleString('en')} of them ${gain} access`;
}
