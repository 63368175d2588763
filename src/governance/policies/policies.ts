import { Refusal } from '../../errors.ts';
import { searchUserGroups } from '../../store/people/user-groups.ts';
import {
  findPolicyByName,
  insertPolicy,
  listPolicyUses,
  listWholePolicies,
  lockPolicyEdits,
  markDefaultPolicy,
  removePolicy,
  updatePolicy,
} from '../../store/policies/edit-policies.ts';
import type { Policy } from '../../store/policies/policies.ts';
import type { TaskKind } from '../../store/schema/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import {
  auditEdit,
  type EditTarget,
  listChangedFields,
  requireVersion,
} from '../versioned-edit.ts';
import { loadNamedApprovers, namedGroupOf } from './named-approvers.ts';
import { listRulesOfPolicy } from './policy-rules.ts';
import { describePolicyStep, policyKindWords, type StepEdit } from './steps.ts';
import { validateStep, validateSteps } from './validation.ts';

/** The fields of a policy's form. */
export interface PolicyForm {
  id: number;
  version: number;
  kind: TaskKind;
  name: string;
  builtIn: boolean;
  isDefault: boolean;
  steps: StepEdit[];
  /** The steps in words. */
  words: string[];
}

export const maxPolicyNameLength = 60;

/** Lists every policy with its steps in words: requests before revocations, the built-in ones first. */
export async function listPolicies(ctx: ActorCtx): Promise<PolicyForm[]> {
  await requirePermission(ctx, 'managePolicies');
  const all = await listWholePolicies(ctx.db);
  const sorted = all.sort(
    (a, b) => a.kind.localeCompare(b.kind) || Number(b.builtIn) - Number(a.builtIn) || a.id - b.id,
  );
  return formsOf(ctx, sorted);
}

/** Reads a policy for its form. @throws Refusal missing. */
export async function readPolicy(ctx: ActorCtx, id: number): Promise<PolicyForm> {
  await requirePermission(ctx, 'managePolicies');
  const [form] = await formsOf(ctx, [await load(ctx, id)]);
  if (!form) throw new Error(`policy ${id} has no form`);
  return form;
}

/** Describes steps that are being edited. */
export async function describeSteps(ctx: ActorCtx, steps: readonly StepEdit[]): Promise<string[]> {
  await requirePermission(ctx, 'managePolicies');
  const named = await loadNamedApprovers(ctx, steps);
  return steps.map((step) => describePolicyStep(step, named));
}

/** Validates a step that is being edited, without the other steps. @throws Refusal invalid (names the field). */
export async function validateDraftStep(ctx: ActorCtx, step: StepEdit): Promise<StepEdit> {
  await requirePermission(ctx, 'managePolicies');
  return validateStep(step, 'This step', await loadNamedApprovers(ctx, [step]));
}

/** Reads the people and the Slack user group that a step names, for its form. */
export async function readStepNames(ctx: ActorCtx, { options }: StepEdit) {
  await requirePermission(ctx, 'managePolicies');
  const named = await loadNamedApprovers(ctx, [{ options }]);
  const { people = [], userGroup } = options;
  const group = namedGroupOf(named, options);
  return {
    people: people.flatMap((id) => named.people.get(id) ?? []),
    group: group && userGroup !== undefined ? { id: userGroup, handle: group.handle } : undefined,
  };
}

/** Finds Slack user groups for a search field. */
export async function findUserGroups(ctx: ActorCtx, words: string) {
  await requirePermission(ctx, 'managePolicies');
  return searchUserGroups(ctx.db, words, 100);
}

async function formsOf(ctx: Ctx, policies: readonly Policy[]): Promise<PolicyForm[]> {
  const named = await loadNamedApprovers(
    ctx,
    policies.flatMap(({ steps }) => steps),
  );
  return policies.map(({ id, version, kind, name, builtIn, isDefault, steps }) => ({
    ...{ id, version, kind, name, builtIn, isDefault },
    steps: steps.map(toStepEdit),
    words: steps.map((step) => describePolicyStep(step, named)),
  }));
}

function toStepEdit({ kind, approvers, reassignable, options }: StepEdit): StepEdit {
  return { kind, approvers, reassignable, options };
}

async function load(ctx: Ctx, id: number): Promise<Policy> {
  const [policy] = await listWholePolicies(ctx.db, [id]);
  if (!policy) throw new Refusal('missing', 'That policy is no longer here.');
  return policy;
}

/** Creates a policy. @throws Refusal invalid (names the field), conflict (the name exists). */
export async function createPolicy(
  ctx: ActorCtx,
  input: { name: string; kind: TaskKind; steps: readonly StepEdit[] },
): Promise<{ id: number; name: string }> {
  await requirePermission(ctx, 'managePolicies');
  return inTransaction(ctx, async (ctx) => {
    await lockPolicyEdits(ctx.db);
    const { kind } = input;
    const name = await validateName(ctx, { kind, name: input.name });
    const steps = validateSteps(kind, input.steps, await loadNamedApprovers(ctx, input.steps));
    const id = await insertPolicy(ctx.db, { name, kind }, steps);
    await audit(ctx, 'policy.create', subjectOf.policy(id), { after: { name, kind, steps } });
    return { id, name };
  });
}

/**
 * Changes the name and the steps of a policy. Open tasks keep their plan.
 * @throws Refusal missing, forbidden (built in), invalid (names the field), conflict (the name exists, or somebody
 * else has changed the policy since the form was drawn).
 */
export async function changePolicy(
  ctx: ActorCtx,
  input: { id: number; version: number; name: string; steps: readonly StepEdit[] },
): Promise<{ id: number; name: string; isChanged: boolean }> {
  await requirePermission(ctx, 'managePolicies');
  return inTransaction(ctx, async (ctx) => {
    await lockPolicyEdits(ctx.db, input.id);
    const policy = await load(ctx, input.id);
    requireOwn(policy, 'changed. Copy it and change the copy');
    const target = editTargetOf(policy);
    await requireVersion(ctx, target, { shown: input.version, current: policy.version });
    const name = await validateName(ctx, { ...policy, name: input.name });
    const steps = validateSteps(
      policy.kind,
      input.steps,
      await loadNamedApprovers(ctx, input.steps),
    );
    const before = { name: policy.name, steps: policy.steps.map(toStepEdit) };
    const after = { name, steps };
    if (listChangedFields(before, after).length === 0)
      return { id: policy.id, name, isChanged: false };
    await updatePolicy(ctx.db, { ...policy, name, steps });
    await auditEdit(ctx, target, { before, after });
    return { id: policy.id, name, isChanged: true };
  });
}

/** Deletes a policy. @throws Refusal missing, forbidden (built in), conflict (in use, or changed since it was drawn). */
export async function deletePolicy(
  ctx: ActorCtx,
  input: { id: number; version: number },
): Promise<{ name: string }> {
  await requirePermission(ctx, 'managePolicies');
  return inTransaction(ctx, async (ctx) => {
    await lockPolicyEdits(ctx.db, input.id);
    const policy = await load(ctx, input.id);
    const { id, name, kind } = policy;
    requireOwn(policy, 'deleted');
    await requireVersion(ctx, editTargetOf(policy), {
      shown: input.version,
      current: policy.version,
    });
    if (policy.isDefault) {
      const sentence = `"${name}" is the default of ${policyKindWords[kind]}. Make another policy the default first.`;
      throw new Refusal('conflict', sentence);
    }
    const users = [
      ...(await listRulesOfPolicy(ctx, policy)),
      ...(await listPolicyUses(ctx.db, id, 20)),
    ];
    if (users.length > 0) {
      const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
      const names = users.slice(0, 3).join(', ');
      const sentence = `"${name}" is in use: ${names}${more}. Choose another policy there first.`;
      throw new Refusal('conflict', sentence);
    }
    await removePolicy(ctx.db, id);
    const before = { name, kind, steps: policy.steps.map(toStepEdit) };
    await audit(ctx, 'policy.delete', subjectOf.policy(id), { before });
    return { name };
  });
}

/** Makes a policy the default of its kind. @throws Refusal missing. */
export async function setDefaultPolicy(
  ctx: ActorCtx,
  id: number,
): Promise<{ name: string; kind: TaskKind }> {
  await requirePermission(ctx, 'managePolicies');
  return inTransaction(ctx, async (ctx) => {
    await lockPolicyEdits(ctx.db);
    const policy = await load(ctx, id);
    const all = await listWholePolicies(ctx.db);
    const before = all.find((one) => one.kind === policy.kind && one.isDefault);
    if (!policy.isDefault) {
      await markDefaultPolicy(ctx.db, policy);
      await audit(ctx, 'policy.default', subjectOf.policy(id), {
        before: { default: before?.name },
        after: { default: policy.name },
      });
    }
    return { name: policy.name, kind: policy.kind };
  });
}

function editTargetOf({ id, name }: Policy): EditTarget<'policy.change'> {
  const words = { name: 'the name', steps: 'the steps' };
  return { verb: 'policy.change', subject: subjectOf.policy(id), name: `"${name}"`, words };
}

/** @param action "deleted": what cannot be done to a built-in policy. @throws Refusal forbidden. */
function requireOwn({ builtIn, name }: Policy, action: string): void {
  if (!builtIn) return;
  throw new Refusal('forbidden', `"${name}" is built in and cannot be ${action}.`);
}

async function validateName(
  ctx: Ctx,
  policy: { kind: TaskKind; name: string; id?: number },
): Promise<string> {
  const { kind } = policy;
  const name = policy.name.replace(/\s+/g, ' ').trim();
  if (!name) throw new Refusal('invalid', 'Give the policy a name.', 'name');
  if (name.length > maxPolicyNameLength) {
    const sentence = `This name is too long: write at most ${maxPolicyNameLength} characters.`;
    throw new Refusal('invalid', sentence, 'name');
  }
  const taken = await findPolicyByName(ctx.db, kind, name);
  if (taken && taken.id !== policy.id) {
    const sentence = `A policy of ${policyKindWords[kind]} already has the name "${taken.name}". Choose another name.`;
    throw new Refusal('invalid', sentence, 'name');
  }
  return name;
}
