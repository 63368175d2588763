import { and, asc, count, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { type EntitlementRow, entitlementColumns, nameContains } from '../catalog/entitlements.ts';
import type { Db } from '../db.ts';
import { isActivePerson } from '../people/people.ts';
import { applications, entitlements, grants } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { runSearch } from '../search.ts';

export type Grant = typeof grants.$inferSelect;
const live = isNull(grants.closedAt);

export async function listLiveGrants(
  db: Db,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<Grant[]> {
  if (personIds.length === 0 || entitlementIds.length === 0) return [];
  return db
    .select()
    .from(grants)
    .where(
      and(
        live,
        sql`${grants.personId} = any(${sql.param([...new Set(personIds)])}::int[])`,
        sql`${grants.entitlementId} = any(${sql.param([...new Set(entitlementIds)])}::int[])`,
      ),
    );
}

/** By person: those of the entitlements that the person holds now. */
export async function listAccessSets(
  db: Db,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<Map<number, Set<number>>> {
  const sets = new Map<number, Set<number>>();
  for (const { personId, entitlementId } of await listLiveGrants(db, personIds, entitlementIds)) {
    const set = sets.get(personId) ?? new Set();
    sets.set(personId, set.add(entitlementId));
  }
  return sets;
}

/** A person's live grants, by application. */
export async function listAccessOf(db: Db, personId: number) {
  return db
    .select({
      app: applications.name,
      entitlement: entitlements.name,
      grant: grants,
    })
    .from(grants)
    .innerJoin(entitlements, eq(entitlements.id, grants.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(live, eq(grants.personId, personId)))
    .orderBy(asc(applications.name), asc(entitlements.name));
}

/** The ids of the entitlements that a person holds now. */
export async function listHeldIds(db: Db, personId: number): Promise<Set<number>> {
  const held = await db
    .select({ id: grants.entitlementId })
    .from(grants)
    .where(and(live, eq(grants.personId, personId)));
  return new Set(held.map(({ id }) => id));
}

/** Entitlements that a person holds now and whose application or name contains every word. */
export async function searchAccessOf(
  db: Db,
  { personId, query, limit }: { personId: number; query: string; limit: number },
): Promise<EntitlementRow[]> {
  return runSearch(db, (db) =>
    db
      .select(entitlementColumns)
      .from(grants)
      .innerJoin(entitlements, eq(entitlements.id, grants.entitlementId))
      .innerJoin(applications, eq(applications.id, entitlements.applicationId))
      .where(and(live, eq(grants.personId, personId), nameContains(query)))
      .orderBy(asc(applications.name), asc(entitlements.name))
      .limit(limit),
  );
}

/** Records that a task deprovisioned a grant. A sync that no longer finds it confirms that. */
export async function markDeprovisioned(
  db: Db,
  {
    pair,
    taskId,
    now,
  }: { pair: { personId: number; entitlementId: number }; taskId: number; now: Date },
): Promise<void> {
  await db
    .update(grants)
    .set({
      deprovisionTaskId: taskId,
      deprovisionedAt: now,
      missedSyncs: 0,
      // No sync has ever found a claimed grant, so no sync will confirm its removal. It closes at once.
      closedAt: sql`case when ${grants.source} = 'task' and ${grants.verifiedAt} is null then ${now.toISOString()}::timestamptz end`,
    })
    .where(
      and(live, eq(grants.personId, pair.personId), eq(grants.entitlementId, pair.entitlementId)),
    );
}

/** When a sync confirmed that the access which a task deprovisioned is gone; undefined: not yet. */
export async function findConfirmedDeprovisioning(
  db: Db,
  taskId: number,
): Promise<Date | undefined> {
  const [grant] = await db
    .select({ closedAt: grants.closedAt })
    .from(grants)
    .where(eq(grants.deprovisionTaskId, taskId));
  return grant?.closedAt ?? undefined;
}

/** The ids of tasks whose deprovisioning was confirmed by the sync at this moment. */
export async function listConfirmedDeprovisionings(db: Db, closedAt: Date): Promise<number[]> {
  const rows = await db
    .select({ taskId: grants.deprovisionTaskId })
    .from(grants)
    .where(and(eq(grants.closedAt, closedAt), isNotNull(grants.deprovisionTaskId)));
  return rows.flatMap(({ taskId }) => (taskId === null ? [] : [taskId]));
}

/**
 * Sets a later end (null: none) of a live grant and drops the claim that it was deprovisioned.
 * @returns false when the person no longer holds it.
 */
export async function extendGrant(
  db: Db,
  pair: { personId: number; entitlementId: number },
  expiresAt: Date | null,
): Promise<boolean> {
  const extended = await db
    .update(grants)
    .set({ expiresAt, expiryNotifiedAt: null, deprovisionTaskId: null, deprovisionedAt: null })
    .where(
      and(live, eq(grants.personId, pair.personId), eq(grants.entitlementId, pair.entitlementId)),
    )
    .returning({ id: grants.id });
  return extended.length > 0;
}

/** Records that a task provisioned a grant. A later sync verifies it. */
export async function insertProvisionedGrant(
  db: Db,
  claim: Pick<
    Grant,
    'personId' | 'entitlementId' | 'taskId' | 'profileId' | 'ruleId' | 'expiresAt'
  >,
  now: Date,
): Promise<void> {
  await db
    .insert(grants)
    .values({ ...claim, source: 'task', grantedAt: now, firstSeenAt: now })
    .onConflictDoNothing();
}

/** The number of active people in a department, and how many of them hold the entitlement. */
export async function countPeers(db: Db, department: string, entitlementId: number) {
  const [row] = await db
    .select({
      people: count(),
      holders: sql<number>`count(${grants.id})::int`,
    })
    .from(people)
    .leftJoin(
      grants,
      and(eq(grants.personId, people.id), eq(grants.entitlementId, entitlementId), live),
    )
    .where(and(isActivePerson, eq(people.department, department)));
  return row ?? { people: 0, holders: 0 };
}

export async function countAccess(db: Db) {
  const [row] = await db
    .select({
      grants: sql<number>`count(*)::int`,
      entitlements: sql<number>`(select count(*)::int from ${entitlements})`,
      applications: sql<number>`(select count(*)::int from ${applications})`,
    })
    .from(grants)
    .where(live);
  return row ?? { grants: 0, entitlements: 0, applications: 0 };
}
