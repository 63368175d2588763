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
import type { GivenMiningRule } from './schema.ts';
import {
  type CheckedMiningRule,
  checkMiningRule,
  columnsOf,
  miningRuleEdit,
  propertyWords,
} from './validation.ts';
import { listDoubts } from './warnings.ts';

/** A mining rule as it is shown and edited. */
export interface MiningRuleForm extends MiningRuleRecord {
  words: string;
}

/** A rule policy and the mining rules whose single role rules go to it, in the order in which they run. */
export interface RulePolicyView {
  policy: CountedRulePolicy;
  rules: MiningRuleForm[];
}

/** What came of adding or changing one. */
export interface SavedMiningRule {
  id: number;
  name: string | null;
  rulePolicy: { id: number; name: string };
  isChanged: boolean;
  /** What is kept as it was written, and likely meant otherwise. */
  doubts: string[];
}

/** @throws Refusal missing. */
export async function viewRulePolicy(ctx: ActorCtx, id: number): Promise<RulePolicyView> {
  await requirePermission(ctx, 'mineRoles');
  const [policy] = await listCountedPolicies(ctx.db, [id]);
  if (!policy) throw new Refusal('missing', 'That rule policy is no longer here.');
  const rules = await listMiningRules(ctx.db, { rulePolicyId: id });
  return { policy, rules: rules.map(formOf) };
}

/** @throws Refusal missing. */
export async function readMiningRule(ctx: ActorCtx, id: number): Promise<MiningRuleForm> {
  await requirePermission(ctx, 'mineRoles');
  return formOf(await load(ctx, id));
}

/**
 * @param input what is left out has its default; `rulePolicy` is the policy where it is left out, and the other way
 * round. @throws Refusal invalid (names the field).
 */
export async function createMiningRule(
  ctx: ActorCtx,
  input: GivenMiningRule,
  /** Rule policies that are not there are made. */
  makePolicies = false,
): Promise<SavedMiningRule> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => addMiningRule(ctx, input, makePolicies));
}

/**
 * As `createMiningRule`, where it has been seen to that the one who asks may.
 * @param ctx within a transaction.
 */
export async function addMiningRule(
  ctx: Ctx,
  input: GivenMiningRule,
  makePolicies: boolean,
): Promise<SavedMiningRule> {
  const checked = await checkMiningRule(ctx, input, makePolicies, undefined);
  const id = await insertMiningRule(ctx.db, {
    ...columnsOf(checked),
    createdBy: ctx.actor?.personId ?? null,
    createdAt: ctx.now,
  });
  await audit(ctx, 'mining-rule.create', subjectOf.miningRule(id), { after: checked.edit });
  return saved(id, checked, true);
}

/** @throws Refusal missing, invalid (names the field), conflict (somebody else changed it since it was drawn). */
export async function changeMiningRule(
  ctx: ActorCtx,
  which: { id: number; version: number },
  input: GivenMiningRule,
): Promise<SavedMiningRule> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => reviseMiningRule(ctx, which, input, false));
}

/**
 * As `changeMiningRule`, where it has been seen to that the one who asks may. What is left out gets its default.
 * @param ctx within a transaction.
 */
export async function reviseMiningRule(
  ctx: Ctx,
  which: { id: number; version: number },
  input: GivenMiningRule,
  makePolicies: boolean,
): Promise<SavedMiningRule> {
  const rule = await load(ctx, which.id);
  await requireVersion(ctx, editedOf(rule), { shown: which.version, current: rule.version });
  const checked = await checkMiningRule(ctx, input, makePolicies, rule);
  const before = miningRuleEdit(rule);
  if (listChangedFields(before, checked.edit).length === 0) return saved(rule.id, checked, false);
  await update(ctx, rule, columnsOf(checked));
  await auditEdit(ctx, editedOf(rule), { before, after: checked.edit });
  return saved(rule.id, checked, true);
}

/** Switches a mining rule on or off. @throws Refusal missing, conflict. */
export async function setMiningRuleEnabled(
  ctx: ActorCtx,
  input: { id: number; version: number; enabled: boolean },
): Promise<MiningRuleForm> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const rule = await load(ctx, input.id);
    await requireVersion(ctx, editedOf(rule), { shown: input.version, current: rule.version });
    const { enabled } = input;
    if (rule.enabled === enabled) return formOf(rule);
    await update(ctx, rule, { enabled });
    await auditEdit(ctx, editedOf(rule), { before: { enabled: rule.enabled }, after: { enabled } });
    return formOf({ ...rule, enabled, version: rule.version + 1 });
  });
}

/** What it made stays in force until a run without it is applied. @throws Refusal missing, conflict. */
export async function deleteMiningRule(
  ctx: ActorCtx,
  input: { id: number; version: number },
): Promise<{ name: string | null }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const rule = await load(ctx, input.id);
    await requireVersion(ctx, editedOf(rule), { shown: input.version, current: rule.version });
    await dropMiningRule(ctx, rule);
    return { name: rule.name };
  });
}

/** Deletes a mining rule that was read. @param ctx within a transaction. @throws Refusal conflict. */
export async function dropMiningRule(ctx: Ctx, rule: MiningRuleRecord): Promise<void> {
  if (!(await removeMiningRule(ctx.db, rule))) {
    await requireVersion(ctx, editedOf(rule), { shown: rule.version, current: rule.version + 1 });
  }
  await audit(ctx, 'mining-rule.delete', subjectOf.miningRule(rule.id), {
    before: miningRuleEdit(rule),
  });
}

async function update(
  ctx: Ctx,
  rule: MiningRuleRecord,
  change: Parameters<typeof updateMiningRule>[2],
): Promise<void> {
  if (await updateMiningRule(ctx.db, rule, change)) return;
  await requireVersion(ctx, editedOf(rule), { shown: rule.version, current: rule.version + 1 });
}

function editedOf(rule: MiningRuleRecord): EditTarget<'mining-rule.change'> {
  const subject = subjectOf.miningRule(rule.id);
  const name = `the mining rule "${nameOf(rule)}"`;
  return { verb: 'mining-rule.change', subject, name, words: propertyWords };
}

async function load(ctx: Ctx, id: number): Promise<MiningRuleRecord> {
  const [rule] = await listMiningRules(ctx.db, { id });
  if (!rule) throw new Refusal('missing', 'That mining rule is no longer here.');
  return rule;
}

function formOf(rule: MiningRuleRecord): MiningRuleForm {
  return { ...rule, words: describeMiningRule(rule) };
}

/** How it is told apart from others: by its name, or in words. */
function nameOf(rule: Pick<MiningRuleRecord, 'name'> & Parameters<typeof describeMiningRule>[0]) {
  return rule.name ?? describeMiningRule(rule);
}

function saved(id: number, { edit, ids }: CheckedMiningRule, isChanged: boolean): SavedMiningRule {
  const rulePolicy = { id: ids.rulePolicyId, name: edit.rulePolicy };
  return { id, name: edit.name, rulePolicy, isChanged, doubts: listDoubts(edit) };
}
