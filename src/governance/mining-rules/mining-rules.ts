import { Refusal } from '../../errors.ts';
import {
  insertMiningRule,
  listMiningRules,
  type MiningRuleRecord,
  removeMiningRule,
  updateMiningRule,
} from '../../store/rules/mining-rules.ts';
import { type CountedRulePolicy, listCountedPolicies } from '../../store/rules/rule-policies.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import {
  auditEdit,
  type EditTarget,
  listChangedFields,
  requireVersion,
} from '../versioned-edit.ts';
import { describeMiningRule } from './describe.ts';
import type { MiningRuleInput } from './schema.ts';
import {
  propertyLabels,
  toColumns,
  toMiningRuleEdit,
  type ValidMiningRule,
  validateMiningRule,
} from './validation.ts';
import { listWarnings } from './warnings.ts';

/** A mining rule with its description. */
export interface MiningRuleView extends MiningRuleRecord {
  description: string;
}

/**
 * A rule policy and the mining rules that add single role rules to it, in the order in which they
 * run.
 */
export interface RulePolicyView {
  policy: CountedRulePolicy;
  rules: MiningRuleView[];
}

/** The result of adding or changing a mining rule. */
export interface SavedMiningRule {
  id: number;
  name: string | null;
  rulePolicy: { id: number; name: string };
  isChanged: boolean;
  /** Sentences about properties that are saved as written, but are likely mistakes. */
  warnings: string[];
}

/** @throws Refusal missing. */
export async function viewRulePolicy(ctx: ActorCtx, id: number): Promise<RulePolicyView> {
  await requirePermission(ctx, 'mineRoles');
  const [policy] = await listCountedPolicies(ctx.db, [id]);
  if (!policy) throw new Refusal('missing', 'This rule policy no longer exists.');
  const rules = await listMiningRules(ctx.db, { rulePolicyId: id });
  return { policy, rules: rules.map(toView) };
}

/** @throws Refusal missing. */
export async function readMiningRule(ctx: ActorCtx, id: number): Promise<MiningRuleView> {
  await requirePermission(ctx, 'mineRoles');
  return toView(await loadRule(ctx, id));
}

/**
 * @param input `policy` defaults to `rulePolicy` and the other way round. Other missing properties
 * have their defaults.
 * @throws Refusal invalid (names the field).
 */
export async function createMiningRule(
  ctx: ActorCtx,
  input: MiningRuleInput,
  /** `createPolicies`: creates missing rule policies. */
  options = { createPolicies: false },
): Promise<SavedMiningRule> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => addMiningRule(ctx, input, options));
}

/**
 * Like `createMiningRule`, for callers that have checked the permission.
 * @param ctx within a transaction.
 */
export async function addMiningRule(
  ctx: Ctx,
  input: MiningRuleInput,
  options: { createPolicies: boolean },
): Promise<SavedMiningRule> {
  const checked = await validateMiningRule(ctx, input, options);
  const id = await insertMiningRule(ctx.db, {
    ...toColumns(checked),
    createdBy: ctx.actor?.personId ?? null,
    createdAt: ctx.now,
  });
  await audit(ctx, 'mining-rule.create', subjectOf.miningRule(id), { after: checked.edit });
  return toSaved(id, checked, true);
}

/** @throws Refusal missing, invalid (names the field), conflict (somebody changed it meanwhile). */
export async function changeMiningRule(
  ctx: ActorCtx,
  ref: { id: number; version: number },
  input: MiningRuleInput,
): Promise<SavedMiningRule> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) =>
    reviseMiningRule(ctx, { ...ref, input, createPolicies: false }),
  );
}

/**
 * Like `changeMiningRule`, for callers that have checked the permission. Missing properties get
 * their defaults.
 * @param ctx within a transaction.
 */
export async function reviseMiningRule(
  ctx: Ctx,
  change: { id: number; version: number; input: MiningRuleInput; createPolicies: boolean },
): Promise<SavedMiningRule> {
  const rule = await loadRule(ctx, change.id);
  await requireVersion(ctx, editedOf(rule), { shown: change.version, current: rule.version });
  const { createPolicies } = change;
  const checked = await validateMiningRule(ctx, change.input, { createPolicies, before: rule });
  const before = toMiningRuleEdit(rule);
  if (listChangedFields(before, checked.edit).length === 0) return toSaved(rule.id, checked, false);
  await updateRule(ctx, rule, toColumns(checked));
  await auditEdit(ctx, editedOf(rule), { before, after: checked.edit });
  return toSaved(rule.id, checked, true);
}

/** Switches a mining rule on or off. @throws Refusal missing, conflict. */
export async function setMiningRuleEnabled(
  ctx: ActorCtx,
  input: { id: number; version: number; enabled: boolean },
): Promise<MiningRuleView> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const rule = await loadRule(ctx, input.id);
    await requireVersion(ctx, editedOf(rule), { shown: input.version, current: rule.version });
    const { enabled } = input;
    if (rule.enabled === enabled) return toView(rule);
    await updateRule(ctx, rule, { enabled });
    await auditEdit(ctx, editedOf(rule), { before: { enabled: rule.enabled }, after: { enabled } });
    return toView({ ...rule, enabled, version: rule.version + 1 });
  });
}

/**
 * Its single role rules stay in force until a simulation without it is applied.
 * @throws Refusal missing, conflict.
 */
export async function deleteMiningRule(
  ctx: ActorCtx,
  input: { id: number; version: number },
): Promise<{ name: string | null }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const rule = await loadRule(ctx, input.id);
    await requireVersion(ctx, editedOf(rule), { shown: input.version, current: rule.version });
    await deleteMiningRuleRecord(ctx, rule);
    return { name: rule.name };
  });
}

/** Deletes a loaded mining rule. @param ctx within a transaction. @throws Refusal conflict. */
export async function deleteMiningRuleRecord(ctx: Ctx, rule: MiningRuleRecord): Promise<void> {
  if (!(await removeMiningRule(ctx.db, rule))) {
    await requireVersion(ctx, editedOf(rule), { shown: rule.version, current: rule.version + 1 });
  }
  await audit(ctx, 'mining-rule.delete', subjectOf.miningRule(rule.id), {
    before: toMiningRuleEdit(rule),
  });
}

async function updateRule(
  ctx: Ctx,
  rule: MiningRuleRecord,
  change: Parameters<typeof updateMiningRule>[2],
): Promise<void> {
  if (await updateMiningRule(ctx.db, rule, change)) return;
  await requireVersion(ctx, editedOf(rule), { shown: rule.version, current: rule.version + 1 });
}

function editedOf(rule: MiningRuleRecord): EditTarget<'mining-rule.change'> {
  const subject = subjectOf.miningRule(rule.id);
  const name = `the mining rule "${toName(rule)}"`;
  return { verb: 'mining-rule.change', subject, name, words: propertyLabels };
}

async function loadRule(ctx: Ctx, id: number): Promise<MiningRuleRecord> {
  const [rule] = await listMiningRules(ctx.db, { id });
  if (!rule) throw new Refusal('missing', 'This mining rule no longer exists.');
  return rule;
}

function toView(rule: MiningRuleRecord): MiningRuleView {
  return { ...rule, description: describeMiningRule(rule) };
}

/** Its name, or its description if it has none. */
function toName(rule: Pick<MiningRuleRecord, 'name'> & Parameters<typeof describeMiningRule>[0]) {
  return rule.name ?? describeMiningRule(rule);
}

function toSaved(id: number, { edit, ids }: ValidMiningRule, isChanged: boolean): SavedMiningRule {
  const rulePolicy = { id: ids.rulePolicyId, name: edit.rulePolicy };
  return { id, name: edit.name, rulePolicy, isChanged, warnings: listWarnings(edit) };
}
