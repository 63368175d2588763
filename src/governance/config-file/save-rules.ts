import { mustGet } from '../../collections.ts';
import {
  endRoleRuleAt,
  insertRoleRule,
  reviseRoleRule,
} from '../../store/rules/role-rule-edits.ts';
import { lockRulePolicyForUse } from '../../store/rules/rule-policies.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx } from '../context.ts';
import {
  addMiningRule,
  deleteMiningRuleRecord,
  reviseMiningRule,
} from '../mining-rules/mining-rules.ts';
import { addRulePolicy, reviseRulePolicy } from '../mining-rules/rule-policies.ts';
import type { MiningRuleInput } from '../mining-rules/schema.ts';
import type { MiningRuleEdit } from '../mining-rules/validation.ts';
import type { RoleRuleConfig } from './current-rules.ts';
import { configKey } from './current-state.ts';
import type { RulesPlan } from './plan-rules.ts';
import type { SavedIds } from './save.ts';

/** Saves the changed rules of a file, with the same audit rows as the edits in Slack. */
export async function saveRules(ctx: Ctx, plan: RulesPlan, ids: SavedIds): Promise<void> {
  for (const { before, after } of plan.rulePolicies) {
    if (before) await reviseRulePolicy(ctx, { ...before, ...after });
    else await addRulePolicy(ctx, after);
  }
  await saveMiningRules(ctx, plan.miningRules);
  for (const { before, after } of plan.roleRules) {
    if (before && after) await changeRule(ctx, before, after);
    else if (before) await endRule(ctx, before);
    else if (after) await addRule(ctx, after, ids);
  }
}

async function saveMiningRules(
  ctx: Ctx,
  { removed, changed, added }: RulesPlan['miningRules'],
): Promise<void> {
  for (const rule of removed) await deleteMiningRuleRecord(ctx, rule);
  for (const { before, after } of changed) {
    await reviseMiningRule(ctx, {
      id: before.id,
      version: before.version,
      input: dropEmpty(after),
      createPolicies: false,
    });
  }
  for (const rule of added) await addMiningRule(ctx, dropEmpty(rule), { createPolicies: false });
}

/** Leaves out the properties without a value. */
function dropEmpty(edit: MiningRuleEdit): MiningRuleInput {
  // Object.fromEntries loses the keys; they are those of the edit.
  return Object.fromEntries(
    Object.entries(edit).filter(([, value]) => value !== null),
  ) as MiningRuleInput;
}

const describeForAudit = ({ rulePolicy, application, entitlement, ...rule }: RoleRuleConfig) => ({
  policy: rulePolicy,
  entitlement: `${application} · ${entitlement}`,
  criteria: rule.criteria,
  ruleType: rule.ruleType,
  priority: rule.priority,
});

async function addRule(ctx: Ctx, rule: RoleRuleConfig, ids: SavedIds): Promise<void> {
  const { criteria, ruleType, priority } = rule;
  const policy = await lockRulePolicyForUse(ctx.db, rule.rulePolicy);
  if (!policy) throw new Error(`There is no rule policy ${rule.rulePolicy}.`);
  const key = configKey(rule.application, rule.entitlement);
  const id = await insertRoleRule(ctx.db, {
    rulePolicyId: policy.id,
    entitlementId: mustGet(ids.entitlements, key),
    ...{ criteria, ruleType, priority },
    origin: 'written',
    createdBy: null,
    appliedAt: ctx.now,
  });
  await audit(ctx, 'role-rule.create', subjectOf.roleRule(id), { after: describeForAudit(rule) });
}

type Stored = RoleRuleConfig & { id: number; version: number };

async function changeRule(ctx: Ctx, before: Stored, after: RoleRuleConfig): Promise<void> {
  const { priority } = after;
  await reviseRoleRule(ctx.db, before, { priority });
  await audit(ctx, 'role-rule.change', subjectOf.roleRule(before.id), {
    before: { priority: before.priority },
    after: { priority },
  });
}

async function endRule(ctx: Ctx, rule: Stored): Promise<void> {
  await endRoleRuleAt(ctx.db, rule, ctx.now);
  await audit(ctx, 'role-rule.end', subjectOf.roleRule(rule.id), {
    before: describeForAudit(rule),
  });
}
