import { and, asc, desc, eq, exists, inArray, isNull, sql } from 'drizzle-orm';
import { type EntitlementRow, searchAllEntitlements } from '../catalog/entitlements.ts';
import type { Db } from '../db.ts';
import { applicationOwners, applications, entitlements, grants } from '../schema/access.ts';
import { accessProfiles } from '../schema/mining.ts';
import { people } from '../schema/people.ts';

// Pages of the entitlements of one person, and of the holders of one entitlement.

const live = isNull(grants.closedAt);

export interface Page {
  limit: number;
  offset: number;
}

/** The ids of the applications that a person owns. */
export async function listOwnedApplicationIds(db: Db, personId: number): Promise<number[]> {
  const rows = await db
    .select({ id: applicationOwners.applicationId })
    .from(applicationOwners)
    .where(and(eq(applicationOwners.personId, personId), eq(applicationOwners.kind, 'owner')));
  return rows.map((row) => row.id);
}

/** A page of a person's live grants, by application, and their total number. */
export async function listHoldings(
  db: Db,
  {
    personId,
    page,
    applicationIds,
  }: { personId: number; page: Page; applicationIds?: number[] | undefined },
) {
  const condition = and(
    live,
    eq(grants.personId, personId),
    applicationIds && inArray(entitlements.applicationId, applicationIds),
  );
  const rows = await db
    .select({
      entitlementId: entitlements.id,
      applicationId: entitlements.applicationId,
      app: applications.name,
      entitlement: entitlements.name,
      risk: entitlements.risk,
      profile: accessProfiles.name,
      grant: grants,
      total: sql<number>`count(*) over ()::int`,
    })
    .from(grants)
    .innerJoin(entitlements, eq(entitlements.id, grants.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .leftJoin(accessProfiles, eq(accessProfiles.id, grants.profileId))
    .where(condition)
    .orderBy(asc(applications.name), asc(applications.id), asc(entitlements.name))
    .limit(page.limit)
    .offset(page.offset);
  return { rows, total: rows[0]?.total ?? 0 };
}

/** A page of the holders of an entitlement, by name. */
export async function listHolders(db: Db, entitlementId: number, page: Page) {
  return db
    .select({
      personId: people.id,
      name: people.name,
      jobTitle: people.jobTitle,
      department: people.department,
      active: people.active,
      closedAt: people.closedAt,
      profile: accessProfiles.name,
      grant: grants,
    })
    .from(grants)
    .innerJoin(people, eq(people.id, grants.personId))
    .leftJoin(accessProfiles, eq(accessProfiles.id, grants.profileId))
    .where(and(live, eq(grants.entitlementId, entitlementId)))
    .orderBy(asc(people.name), asc(people.id))
    .limit(page.limit)
    .offset(page.offset);
}

/** The number of holders of an entitlement in each department, the largest first. */
export async function countHoldersByDepartment(db: Db, entitlementId: number) {
  const holders = sql<number>`count(*)::int`;
  return db
    .select({ department: people.department, holders })
    .from(grants)
    .innerJoin(people, eq(people.id, grants.personId))
    .where(and(live, eq(grants.entitlementId, entitlementId)))
    .groupBy(people.department)
    .orderBy(desc(holders), asc(people.department));
}

/** Entitlements whose application or name contains every word. Closed ones are included while somebody holds them. */
export async function searchViewableEntitlements(
  db: Db,
  { query, limit, ownerId }: { query: string; limit: number; ownerId?: number | undefined },
): Promise<EntitlementRow[]> {
  const isViewable = sql`(${entitlements.closedAt} is null or ${exists(selectLiveGrants(db))})`;
  if (ownerId === undefined)
    return searchAllEntitlements(db, { query, limit, condition: isViewable });
  const owned = db
    .select({ id: applicationOwners.applicationId })
    .from(applicationOwners)
    .where(and(eq(applicationOwners.personId, ownerId), eq(applicationOwners.kind, 'owner')));
  const isOwned = inArray(entitlements.applicationId, owned);
  return searchAllEntitlements(db, { query, limit, condition: and(isViewable, isOwned) });
}

function selectLiveGrants(db: Db) {
  return db
    .select({ one: sql`1` })
    .from(grants)
    .where(and(live, eq(grants.entitlementId, entitlements.id)));
}
