import { mustAt } from '../../collections.ts';
import { listBuiltInPolicies } from '../../store/policies/policies.ts';
import {
  insertApplications,
  insertEntitlements,
  listApplicationsForSync,
  listEntitlementsForSync,
  type Ownership,
  replaceApplicationOwners,
  replaceEntitlementOwners,
  type SyncedApplication,
  type SyncedEntitlement,
  updateApplications,
  updateEntitlements,
} from '../../store/sync/catalog.ts';
import { closeUnlisted } from '../../store/sync/close-unlisted.ts';
import { reserveIds } from '../../store/sync/sync-runs.ts';
import type { Ctx } from '../context.ts';
import { foldName } from '../wording/fold-name.ts';
import type { Staged } from './staging.ts';

export interface CatalogChange {
  /** Database id of each staged entitlement. */
  entitlementIds: number[];
  counts: {
    applicationsAdded: number;
    applicationsUpdated: number;
    entitlementsAdded: number;
    entitlementsUpdated: number;
    entitlementsReopened: number;
    entitlementsClosed: number;
    ownersChanged: number;
  };
}

/**
 * Creates and updates the applications and entitlements that a source names. Those it no longer names stay, because
 * requests and profiles refer to them. Entitlements that are no longer on its list are closed.
 * @param input.personIds database id of each staged person.
 */
export async function syncCatalog(
  ctx: Ctx,
  {
    connector,
    staged,
    personIds,
  }: { connector: string; staged: Staged; personIds: readonly number[] },
): Promise<CatalogChange> {
  const apps = await syncApplications(ctx, staged);
  const rights = await syncEntitlements(ctx, staged, apps.ids);
  const listed = rights.ids.filter((_, index) => staged.entitlements[index]?.record);
  const list = await closeUnlisted(ctx.db, {
    ...{ connector, listed, named: rights.ids, now: ctx.now },
    isComplete: !staged.unreadKinds.has('entitlements'),
  });
  const owners = await syncOwners(ctx, staged, {
    applications: apps.ids,
    entitlements: rights.ids,
    people: personIds,
  });
  return {
    entitlementIds: rights.ids,
    counts: {
      applicationsAdded: apps.added,
      applicationsUpdated: apps.updated,
      entitlementsAdded: rights.added,
      entitlementsUpdated: rights.updated,
      entitlementsReopened: list.reopened,
      entitlementsClosed: list.closed,
      ownersChanged: owners,
    },
  };
}

async function syncApplications(ctx: Ctx, staged: Staged) {
  const before = await listApplicationsForSync(ctx.db);
  const byName = new Map(before.map((app) => [foldName(app.name), app]));
  const matches = staged.applications.map(({ name }) => byName.get(foldName(name)));
  const ids = await assignIds(ctx, 'applications', matches);
  const rows = staged.applications.map(({ name, record }, index): SyncedApplication => {
    const match = matches[index];
    const instructions = record?.instructions ?? match?.instructions ?? null;
    return { id: mustAt(ids, index), name: match?.name ?? name, instructions };
  });
  const added = rows.filter((_, index) => !matches[index]);
  const updated = rows.filter((row, index) => {
    const match = matches[index];
    return match && match.instructions !== row.instructions;
  });
  await insertApplications(ctx.db, added);
  await updateApplications(ctx.db, updated);
  return { ids, added: added.length, updated: updated.length };
}

/** The fields of an entitlement that a source may set. Fields that it leaves out are unchanged. */
const syncedFields = [
  'description',
  'category',
  'risk',
  'requestable',
  'emergencyAllowed',
  'maxGrantDays',
  'policyId',
] as const;

async function syncEntitlements(ctx: Ctx, staged: Staged, applicationIds: readonly number[]) {
  const keyOf = (applicationId: number, name: string) => `${applicationId}\n${foldName(name)}`;
  const before = await listEntitlementsForSync(ctx.db);
  const byName = new Map(before.map((right) => [keyOf(right.applicationId, right.name), right]));
  const matches = staged.entitlements.map(({ application, name }) =>
    byName.get(keyOf(mustAt(applicationIds, application), name)),
  );
  const ids = await assignIds(ctx, 'entitlements', matches);
  const policies = await listBuiltInPolicies(ctx.db);
  const rows = staged.entitlements.map(({ application, name, record }, index) => {
    const match = matches[index];
    return {
      id: mustAt(ids, index),
      applicationId: mustAt(applicationIds, application),
      name: match?.name ?? name,
      description: record?.description ?? match?.description ?? null,
      category: record?.category ?? match?.category ?? null,
      risk: record?.risk ?? match?.risk ?? null,
      requestable: record?.requestable ?? match?.requestable ?? true,
      emergencyAllowed: record?.emergencyAllowed ?? match?.emergencyAllowed ?? false,
      maxGrantDays: record?.maxGrantDays ?? match?.maxGrantDays ?? null,
      policyId: policies[record?.approvals ?? -1] ?? match?.policyId ?? null,
    } satisfies SyncedEntitlement;
  });
  const added = rows.filter((_, index) => !matches[index]);
  const updated = rows.filter((row, index) => {
    const match = matches[index];
    return match && syncedFields.some((field) => match[field] !== row[field]);
  });
  await insertEntitlements(ctx.db, added);
  await updateEntitlements(ctx.db, updated);
  return { ids, added: added.length, updated: updated.length };
}

/** @returns the ids of the matched rows, and new ids for the others. */
async function assignIds(
  ctx: Ctx,
  table: 'applications' | 'entitlements',
  matches: readonly ({ id: number } | undefined)[],
): Promise<number[]> {
  const missing = matches.filter((match) => match === undefined).length;
  const reserved = await reserveIds(ctx.db, table, missing);
  let used = 0;
  return matches.map((match) => match?.id ?? mustAt(reserved, used++));
}

/**
 * Replaces the owners and provisioners of applications and entitlements for which the source lists any.
 * @param ids database ids by index. @returns the number of changed rows.
 */
async function syncOwners(
  ctx: Ctx,
  staged: Staged,
  ids: Record<'applications' | 'entitlements' | 'people', readonly number[]>,
): Promise<number> {
  const collect = (list: readonly { id: number; owners: string[] | undefined }[]) => {
    const listed = list.flatMap(({ id, owners }) => (owners ? { id, owners } : []));
    const pairs = listed.flatMap(({ id, owners }) => {
      // Staging has left out owners that nobody knows.
      const people = owners.map((owner) => mustAt(ids.people, staged.findPerson(owner) ?? -1));
      return [...new Set(people)].map((personId): Ownership => ({ subjectId: id, personId }));
    });
    return { ids: listed.map(({ id }) => id), pairs };
  };
  const ofApps = (field: 'owners' | 'provisioners') =>
    collect(
      staged.applications.map(({ record }, index) => ({
        id: mustAt(ids.applications, index),
        owners: record?.[field],
      })),
    );
  const owners = ofApps('owners');
  const provisioners = ofApps('provisioners');
  const rights = collect(
    staged.entitlements.map(({ record }, index) => ({
      id: mustAt(ids.entitlements, index),
      owners: record?.owners,
    })),
  );
  return (
    (await replaceApplicationOwners(ctx.db, {
      kind: 'owner',
      applicationIds: owners.ids,
      owners: owners.pairs,
    })) +
    (await replaceApplicationOwners(ctx.db, {
      kind: 'provisioner',
      applicationIds: provisioners.ids,
      owners: provisioners.pairs,
    })) +
    (await replaceEntitlementOwners(ctx.db, rights.ids, rights.pairs))
  );
}
