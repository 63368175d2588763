import { and, asc, desc, eq, exists, inArray, isNull, sql } from 'drizzle-orm';
import { type EntitlementRow, searchAllEntitlements } from '../catalog/entitlements.ts';
import type { Db } from '../db.ts';
import { applicationOwners, applications, entitlements, grants } from '../schema/access.ts';
import { accessProfiles } from '../schema/mining.ts';
import { people } from '../schema/people.ts';

// Who holds what, a page at a time.

const live = isNull(grants.closedAt);

export interface Page {
  limit: number;
  offset: number;
}

/** The applications that a person owns. */
export async function listOwnedApplicationIds(db: Db, personId: number): Promise<number[]> {
  const rows = await db
    .select({ id: applicationOwners.applicationId })
    .from(applicationOwners)
    .where(and(eq(applicationOwners.personId, personId), eq(applicationOwners.kind, 'owner')));
  return rows.map((row) => row.id);
}

/** A page of what a person holds, by application, and how much it is in all. @param within of these applications only. */
export async function listHoldings(db: Db, personId: number, page: Page, within?: number[]) {
  const wanted = and(
    live,
    eq(grants.personId, personId),
    within && inArray(entitlements.applicationId, within),
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
    .where(wanted)
    .orderBy(asc(applications.name), asc(applications.id), asc(entitlements.name))
    .limit(page.limit)
    .offset(page.offset);
  return { rows, total: rows[0]?.total ?? 0 };
}

/** A page of the people who hold an entitlement, by name. */
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

/** How many hold an entitlement in each department, most first. */
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

/** Entitlements whose application or name contains every word; those that are there no more while somebody holds them. */
export async function searchViewableEntitlements(
  db: Db,
  query: string,
  limit: number,
  /** Only of the applications that this person owns. */
  ownerId?: number,
): Promise<EntitlementRow[]> {
  const isThere = sql`(${entitlements.closedAt} is null or ${exists(heldBySomebody(db))})`;
  if (ownerId === undefined) return searchAllEntitlements(db, query, limit, isThere);
  const owned = db
    .select({ id: applicationOwners.applicationId })
    .from(applicationOwners)
    .where(and(eq(applicationOwners.personId, ownerId), eq(applicationOwners.kind, 'owner')));
  const ofOwner = inArray(entitlements.applicationId, owned);
  return searchAllEntitlements(db, query, limit, and(isThere, ofOwner));
}

function heldBySomebody(db: Db) {
  return db
    .select({ one: sql`1` })
    .from(grants)
    .where(and(live, eq(grants.entitlementId, entitlements.id)));
}
