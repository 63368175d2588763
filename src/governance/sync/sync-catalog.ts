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

export interface AccessChange {
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
 * Makes the applications and entitlements the source names, and takes over what it says about them.
 * Those it no longer names stay, since requests and profiles refer to them; what is gone from its list of
 * entitlements is closed.
 * @param personIds database id of each staged person.
 */
export async function syncAccess(
  ctx: Ctx,
  connector: string,
  staged: Staged,
  personIds: readonly number[],
): Promise<AccessChange> {
  const apps = await syncApplications(ctx, staged);
  const rights = await syncEntitlements(ctx, staged, apps.ids);
  const listed = rights.ids.filter((_, index) => staged.entitlements[index]?.record);
  const list = await closeUnlisted(ctx.db, { connector, listed, named: rights.ids, now: ctx.now });
  const owners = await syncOwners(ctx, staged, apps.ids, rights.ids, personIds);
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
  const ids = await fillIds(ctx, 'applications', matches);
  const rows = staged.applications.map(({ name, record }, index): SyncedApplication => {
    const match = matches[index];
    const instructions = record?.instructions ?? match?.instructions ?? null;
    return { id: ids[index] ?? 0, name: match?.name ?? name, instructions };
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

/** What a source may say about an entitlement; what it leaves out stays as it is. */
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
    byName.get(keyOf(applicationIds[application] ?? 0, name)),
  );
  const ids = await fillIds(ctx, 'entitlements', matches);
  const policies = await listBuiltInPolicies(ctx.db);
  const rows = staged.entitlements.map(({ application, name, record }, index) => {
    const match = matches[index];
    return {
      id: ids[index] ?? 0,
      applicationId: applicationIds[application] ?? 0,
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

/** The ids of what is there already, and new ones for the rest. */
async function fillIds(
  ctx: Ctx,
  table: 'applications' | 'entitlements',
  matches: readonly ({ id: number } | undefined)[],
): Promise<number[]> {
  const missing = matches.filter((match) => match === undefined).length;
  const fresh = (await reserveIds(ctx.db, table, missing)).reverse();
  return matches.map((match) => match?.id ?? fresh.pop() ?? 0);
}

/** Where the source says who owns or provisions something, that is who does. */
async function syncOwners(
  ctx: Ctx,
  staged: Staged,
  applicationIds: readonly number[],
  entitlementIds: readonly number[],
  personIds: readonly number[],
): Promise<number> {
  const collect = (list: readonly { id: number | undefined; owners: string[] | undefined }[]) => {
    const said = list.flatMap(({ id = 0, owners }) => (owners ? { id, owners } : []));
    const pairs = said.flatMap(({ id, owners }) => {
      const people = owners.map((owner) => personIds[staged.findPerson(owner) ?? -1] ?? 0);
      return [...new Set(people)].map((personId): Ownership => ({ subjectId: id, personId }));
    });
    return { ids: said.map(({ id }) => id), pairs };
  };
  const ofApps = (field: 'owners' | 'provisioners') =>
    collect(
      staged.applications.map(({ record }, index) => ({
        id: applicationIds[index],
        owners: record?.[field],
      })),
    );
  const owners = ofApps('owners');
  const provisioners = ofApps('provisioners');
  const rights = collect(
    staged.entitlements.map(({ record }, index) => ({
      id: entitlementIds[index],
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
