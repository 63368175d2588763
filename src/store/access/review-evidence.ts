import { and, desc, eq, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { isActivePerson, type Person } from '../people/people.ts';
import { grants } from '../schema/access.ts';
import {
  accessProfiles,
  enrollments,
  profileEntitlements,
  suggestionEntitlements,
  suggestions,
} from '../schema/mining.ts';
import { people } from '../schema/people.ts';
import { taskSteps, tasks } from '../schema/tasks.ts';

// Facts about one person and one entitlement that help a reviewer: peers, earlier grants, earlier decisions.

/** The number of people in one cohort, and how many of them hold the entitlement. */
export interface PeerCount {
  people: number;
  holders: number;
}

/**
 * Counts active people of the person's department, those with the same title there, and those with the same manager.
 * The person is among them.
 */
export async function countCohortHolders(
  db: Db,
  person: Person,
  entitlementId: number,
): Promise<{ department: PeerCount; title: PeerCount; team: PeerCount }> {
  const inDepartment = sql`coalesce(${people.department} = ${person.department}::text, false)`;
  const ofTitle = sql`(${inDepartment} and coalesce(${people.jobTitle} = ${person.jobTitle}::text, false))`;
  const inTeam = sql`coalesce(${people.managerId} = ${person.managerId}::int, false)`;
  const [row] = await db
    .select({
      department: sql<number>`count(*) filter (where ${inDepartment})::int`,
      departmentHolders: sql<number>`count(${grants.id}) filter (where ${inDepartment})::int`,
      title: sql<number>`count(*) filter (where ${ofTitle})::int`,
      titleHolders: sql<number>`count(${grants.id}) filter (where ${ofTitle})::int`,
      team: sql<number>`count(*) filter (where ${inTeam})::int`,
      teamHolders: sql<number>`count(${grants.id}) filter (where ${inTeam})::int`,
    })
    .from(people)
    .leftJoin(
      grants,
      and(
        eq(grants.personId, people.id),
        eq(grants.entitlementId, entitlementId),
        isNull(grants.closedAt),
      ),
    )
    .where(and(isActivePerson, sql`(${inDepartment} or ${inTeam})`));
  return {
    department: { people: row?.department ?? 0, holders: row?.departmentHolders ?? 0 },
    title: { people: row?.title ?? 0, holders: row?.titleHolders ?? 0 },
    team: { people: row?.team ?? 0, holders: row?.teamHolders ?? 0 },
  };
}

/** The last five closed grants of the pair, the newest first. */
export async function listPastGrants(db: Db, personId: number, entitlementId: number) {
  return db
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.personId, personId),
        eq(grants.entitlementId, entitlementId),
        isNotNull(grants.closedAt),
      ),
    )
    .orderBy(desc(grants.closedAt))
    .limit(5);
}

/** Decisions in other tasks about the same person and entitlement, the newest first. */
export async function listPastDecisions(
  db: Db,
  pair: { personId: number; entitlementId: number },
  exceptTaskId: number,
) {
  return db
    .select({
      taskId: tasks.id,
      kind: tasks.kind,
      state: taskSteps.state,
      at: taskSteps.decidedAt,
      reason: taskSteps.reason,
      decider: people.name,
    })
    .from(tasks)
    .innerJoin(taskSteps, eq(taskSteps.taskId, tasks.id))
    .innerJoin(people, eq(people.id, taskSteps.decidedBy))
    .where(
      and(
        eq(tasks.personId, pair.personId),
        eq(tasks.entitlementId, pair.entitlementId),
        ne(tasks.id, exceptTaskId),
      ),
    )
    .orderBy(desc(taskSteps.decidedAt), desc(taskSteps.id))
    .limit(50);
}

/** When an earlier request for the same access was last denied; undefined: never. */
export async function findLastDenial(
  db: Db,
  task: { id: number; personId: number; entitlementId: number },
): Promise<Date | undefined> {
  const [last] = await db
    .select({ at: tasks.closedAt })
    .from(tasks)
    .where(
      and(
        eq(tasks.personId, task.personId),
        eq(tasks.entitlementId, task.entitlementId),
        eq(tasks.kind, 'grant'),
        eq(tasks.state, 'denied'),
        ne(tasks.id, task.id),
      ),
    )
    .orderBy(desc(tasks.closedAt))
    .limit(1);
  return last?.at ?? undefined;
}

/** Access profiles that contain the entitlement. `isEnrolled`: the person is a member. */
export async function listProfilesWith(db: Db, entitlementId: number, personId: number) {
  return db
    .select({
      name: accessProfiles.name,
      isEnrolled: sql<boolean>`exists (select 1 from ${enrollments}
        where ${enrollments.profileId} = ${accessProfiles.id}
          and ${enrollments.personId} = ${personId} and ${enrollments.active})`,
    })
    .from(profileEntitlements)
    .innerJoin(accessProfiles, eq(accessProfiles.id, profileEntitlements.profileId))
    .where(
      and(eq(profileEntitlements.entitlementId, entitlementId), isNull(accessProfiles.archivedAt)),
    )
    .orderBy(accessProfiles.nameKey);
}

/** Undecided suggestions of mining runs that contain the entitlement, strongest first. */
export async function listSuggestionsWith(db: Db, entitlementId: number) {
  return db
    .select({
      kind: suggestions.kind,
      cohort: suggestions.cohort,
      memberIds: suggestions.memberIds,
      people: suggestions.people,
      holders: suggestionEntitlements.holders,
    })
    .from(suggestionEntitlements)
    .innerJoin(suggestions, eq(suggestions.id, suggestionEntitlements.suggestionId))
    .where(
      and(
        eq(suggestionEntitlements.entitlementId, entitlementId),
        eq(suggestions.state, 'new'),
        eq(suggestions.origin, 'run'),
      ),
    )
    .orderBy(desc(suggestions.score), suggestions.id)
    .limit(20);
}

/** The number of open requests of a requester. */
export async function countOpenRequestsBy(db: Db, requesterId: number): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .where(
      and(eq(tasks.requesterId, requesterId), eq(tasks.state, 'open'), eq(tasks.kind, 'grant')),
    );
  return row?.count ?? 0;
}
