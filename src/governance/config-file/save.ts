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

/** The ids of what a file names; grows with what is added. */
export interface SavedIds {
  /** By what the file calls them. */
  people: ReadonlyMap<string, number>;
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
        configKey(apps.get(applicationId) ?? '', name),
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
    const told = (policy: PolicyConfig) => ({ name, kind, steps: policy.steps });
    await audit(ctx, before ? 'policy.change' : 'policy.create', subjectOf.policy(id), {
      ...(before ? { before: told(before) } : {}),
      after: told(after),
    });
  }
}

/** Makes policies the ones of whatever has no other, with the evidence of the same edit in Slack. */
export async function saveDefaults(ctx: Ctx, plan: ConfigPlan, ids: SavedIds): Promise<void> {
  for (const { kind, before, after } of plan.defaults) {
    const id = ids.policies.get(policyKey(kind, after)) ?? 0;
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
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const options = Object.fromEntries(given) as StepOptions;
  if (typeof approvers === 'string') return { kind, reassignable, approvers, options };
  if ('userGroup' in approvers) {
    const userGroup = ids.groups.get(approvers.userGroup) ?? '';
    return {
      kind,
      reassignable,
      approvers: 'user_group' as const,
      options: { ...options, userGroup },
    };
  }
  const people = approvers.people.map((person) => ids.people.get(person) ?? 0);
  return { kind, reassignable, approvers: 'people' as const, options: { ...options, people } };
}

/** Writes the applications and entitlements that are new or changed, and who owns them. */
export async function saveAccess(ctx: Ctx, plan: ConfigPlan, ids: SavedIds): Promise<void> {
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
    const owners = changed.flatMap(({ id, edit }) => owning(id, edit.after[field], ids));
    await replaceApplicationOwners(ctx.db, {
      kind,
      applicationIds: changed.map(({ id }) => id),
      owners,
      appointment: { by: ctx.actor?.personId ?? null, at: ctx.now },
    });
  }
  await record(ctx, 'application', apps, ids);

  const rights = await fillIds(ctx, 'entitlements', plan.entitlements, ids.entitlements, (one) =>
    configKey(one.application, one.name),
  );
  await saveEntitlements(
    ctx.db,
    rights.map(({ id, edit: { after } }): EntitlementConfigRow => {
      const { application, name, description, category, risk, requestable, mined } = after;
      return {
        id,
        applicationId: ids.applications.get(configKey(application)) ?? 0,
        ...{ name, description, category, risk, requestable, mined },
        emergencyAllowed: after.emergency,
        maxGrantDays: after.longestDays,
        ...choiceIds(after, ids),
      };
    }),
  );
  const owned = rights.filter(({ edit }) => edit.fields.includes('owners'));
  const owners = owned.flatMap(({ id, edit }) => owning(id, edit.after.owners, ids));
  await replaceEntitlementOwners(
    ctx.db,
    owned.map(({ id }) => id),
    owners,
    { by: ctx.actor?.personId ?? null, at: ctx.now },
  );
  await record(ctx, 'entitlement', rights, ids);
}

interface Saved<T> {
  id: number;
  edit: Edit<T>;
}

/** The ids of what is there already, and new ones for the rest. */
async function fillIds<T>(
  ctx: Ctx,
  table: 'applications' | 'entitlements',
  edits: readonly Edit<T>[],
  known: Map<string, number>,
  keyOf: (one: T) => string,
): Promise<Saved<T>[]> {
  const missing = edits.filter(({ before }) => before === undefined);
  const fresh = await reserveIds(ctx.db, table, missing.length);
  missing.forEach((edit, index) => {
    known.set(keyOf(edit.after), fresh[index] ?? 0);
  });
  return edits.map((edit) => ({ edit, id: known.get(keyOf(edit.after)) ?? 0 }));
}

function choiceIds(choices: Choices, ids: SavedIds) {
  const idOf = (kind: ConfigKind, name: string | null | undefined) =>
    name ? (ids.policies.get(policyKey(kind, name)) ?? null) : null;
  return {
    policyId: idOf('request', choices.policy),
    emergencyPolicyId: idOf('request', choices.emergencyPolicy),
    revokePolicyId: idOf('revocation', choices.revokePolicy),
  };
}

function owning(subjectId: number, owners: readonly string[], ids: SavedIds): Ownership[] {
  return owners.map((owner) => ({ subjectId, personId: ids.people.get(owner) ?? 0 }));
}

/** Fields that the store, and with it the evidence of the same edit in Slack, calls otherwise. */
const storedNames: Record<string, string> = {
  policy: 'policyId',
  emergencyPolicy: 'emergencyPolicyId',
  revokePolicy: 'revokePolicyId',
  emergency: 'emergencyAllowed',
  longestDays: 'maxGrantDays',
};

async function record<T extends Choices & object>(
  ctx: Ctx,
  noun: 'application' | 'entitlement',
  saved: readonly Saved<T>[],
  ids: SavedIds,
): Promise<void> {
  const told = (of: T, fields: (keyof T)[]) => {
    const values: T & Record<string, unknown> = { ...of, ...choiceIds(of, ids) };
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
        ...(before ? { before: told(before, fields) } : {}),
        after: told(after, before ? fields : (Object.keys(after) as (keyof T)[])),
      }));
  await auditMany(ctx, `${noun}.create`, rows(true));
  await auditMany(ctx, `${noun}.change`, rows(false));
}
