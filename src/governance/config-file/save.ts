import { keysOf, mustGet } from '../../collections.ts';
import {
  type ApplicationRow,
  type ConfigState,
  type EntitlementConfigRow,
  increasePolicyVersion,
  insertConfiguredPolicy,
  replaceSteps,
  saveApplications,
  saveEntitlements,
} from '../../store/config.ts';
import { markDefaultPolicy } from '../../store/policies/edit-policies.ts';
import type { StepOptions } from '../../store/schema/tasks.ts';
import {
  type Ownership,
  replaceApplicationOwners,
  replaceEntitlementOwners,
} from '../../store/sync/catalog.ts';
import { reserveIds } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, auditMany, type Ctx } from '../context.ts';
import {
  type Choices,
  type ConfigKind,
  configKey,
  type PolicyConfig,
  personWord,
  policyKey,
  taskKinds,
} from './current-state.ts';
import type { ConfigPlan, Edit } from './plan.ts';
import type { ConfigStep } from './schema.ts';

/** The ids of everything a file names. Saving adds the ids of new rows. */
export interface SavedIds {
  /** By personWord. */
  people: ReadonlyMap<string, number>;
  /** By handle. */
  groups: ReadonlyMap<string, string>;
  /** By policyKey. */
  policies: Map<string, number>;
  /** By configKey. */
  applications: Map<string, number>;
  entitlements: Map<string, number>;
}

export function savedIds(state: ConfigState): SavedIds {
  const apps = new Map(state.applications.map(({ id, name }) => [id, name]));
  const kindOf = (kind: 'grant' | 'revoke'): ConfigKind =>
    kind === 'grant' ? 'request' : 'revocation';
  return {
    people: new Map(state.people.map((person) => [personWord(person), person.id])),
    groups: new Map(state.groups.map(({ id, handle }) => [handle, id])),
    policies: new Map(
      state.policies.map(({ id, kind, name }) => [policyKey(kindOf(kind), name), id]),
    ),
    applications: new Map(state.applications.map(({ id, name }) => [configKey(name), id])),
    entitlements: new Map(
      state.entitlements.map(({ id, applicationId, name }) => [
        configKey(mustGet(apps, applicationId), name),
        id,
      ]),
    ),
  };
}

export async function savePolicies(ctx: Ctx, plan: ConfigPlan, ids: SavedIds): Promise<void> {
  for (const { before, after } of plan.policies) {
    const { kind, name, steps } = after;
    const key = policyKey(kind, name);
    const known = ids.policies.get(key);
    const id = known ?? (await insertConfiguredPolicy(ctx.db, { name, kind: taskKinds[kind] }));
    if (known !== undefined) await increasePolicyVersion(ctx.db, id);
    ids.policies.set(key, id);
    await replaceSteps(
      ctx.db,
      id,
      steps.map((step) => storedStep(step, ids)),
    );
    const describe = (policy: PolicyConfig) => ({ name, kind, steps: policy.steps });
    await audit(ctx, before ? 'policy.change' : 'policy.create', subjectOf.policy(id), {
      ...(before ? { before: describe(before) } : {}),
      after: describe(after),
    });
  }
}

/** Saves the default policies, with the same audit rows as the edit in Slack. */
export async function saveDefaults(ctx: Ctx, plan: ConfigPlan, ids: SavedIds): Promise<void> {
  for (const { kind, before, after } of plan.defaults) {
    const id = mustGet(ids.policies, policyKey(kind, after));
    await markDefaultPolicy(ctx.db, { id, kind: taskKinds[kind] });
    await audit(ctx, 'policy.default', subjectOf.policy(id), {
      before: { default: before },
      after: { default: after },
    });
  }
}

function storedStep(
  { approvers, kind = 'approval', reassignable = true, ...rest }: ConfigStep,
  ids: SavedIds,
) {
  const defined = Object.entries(rest).filter(([, value]) => value !== undefined);
  // Object.fromEntries loses the keys that the schema of the file has checked.
  const options = Object.fromEntries(defined) as StepOptions;
  if (typeof approvers === 'string') return { kind, reassignable, approvers, options };
  if ('userGroup' in approvers) {
    const userGroup = mustGet(ids.groups, approvers.userGroup);
    return {
      kind,
      reassignable,
      approvers: 'user_group' as const,
      options: { ...options, userGroup },
    };
  }
  const people = approvers.people.map((person) => mustGet(ids.people, person));
  return { kind, reassignable, approvers: 'people' as const, options: { ...options, people } };
}

/** Saves the new and changed applications and entitlements with their owners. */
export async function saveAccess(ctx: Ctx, plan: ConfigPlan, ids: SavedIds): Promise<void> {
  await saveConfiguredApplications(ctx, plan, ids);
  await saveConfiguredEntitlements(ctx, plan, ids);
}

async function saveConfiguredApplications(
  ctx: Ctx,
  plan: ConfigPlan,
  ids: SavedIds,
): Promise<void> {
  const apps = await fillIds(ctx, 'applications', plan.applications, ids.applications, (app) =>
    configKey(app.name),
  );
  await saveApplications(
    ctx.db,
    apps.map(({ id, edit: { after } }): ApplicationRow => {
      const { name, instructions } = after;
      return { id, name, instructions, ...choiceIds(after, ids) };
    }),
  );
  for (const [kind, field] of [
    ['owner', 'owners'],
    ['provisioner', 'provisioners'],
  ] as const) {
    const changed = apps.filter(({ edit }) => edit.fields.includes(field));
    const owners = changed.flatMap(({ id, edit }) => toOwnerships(id, edit.after[field], ids));
    await replaceApplicationOwners(ctx.db, {
      kind,
      applicationIds: changed.map(({ id }) => id),
      owners,
      appointment: { by: ctx.actor?.personId ?? null, at: ctx.now },
    });
  }
  await auditEdits(ctx, 'application', apps, ids);
}

async function saveConfiguredEntitlements(
  ctx: Ctx,
  plan: ConfigPlan,
  ids: SavedIds,
): Promise<void> {
  const entitlements = await fillIds(
    ctx,
    'entitlements',
    plan.entitlements,
    ids.entitlements,
    (one) => configKey(one.application, one.name),
  );
  await saveEntitlements(
    ctx.db,
    entitlements.map(({ id, edit: { after } }): EntitlementConfigRow => {
      const { application, name, description, category, risk, requestable, mined } = after;
      return {
        id,
        applicationId: mustGet(ids.applications, configKey(application)),
        ...{ name, description, category, risk, requestable, mined },
        emergencyAllowed: after.emergency,
        maxGrantDays: after.longestDays,
        ...choiceIds(after, ids),
      };
    }),
  );
  const changed = entitlements.filter(({ edit }) => edit.fields.includes('owners'));
  const owners = changed.flatMap(({ id, edit }) => toOwnerships(id, edit.after.owners, ids));
  await replaceEntitlementOwners(
    ctx.db,
    changed.map(({ id }) => id),
    owners,
    { by: ctx.actor?.personId ?? null, at: ctx.now },
  );
  await auditEdits(ctx, 'entitlement', entitlements, ids);
}

interface Saved<T> {
  id: number;
  edit: Edit<T>;
}

/** Finds the ids of existing rows and reserves ids for new ones. */
async function fillIds<T>(
  ctx: Ctx,
  table: 'applications' | 'entitlements',
  edits: readonly Edit<T>[],
  known: Map<string, number>,
  keyOf: (one: T) => string,
): Promise<Saved<T>[]> {
  const missing = edits.filter(({ before }) => before === undefined);
  const newIds = await reserveIds(ctx.db, table, missing.length);
  newIds.forEach((id, index) => {
    const edit = missing[index];
    if (edit) known.set(keyOf(edit.after), id);
  });
  return edits.map((edit) => ({ edit, id: mustGet(known, keyOf(edit.after)) }));
}

function choiceIds(choices: Choices, ids: SavedIds) {
  const idOf = (kind: ConfigKind, name: string | null | undefined) =>
    name ? mustGet(ids.policies, policyKey(kind, name)) : null;
  return {
    policyId: idOf('request', choices.policy),
    emergencyPolicyId: idOf('request', choices.emergencyPolicy),
    revokePolicyId: idOf('revocation', choices.revokePolicy),
  };
}

function toOwnerships(subjectId: number, owners: readonly string[], ids: SavedIds): Ownership[] {
  return owners.map((owner) => ({ subjectId, personId: mustGet(ids.people, owner) }));
}

/** Fields with another name in the store, and so in the audit rows of the same edit in Slack. */
const storedNames: Record<string, string> = {
  policy: 'policyId',
  emergencyPolicy: 'emergencyPolicyId',
  revokePolicy: 'revokePolicyId',
  emergency: 'emergencyAllowed',
  longestDays: 'maxGrantDays',
};

async function auditEdits<T extends Choices & object>(
  ctx: Ctx,
  noun: 'application' | 'entitlement',
  saved: readonly Saved<T>[],
  ids: SavedIds,
): Promise<void> {
  const describe = (row: T, fields: (keyof T)[]) => {
    const values: T & Record<string, unknown> = { ...row, ...choiceIds(row, ids) };
    return Object.fromEntries(
      fields.map((field) => {
        const name = storedNames[String(field)] ?? String(field);
        return [name, values[name] ?? values[field] ?? null];
      }),
    );
  };
  const rows = (isNew: boolean) =>
    saved
      .filter(({ edit }) => (edit.before === undefined) === isNew)
      .map(({ id, edit: { before, after, fields } }) => ({
        subject: subjectOf[noun](id),
        ...(before ? { before: describe(before, fields) } : {}),
        // Object.keys returns string[]; a row has only the keys of its type.
        after: describe(after, before ? fields : keysOf(after)),
      }));
  await auditMany(ctx, `${noun}.create`, rows(true));
  await auditMany(ctx, `${noun}.change`, rows(false));
}
