import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { isActivePerson } from '../people/people.ts';
import { applicationOwners, applications, entitlements } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { containsWords, runSearch } from '../search.ts';
import { nameContains } from './entitlements.ts';

/** An application with its own policies, as an administrator edits it. */
export type StoredApplication = typeof applications.$inferSelect;
/** An entitlement with its own policies; those of its application are not filled in. */
export type StoredEntitlement = typeof entitlements.$inferSelect;

interface PageInput {
  words: string;
  offset: number;
  limit: number;
}

/** Applications whose name contains the words. Those without an active owner come first. */
export async function listApplicationPage(db: Db, { words, offset, limit }: PageInput) {
  const which = containsWords(words, applications.name);
  const owned = db
    .select({
      applicationId: applicationOwners.applicationId,
      count: sql<number>`count(*)::int`.as('owner_count'),
      names: sql<string>`string_agg(${people.name}, ', ' order by ${people.name})`.as('names'),
    })
    .from(applicationOwners)
    .innerJoin(people, eq(people.id, applicationOwners.personId))
    .where(and(eq(applicationOwners.kind, 'owner'), isActivePerson))
    .groupBy(applicationOwners.applicationId)
    .as('owned');
  const open = db
    .select({
      applicationId: entitlements.applicationId,
      count: sql<number>`count(*)::int`.as('entitlement_count'),
    })
    .from(entitlements)
    .where(isNull(entitlements.closedAt))
    .groupBy(entitlements.applicationId)
    .as('open_entitlements');
  return runSearch(db, async (db) => {
    const found = await db
      .select({
        id: applications.id,
        name: applications.name,
        owners: sql<string>`coalesce(${owned.names}, '')`,
        entitlements: sql<number>`coalesce(${open.count}, 0)`,
      })
      .from(applications)
      .leftJoin(owned, eq(owned.applicationId, applications.id))
      .leftJoin(open, eq(open.applicationId, applications.id))
      .where(which)
      .orderBy(sql`coalesce(${owned.count}, 0) > 0`, asc(applications.name))
      .offset(offset)
      .limit(limit);
    const [count] = await db
      .select({
        total: sql<number>`count(*)::int`,
        ownerless: sql<number>`(count(*) filter (where ${owned.count} is null))::int`,
      })
      .from(applications)
      .leftJoin(owned, eq(owned.applicationId, applications.id))
      .where(which);
    return { found, total: count?.total ?? 0, ownerless: count?.ownerless ?? 0 };
  });
}

/** Open entitlements of an application whose name contains every word. */
export async function listEntitlementPage(
  db: Db,
  { words, applicationId, offset, limit }: PageInput & { applicationId: number },
) {
  const which = and(
    eq(entitlements.applicationId, applicationId),
    isNull(entitlements.closedAt),
    nameContains(words),
  );
  const isApplication = eq(applications.id, entitlements.applicationId);
  return runSearch(db, async (db) => {
    const found = await db
      .select({
        id: entitlements.id,
        name: entitlements.name,
        risk: entitlements.risk,
        category: entitlements.category,
        requestable: entitlements.requestable,
        mined: entitlements.mined,
      })
      .from(entitlements)
      .innerJoin(applications, isApplication)
      .where(which)
      .orderBy(asc(entitlements.name))
      .offset(offset)
      .limit(limit);
    const [count] = await db
      .select({ total: sql<number>`count(*)::int` })
      .from(entitlements)
      .innerJoin(applications, isApplication)
      .where(which);
    return { found, total: count?.total ?? 0 };
  });
}

export async function findApplication(db: Db, id: number): Promise<StoredApplication | undefined> {
  const [row] = await db.select().from(applications).where(eq(applications.id, id));
  return row;
}

/** An entitlement with the name of its application. */
export async function findEntitlement(
  db: Db,
  id: number,
): Promise<(StoredEntitlement & { app: string }) | undefined> {
  const [row] = await db
    .select({ entitlement: entitlements, app: applications.name })
    .from(entitlements)
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(eq(entitlements.id, id));
  return row && { ...row.entitlement, app: row.app };
}

/** @returns false when somebody has edited it meanwhile. */
export async function updateApplication(
  db: Db,
  { id, version }: { id: number; version: number },
  change: Partial<typeof applications.$inferInsert>,
): Promise<boolean> {
  const updated = await db
    .update(applications)
    .set({ ...change, version: version + 1 })
    .where(and(eq(applications.id, id), eq(applications.version, version)))
    .returning({ id: applications.id });
  return updated.length > 0;
}

/** @returns false when somebody has edited it meanwhile. */
export async function updateEntitlement(
  db: Db,
  { id, version }: { id: number; version: number },
  change: Partial<typeof entitlements.$inferInsert>,
): Promise<boolean> {
  const updated = await db
    .update(entitlements)
    .set({ ...change, version: version + 1 })
    .where(and(eq(entitlements.id, id), eq(entitlements.version, version)))
    .returning({ id: entitlements.id });
  return updated.length > 0;
}

/** The categories of open entitlements, each with the applications that use it. */
export async function listCategories(
  db: Db,
): Promise<{ category: string; applicationId: number }[]> {
  const found = await db
    .selectDistinct({
      category: entitlements.category,
      applicationId: entitlements.applicationId,
    })
    .from(entitlements)
    .where(isNull(entitlements.closedAt));
  return found.flatMap(({ category, applicationId }) =>
    category ? [{ category, applicationId }] : [],
  );
}

/** The names of applications by their ids. */
export async function nameApplications(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const found = await db
    .select({ id: applications.id, name: applications.name })
    .from(applications)
    .where(inArray(applications.id, [...ids]));
  return new Map(found.map(({ id, name }) => [id, name]));
}
