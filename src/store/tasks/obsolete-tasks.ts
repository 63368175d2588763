import { and, asc, eq, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements, grants } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { tasks } from '../schema/tasks.ts';

const open = eq(tasks.state, 'open');
const label = sql<string>`${applications.name} || ' · ' || ${entitlements.name}`;

/** Open requests for people who have left. */
export async function listRequestsForLeavers(db: Db) {
  return db
    .select({ taskId: tasks.id, person: people.name })
    .from(tasks)
    .innerJoin(people, eq(people.id, tasks.personId))
    .where(
      and(open, eq(tasks.kind, 'grant'), or(eq(people.active, false), isNotNull(people.closedAt))),
    )
    .orderBy(asc(tasks.id));
}

/**
 * Open requests for access that a source shows. A claim of the task itself is not enough, and an extension is about
 * access that is there.
 */
export async function listRequestsOfHeldAccess(db: Db) {
  return db
    .select({ taskId: tasks.id, label, person: people.name })
    .from(tasks)
    .innerJoin(people, eq(people.id, tasks.personId))
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .innerJoin(
      grants,
      and(
        eq(grants.personId, tasks.personId),
        eq(grants.entitlementId, tasks.entitlementId),
        isNull(grants.closedAt),
        isNull(grants.deprovisionedAt),
        or(eq(grants.source, 'connector'), isNotNull(grants.verifiedAt)),
        or(isNull(grants.taskId), ne(grants.taskId, tasks.id)),
      ),
    )
    .where(and(open, eq(tasks.kind, 'grant'), ne(tasks.cause, 'extension')))
    .orderBy(asc(tasks.id));
}

/** Open tasks about entitlements that are closed. */
export async function listTasksOfClosedEntitlements(db: Db) {
  return db
    .select({ taskId: tasks.id, label })
    .from(tasks)
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(open, isNotNull(entitlements.closedAt)))
    .orderBy(asc(tasks.id));
}

/** Open revocations of expired access that the person no longer has. */
export async function listRevocationsOfEndedAccess(db: Db) {
  return db
    .select({ taskId: tasks.id, label, person: people.name })
    .from(tasks)
    .innerJoin(people, eq(people.id, tasks.personId))
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(
      and(
        open,
        eq(tasks.kind, 'revoke'),
        eq(tasks.cause, 'expired'),
        sql`not exists (select 1 from ${grants} g where g.closed_at is null
          and g.person_id = ${tasks.personId} and g.entitlement_id = ${tasks.entitlementId})`,
      ),
    )
    .orderBy(asc(tasks.id));
}

/** The open ones among these tasks. */
export async function filterOpenTasks(db: Db, ids: readonly number[]) {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(tasks)
        .where(and(open, sql`${tasks.id} = any(${sql.param([...ids])}::int[])`))
        .orderBy(asc(tasks.id));
}

/** Open requests of an access profile for these people. */
export async function listProfileRequests(db: Db, profileId: number, personIds: readonly number[]) {
  return db
    .select()
    .from(tasks)
    .where(
      and(
        open,
        eq(tasks.kind, 'grant'),
        eq(tasks.profileId, profileId),
        sql`${tasks.personId} = any(${sql.param([...personIds])}::int[])`,
      ),
    )
    .orderBy(asc(tasks.id));
}

/**
 * Makes a person's open requests for these entitlements part of their request for the whole profile.
 * @returns the number of those requests.
 */
export async function adoptRequests(
  db: Db,
  {
    profileId,
    personId,
    entitlementIds,
  }: { profileId: number; personId: number; entitlementIds: readonly number[] },
): Promise<number> {
  const adopted = await db
    .update(tasks)
    .set({ profileId })
    .where(
      and(
        open,
        eq(tasks.kind, 'grant'),
        eq(tasks.cause, 'asked'),
        eq(tasks.personId, personId),
        isNull(tasks.profileId),
        isNotNull(tasks.requesterId),
        inArray(tasks.entitlementId, [...entitlementIds]),
      ),
    )
    .returning({ id: tasks.id });
  return adopted.length;
}
