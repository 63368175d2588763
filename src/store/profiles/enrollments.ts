import { and, asc, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { isActivePerson } from '../people/people.ts';
import { enrollments, profileEntitlements } from '../schema/mining.ts';
import { people } from '../schema/people.ts';
import { containsWords, runSearch } from '../search.ts';

export type Enrollment = typeof enrollments.$inferSelect;

/** @returns the ids of the people who were not enrolled before. */
export async function insertEnrollments(
  db: Db,
  {
    profileId,
    personIds,
    enrollment,
    endOf,
  }: {
    profileId: number;
    personIds: readonly number[];
    enrollment: Pick<Enrollment, 'enrolledBy' | 'enrolledAt' | 'source'>;
    /** The end of each membership; null for none. */
    endOf(personId: number): Date | null;
  },
): Promise<number[]> {
  const enrolled: number[] = [];
  for (let at = 0; at < personIds.length; at += 1000) {
    const rows = await db
      .insert(enrollments)
      .values(
        personIds.slice(at, at + 1000).map((personId) => ({
          ...enrollment,
          profileId,
          personId,
          endsAt: endOf(personId),
        })),
      )
      .onConflictDoUpdate({
        target: [enrollments.profileId, enrollments.personId],
        set: { ...enrollment, endsAt: sql`excluded.ends_at`, active: true },
        setWhere: eq(enrollments.active, false),
      })
      .returning({ personId: enrollments.personId });
    enrolled.push(...rows.map((row) => row.personId));
  }
  return enrolled;
}

/** The ids of all members, including people who have left the company. */
export async function listEnrolled(db: Db, profileId: number): Promise<number[]> {
  const rows = await db
    .select({ id: enrollments.personId })
    .from(enrollments)
    .where(and(eq(enrollments.profileId, profileId), eq(enrollments.active, true)));
  return rows.map((row) => row.id);
}

export async function endEnrollments(
  db: Db,
  profileId: number,
  personIds: readonly number[],
): Promise<void> {
  await db
    .update(enrollments)
    .set({ active: false })
    .where(
      and(
        eq(enrollments.profileId, profileId),
        sql`${enrollments.personId} = any(${sql.param([...personIds])}::int[])`,
      ),
    );
}

/** By person: the entitlements of all profiles that the person is enrolled in. */
export async function listEnrolledSets(
  db: Db,
  personIds: readonly number[],
): Promise<Map<number, Set<number>>> {
  const rows = await db
    .selectDistinct({
      personId: enrollments.personId,
      entitlementId: profileEntitlements.entitlementId,
    })
    .from(enrollments)
    .innerJoin(profileEntitlements, eq(profileEntitlements.profileId, enrollments.profileId))
    .where(
      and(
        eq(enrollments.active, true),
        sql`${enrollments.personId} = any(${sql.param([...personIds])}::int[])`,
      ),
    );
  const sets = new Map<number, Set<number>>();
  for (const { personId, entitlementId } of rows) {
    const set = sets.get(personId) ?? new Set();
    sets.set(personId, set.add(entitlementId));
  }
  return sets;
}

/** Members whose name contains the words. */
export async function searchEnrolled(
  db: Db,
  { profileId, words, limit }: { profileId: number; words: string; limit: number },
) {
  const isMember = and(eq(enrollments.profileId, profileId), eq(enrollments.active, true));
  const members = await runSearch(db, (db) =>
    db
      .select({ person: people })
      .from(enrollments)
      .innerJoin(people, eq(people.id, enrollments.personId))
      .where(and(isMember, containsWords(words, people.name)))
      .orderBy(asc(people.name), asc(people.id))
      .limit(limit),
  );
  return members.map(({ person }) => person);
}

/** A page of the members who are still in the company, by name, and their total number. */
export async function listMembers(
  db: Db,
  profileId: number,
  page: { offset: number; limit: number },
) {
  const which = and(
    eq(enrollments.profileId, profileId),
    eq(enrollments.active, true),
    isActivePerson,
  );
  const found = await db
    .select({ person: people, enrollment: enrollments })
    .from(enrollments)
    .innerJoin(people, eq(people.id, enrollments.personId))
    .where(which)
    .orderBy(asc(people.name), asc(people.id))
    .offset(page.offset)
    .limit(page.limit);
  const [all] = await db
    .select({ total: sql<number>`count(*)::int` })
    .from(enrollments)
    .innerJoin(people, eq(people.id, enrollments.personId))
    .where(which);
  return { found, total: all?.total ?? 0 };
}

/** The ids of the members who are still in the company. */
export async function listMemberIds(db: Db, profileId: number): Promise<number[]> {
  const rows = await db
    .select({ id: enrollments.personId })
    .from(enrollments)
    .innerJoin(people, eq(people.id, enrollments.personId))
    .where(and(eq(enrollments.profileId, profileId), eq(enrollments.active, true), isActivePerson))
    .orderBy(asc(enrollments.personId));
  return rows.map((row) => row.id);
}

/** All members and the source of their enrollment. */
export async function listEnrollments(
  db: Db,
  profileId: number,
): Promise<Pick<Enrollment, 'personId' | 'source'>[]> {
  return db
    .select({ personId: enrollments.personId, source: enrollments.source })
    .from(enrollments)
    .where(and(eq(enrollments.profileId, profileId), eq(enrollments.active, true)))
    .orderBy(asc(enrollments.personId));
}

/** Active enrollments past their end. */
export async function listEndedEnrollments(db: Db, now: Date): Promise<Enrollment[]> {
  return db
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.active, true), lte(enrollments.endsAt, now)))
    .orderBy(asc(enrollments.profileId), asc(enrollments.personId));
}

/** Changes the source of enrollments; `endsAt: null` removes their end. */
export async function changeEnrollments(
  db: Db,
  {
    profileId,
    personIds,
    change,
  }: {
    profileId: number;
    personIds: readonly number[];
    change: Pick<Enrollment, 'source'> & { endsAt?: null };
  },
): Promise<void> {
  await db
    .update(enrollments)
    .set(change)
    .where(
      and(
        eq(enrollments.profileId, profileId),
        sql`${enrollments.personId} = any(${sql.param([...personIds])}::int[])`,
      ),
    );
}
