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
/** What the first one is called: a run replaces what it made, so mining has a policy of its own. */
export const defaultRulePolicy = 'Mining';

/** What a person says of a rule policy. */
interface RulePolicyWords {
  name: string;
  /** Days for which access goes on when no rule gives it any more, 0 to 365; left out: 14. */
  graceDays?: number;
}

/** Rule policies by name, with what there is of each. */
export async function viewRulePolicies(ctx: ActorCtx): Promise<CountedRulePolicy[]> {
  await requirePermission(ctx, 'mineRoles');
  return listCountedPolicies(ctx.db);
}

/** @throws Refusal invalid (names the field). */
export async function createRulePolicy(
  ctx: ActorCtx,
  input: RulePolicyWords,
): Promise<{ id: number; name: string }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => addRulePolicy(ctx, input));
}

/**
 * Makes a rule policy; whether the one who asks may has been seen to.
 * @param ctx within a transaction. @throws Refusal invalid (names the field).
 */
export async function addRulePolicy(
  ctx: Ctx,
  input: RulePolicyWords,
): Promise<{ id: number; name: string }> {
  const words = await checkWords(ctx, input, undefined);
  const made = await insertRulePolicy(ctx.db, { ...words, createdAt: ctx.now });
  if (!made) throw nameTaken(words.name);
  await audit(ctx, 'rule-policy.create', subjectOf.rulePolicy(made.id), { after: words });
  return { id: made.id, name: made.name };
}

/** @throws Refusal missing, invalid (names the field), conflict (somebody else changed it since it was drawn). */
export async function changeRulePolicy(
  ctx: ActorCtx,
  input: { id: number; version: number } & Required<RulePolicyWords>,
): Promise<{ name: string; isChanged: boolean }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => reviseRulePolicy(ctx, input));
}

/** As `changeRulePolicy`, where it has been seen to that the one who asks may. @param ctx within a transaction. */
export async function reviseRulePolicy(
  ctx: Ctx,
  input: { id: number; version: number } & Required<RulePolicyWords>,
): Promise<{ name: string; isChanged: boolean }> {
  const policy = await load(ctx, input.id);
  const edited = editedOf(policy);
  await requireVersion(ctx, edited, { shown: input.version, current: policy.version });
  const after = await checkWords(ctx, input, policy.id);
  const before = { name: policy.name, graceDays: policy.graceDays };
  if (listChangedFields(before, after).length === 0) return { name: after.name, isChanged: false };
  await updateRulePolicy(ctx.db, policy, after);
  await auditEdit(ctx, edited, { before, after });
  return { name: after.name, isChanged: true };
}

/**
 * Removes a rule policy with the history of its rules.
 * @throws Refusal missing, conflict (changed since it was drawn, or something still goes by it).
 */
export async function deleteRulePolicy(
  ctx: ActorCtx,
  input: { id: number; version: number },
): Promise<{ name: string }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const policy = await load(ctx, input.id);
    await requireVersion(ctx, editedOf(policy), { shown: input.version, current: policy.version });
    const why = await inUseReason(ctx, policy);
    if (why) throw new Refusal('conflict', `"${policy.name}" cannot be deleted: ${why}`);
    await removeRulePolicy(ctx.db, policy.id);
    const { id, name, graceDays } = policy;
    await audit(ctx, 'rule-policy.delete', subjectOf.rulePolicy(id), {
      before: { name, graceDays },
    });
    return { name };
  });
}

async function inUseReason(ctx: Ctx, { id }: RulePolicy): Promise<string | undefined> {
  const naming = await countMiningRulesOf(ctx.db, id);
  if (naming > 0) {
    return `${naming === 1 ? 'a mining rule names' : `${naming} mining rules name`} it; delete them, or move them to another policy first.`;
  }
  const [counted] = await listCountedPolicies(ctx.db, [id]);
  const rules = (counted?.generated ?? 0) + (counted?.written ?? 0);
  if (rules > 0) {
    return `${rules === 1 ? 'a rule of it is' : `${rules} rules of it are`} in force; end them first.`;
  }
  if (counted?.simulation) return 'a simulation of it is open; apply or cancel that first.';
  const grants = await countGrantsByRulesOf(ctx.db, id);
  if (grants === 0) return undefined;
  return `${grants === 1 ? 'one grant goes' : `${grants} grants go`} on in the grace period of a rule of it; wait until that is over.`;
}

/**
 * The rule policy of a name, held so that it is not deleted before the transaction ends.
 * @param make it is made where there is none. @throws Refusal invalid: the nearest spelling, and what there is.
 */
export async function rulePolicyNamed(
  ctx: Ctx,
  name: string,
  field: 'policy' | 'rulePolicy',
  make: boolean,
): Promise<{ id: number; name: string }> {
  const found = await lockRulePolicyForUse(ctx.db, name.replace(/\s+/g, ' ').trim());
  if (found) return found;
  if (make) return addRulePolicy(ctx, { name });
  const known = await listRulePolicyNames(ctx.db);
  const nearest = findNearestWord(name, known);
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const there =
    known.length === 0 ? 'There is none yet.' : `There are: ${known.slice(0, 20).join(', ')}.`;
  throw new Refusal('invalid', `There is no rule policy "${name}".${meant} ${there}`, field);
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

async function load(ctx: Ctx, id: number): Promise<RulePolicy> {
  const policy = await lockRulePolicy(ctx.db, id);
  if (!policy) throw new Refusal('missing', 'That rule policy is no longer here.');
  return policy;
}

async function checkWords(ctx: Ctx, input: RulePolicyWords, own: number | undefined) {
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
  const taken = await lockRulePolicyForUse(ctx.db, name);
  if (taken && taken.id !== own) throw nameTaken(taken.name);
  return { name, graceDays };
}

function nameTaken(name: string): Refusal {
  const sentence = `There is a rule policy called "${name}" already; choose another name.`;
  return new Refusal('invalid', sentence, 'name');
}
