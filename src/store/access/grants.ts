import { and, asc, count, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { containing, type EntitlementRow, entitlementColumns } from '../catalog/entitlements.ts';
import type { Db } from '../db.ts';
import { isActivePerson } from '../people/people.ts';
import { applications, entitlements, grants, syncRuns } from '../schema/access.ts';
import { people } from '../schema/people.ts';

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

/** Which of the entitlements each of these people holds now. */
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

/** What a person holds now, by application. */
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

/** What a person holds now whose application or name contains every word. */
export async function searchAccessOf(
  db: Db,
  personId: number,
  query: string,
  limit: number,
): Promise<EntitlementRow[]> {
  return db
    .select(entitlementColumns)
    .from(grants)
    .innerJoin(entitlements, eq(entitlements.id, grants.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(live, eq(grants.personId, personId), ...containing(query)))
    .orderBy(asc(applications.name), asc(entitlements.name))
    .limit(limit);
}

/** The claim that a task took something away; a sync that no longer sees it confirms that. */
export async function claimRemoval(
  db: Db,
  pair: { personId: number; entitlementId: number },
  taskId: number,
  now: Date,
): Promise<void> {
  await db
    .update(grants)
    .set({
      removalTaskId: taskId,
      removalClaimedAt: now,
      missedSyncs: 0,
      // What only a task claimed to have given, no sync will miss: it is gone with the claim.
      closedAt: sql`case when ${grants.source} = 'task' and ${grants.verifiedAt} is null then ${now.toISOString()}::timestamptz end`,
    })
    .where(
      and(live, eq(grants.personId, pair.personId), eq(grants.entitlementId, pair.entitlementId)),
    );
}

/** When what a task took away was seen no more. */
export async function findRemoval(db: Db, taskId: number): Promise<Date | undefined> {
  const [grant] = await db
    .select({ closedAt: grants.closedAt })
    .from(grants)
    .where(eq(grants.removalTaskId, taskId));
  return grant?.closedAt ?? undefined;
}

/** Tasks whose removal a sync that ended just now confirmed. */
export async function listConfirmedRemovals(db: Db, closedAt: Date): Promise<number[]> {
  const rows = await db
    .select({ taskId: grants.removalTaskId })
    .from(grants)
    .where(and(eq(grants.closedAt, closedAt), isNotNull(grants.removalTaskId)));
  return rows.flatMap(({ taskId }) => (taskId === null ? [] : [taskId]));
}

/**
 * What was held until a date is held until a later one, also where a task had claimed to take it away.
 * @returns false when it is not held any more.
 */
export async function extendGrant(
  db: Db,
  pair: { personId: number; entitlementId: number },
  expiresAt: Date | null,
): Promise<boolean> {
  const extended = await db
    .update(grants)
    .set({ expiresAt, expiryToldAt: null, removalTaskId: null, removalClaimedAt: null })
    .where(
      and(live, eq(grants.personId, pair.personId), eq(grants.entitlementId, pair.entitlementId)),
    )
    .returning({ id: grants.id });
  return extended.length > 0;
}

/** The claim that a task provisioned something; a sync verifies it later. */
export async function insertClaimedGrant(
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

/** Of the active people of a department, how many are there and how many hold the entitlement. */
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

export async function findLastSync(db: Db) {
  const [run] = await db
    .select()
    .from(syncRuns)
    .where(sql`${syncRuns.finishedAt} is not null`)
    .orderBy(sql`${syncRuns.id} desc`)
    .limit(1);
  return run;
}
