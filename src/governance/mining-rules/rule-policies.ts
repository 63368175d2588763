import { Refusal } from '../../errors.ts';
import {
  type CountedRulePolicy,
  countGrantsByRulesOf,
  countMiningRulesOf,
  insertRulePolicy,
  listCountedPolicies,
  listRulePolicyNames,
  lockRulePolicy,
  lockRulePolicyForUse,
  type RulePolicy,
  removeRulePolicy,
  updateRulePolicy,
} from '../../store/rules/rule-policies.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import {
  auditEdit,
  type EditTarget,
  listChangedFields,
  requireVersion,
} from '../versioned-edit.ts';
import { findNearestWord } from '../wording/nearest-word.ts';

export const maxRulePolicyNameLength = 60;
export const maxGraceDays = 365;
export const defaultGraceDays = 14;
/**
 * Default name of the first rule policy. A run replaces its own rules there, so mining has a policy
 * of its own.
 */
export const defaultRulePolicy = 'Mining';

/** The properties of a rule policy. */
interface RulePolicyInput {
  name: string;
  /** Days that access lasts after no required rule grants it, 0 to 365. Default: 14. */
  graceDays?: number;
}

/** Lists rule policies by name, with counts of their rules. */
export async function viewRulePolicies(ctx: ActorCtx): Promise<CountedRulePolicy[]> {
  await requirePermission(ctx, 'mineRoles');
  return listCountedPolicies(ctx.db);
}

/** @throws Refusal invalid (names the field). */
export async function createRulePolicy(
  ctx: ActorCtx,
  input: RulePolicyInput,
): Promise<{ id: number; name: string }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => addRulePolicy(ctx, input));
}

/**
 * Like `createRulePolicy`, for callers that have checked the permission.
 * @param ctx within a transaction. @throws Refusal invalid (names the field).
 */
export async function addRulePolicy(
  ctx: Ctx,
  input: RulePolicyInput,
): Promise<{ id: number; name: string }> {
  const columns = await validateRulePolicy(ctx, input, undefined);
  const policy = await insertRulePolicy(ctx.db, { ...columns, createdAt: ctx.now });
  if (!policy) throw refuseTakenName(columns.name);
  await audit(ctx, 'rule-policy.create', subjectOf.rulePolicy(policy.id), { after: columns });
  return { id: policy.id, name: policy.name };
}

/** @throws Refusal missing, invalid (names the field), conflict (somebody changed it meanwhile). */
export async function changeRulePolicy(
  ctx: ActorCtx,
  input: { id: number; version: number } & Required<RulePolicyInput>,
): Promise<{ name: string; isChanged: boolean }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => reviseRulePolicy(ctx, input));
}

/**
 * Like `changeRulePolicy`, for callers that have checked the permission.
 * @param ctx within a transaction.
 */
export async function reviseRulePolicy(
  ctx: Ctx,
  input: { id: number; version: number } & Required<RulePolicyInput>,
): Promise<{ name: string; isChanged: boolean }> {
  const policy = await lockPolicy(ctx, input.id);
  const edited = editedOf(policy);
  await requireVersion(ctx, edited, { shown: input.version, current: policy.version });
  const after = await validateRulePolicy(ctx, input, policy.id);
  const before = { name: policy.name, graceDays: policy.graceDays };
  if (listChangedFields(before, after).length === 0) return { name: after.name, isChanged: false };
  await updateRulePolicy(ctx.db, policy, after);
  await auditEdit(ctx, edited, { before, after });
  return { name: after.name, isChanged: true };
}

/**
 * Removes a rule policy with the history of its rules.
 * @throws Refusal missing, conflict (somebody changed it meanwhile, or it is in use).
 */
export async function deleteRulePolicy(
  ctx: ActorCtx,
  input: { id: number; version: number },
): Promise<{ name: string }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const policy = await lockPolicy(ctx, input.id);
    await requireVersion(ctx, editedOf(policy), { shown: input.version, current: policy.version });
    const use = await explainUse(ctx, policy);
    if (use) throw new Refusal('conflict', `"${policy.name}" cannot be deleted: ${use}`);
    await removeRulePolicy(ctx.db, policy.id);
    const { id, name, graceDays } = policy;
    await audit(ctx, 'rule-policy.delete', subjectOf.rulePolicy(id), {
      before: { name, graceDays },
    });
    return { name };
  });
}

async function explainUse(ctx: Ctx, { id }: RulePolicy): Promise<string | undefined> {
  const miningRules = await countMiningRulesOf(ctx.db, id);
  if (miningRules > 0) {
    const remedy = 'delete them or move them to another policy first.';
    return `${miningRules === 1 ? '1 mining rule uses' : `${miningRules} mining rules use`} it; ${remedy}`;
  }
  const [counted] = await listCountedPolicies(ctx.db, [id]);
  const rules = (counted?.generated ?? 0) + (counted?.written ?? 0);
  if (rules > 0) {
    return `${rules === 1 ? '1 of its rules is' : `${rules} of its rules are`} in force; end them first.`;
  }
  if (counted?.simulation) return 'it has an open simulation; apply or cancel that first.';
  const grants = await countGrantsByRulesOf(ctx.db, id);
  if (grants === 0) return undefined;
  return `${grants === 1 ? '1 grant is' : `${grants} grants are`} in the grace period of one of its rules; wait until that ends.`;
}

/**
 * Finds a rule policy by its name and locks it, so that nobody deletes it before the transaction
 * ends.
 * @param createMissing creates a missing one. @throws Refusal invalid with the nearest name and the
 * existing ones.
 */
export async function requireRulePolicy(
  ctx: Ctx,
  input: { name: string; field: 'policy' | 'rulePolicy'; createMissing: boolean },
): Promise<{ id: number; name: string }> {
  const { name, field, createMissing } = input;
  const policy = await lockRulePolicyForUse(ctx.db, name.replace(/\s+/g, ' ').trim());
  if (policy) return policy;
  if (createMissing) return addRulePolicy(ctx, { name });
  const known = await listRulePolicyNames(ctx.db);
  const nearest = findNearestWord(name, known);
  const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const existing =
    known.length === 0 ? 'There are none yet.' : `There are: ${known.slice(0, 20).join(', ')}.`;
  const sentence = `There is no rule policy "${name}".${suggestion} ${existing}`;
  throw new Refusal('invalid', sentence, field);
}

function editedOf({ id, name }: RulePolicy): EditTarget<'rule-policy.change'> {
  const words = { name: 'the name', graceDays: 'the grace period' };
  return {
    verb: 'rule-policy.change',
    subject: subjectOf.rulePolicy(id),
    name: `"${name}"`,
    words,
  };
}

async function lockPolicy(ctx: Ctx, id: number): Promise<RulePolicy> {
  const policy = await lockRulePolicy(ctx.db, id);
  if (!policy) throw new Refusal('missing', 'This rule policy no longer exists.');
  return policy;
}

async function validateRulePolicy(ctx: Ctx, input: RulePolicyInput, ownId: number | undefined) {
  const { graceDays = defaultGraceDays } = input;
  const name = input.name.replace(/\s+/g, ' ').trim();
  if (!name) throw new Refusal('invalid', 'Give the rule policy a name.', 'name');
  if (name.length > maxRulePolicyNameLength) {
    const sentence = `This name is too long: write at most ${maxRulePolicyNameLength} characters.`;
    throw new Refusal('invalid', sentence, 'name');
  }
  if (!Number.isInteger(graceDays) || graceDays < 0 || graceDays > maxGraceDays) {
    const sentence = `Write the grace period as a whole number of days, 0 to ${maxGraceDays}.`;
    throw new Refusal('invalid', sentence, 'graceDays');
  }
  const existing = await lockRulePolicyForUse(ctx.db, name);
  if (existing && existing.id !== ownId) throw refuseTakenName(existing.name);
  return { name, graceDays };
}

function refuseTakenName(name: string): Refusal {
  const sentence = `A rule policy is already named "${name}"; choose another name.`;
  return new Refusal('invalid', sentence, 'name');
}
