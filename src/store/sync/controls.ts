import { and, eq, gt, sql } from 'drizzle-orm';
import { type EntitlementRow, entitlementColumns } from '../catalog/entitlements.ts';
import type { Db } from '../db.ts';
import {
  applicationOwners,
  applications,
  entitlementOwners,
  entitlements,
  type OwnerKind,
} from '../schema/access.ts';
import { inChunks, readInChunks } from './sync-runs.ts';

/** Who and what controls access: the fields of entitlements, owners and provisioners, by id. */
export interface Controls {
  applications: Map<number, { name: string; instructions: string | null }>;
  entitlements: Map<number, EntitlementRow>;
  owners: Record<OwnerKind | 'entitlementOwner', Map<number, number[]>>;
}

/** Reads all controls. People's ids ascend. */
export async function loadControls(db: Db): Promise<Controls> {
  const apps = await readInChunks((last, limit) =>
    db
      .select({
        id: applications.id,
        name: applications.name,
        instructions: applications.instructions,
      })
      .from(applications)
      .where(gt(applications.id, last))
      .orderBy(applications.id)
      .limit(limit),
  );
  const rights = await readInChunks((last, limit) =>
    db
      .select(entitlementColumns)
      .from(entitlements)
      .innerJoin(applications, eq(applications.id, entitlements.applicationId))
      .where(gt(entitlements.id, last))
      .orderBy(entitlements.id)
      .limit(limit),
  );
  return {
    applications: new Map(apps.map((app) => [app.id, app])),
    entitlements: new Map(rights.map((right) => [right.id, right])),
    owners: {
      owner: await listApplicationPeople(db, 'owner'),
      provisioner: await listApplicationPeople(db, 'provisioner'),
      entitlementOwner: await listEntitlementPeople(db),
    },
  };
}

async function listApplicationPeople(db: Db, kind: OwnerKind): Promise<Map<number, number[]>> {
  const { applicationId: id, personId } = applicationOwners;
  const found = await readInChunks((last, limit) =>
    db
      .select({ id, personIds: sql<number[]>`array_agg(${personId} order by ${personId})` })
      .from(applicationOwners)
      .where(and(eq(applicationOwners.kind, kind), gt(id, last)))
      .groupBy(id)
      .orderBy(id)
      .limit(limit),
  );
  return new Map(found.map((one) => [one.id, one.personIds]));
}

async function listEntitlementPeople(db: Db): Promise<Map<number, number[]>> {
  const { entitlementId: id, personId } = entitlementOwners;
  const found = await readInChunks((last, limit) =>
    db
      .select({ id, personIds: sql<number[]>`array_agg(${personId} order by ${personId})` })
      .from(entitlementOwners)
      .where(gt(id, last))
      .groupBy(id)
      .orderBy(id)
      .limit(limit),
  );
  return new Map(found.map((one) => [one.id, one.personIds]));
}

/** Counts a change by an import as an edit, so that a form that is open meanwhile does not undo it. */
export async function raiseVersions(
  db: Db,
  table: 'applications' | 'entitlements',
  ids: readonly number[],
): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update ${sql.identifier(table)} set version = version + 1
      where id = any(${sql.param(part)}::int[])`),
  );
}
