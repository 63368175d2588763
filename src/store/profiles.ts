import { and, asc, eq, ilike, sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import { isHere } from './people.ts';
import { accessProfiles, enrollments, profileEntitlements } from './schema/mining.ts';
import { people } from './schema/people.ts';

export type AccessProfile = typeof accessProfiles.$inferSelect;

/** @returns undefined when the name is taken. */
export async function insertProfile(
  db: Db,
  profile: typeof accessProfiles.$inferInsert,
  entitlementIds: readonly number[],
): Promise<AccessProfile | undefined> {
  const [inserted] = await db
    .insert(accessProfiles)
    .values(profile)
    .onConflictDoNothing()
    .returning();
  if (!inserted) return undefined;
  await db
    .insert(profileEntitlements)
    .values(entitlementIds.map((entitlementId) => ({ profileId: inserted.id, entitlementId })));
  return inserted;
}

/** @returns the entitlements that were not in the profile before. */
export async function insertProfileEntitlements(
  db: Db,
  profileId: number,
  entitlementIds: readonly number[],
): Promise<number[]> {
  if (entitlementIds.length === 0) return [];
  const rows = await db
    .insert(profileEntitlements)
    .values(entitlementIds.map((entitlementId) => ({ profileId, entitlementId })))
    .onConflictDoNothing()
    .returning({ id: profileEntitlements.entitlementId });
  return rows.map((row) => row.id);
}

export async function findProfile(db: Db, id: number): Promise<AccessProfile | undefined> {
  const [profile] = await db.select().from(accessProfiles).where(eq(accessProfiles.id, id));
  return profile;
}

/** All profiles by name, with how many entitlements and members they have. */
export async function listProfiles(db: Db) {
  return db
    .select({
      profile: accessProfiles,
      entitlements: sql<number>`(select count(*)::int from ${profileEntitlements}
        where ${profileEntitlements.profileId} = ${accessProfiles.id})`,
      members: sql<number>`(select count(*)::int from ${enrollments}
        where ${enrollments.profileId} = ${accessProfiles.id} and ${enrollments.active})`,
    })
    .from(accessProfiles)
    .orderBy(asc(accessProfiles.nameKey));
}

/** The entitlement sets of all profiles. */
export async function listProfileSets(db: Db): Promise<Map<number, Set<number>>> {
  const sets = new Map<number, Set<number>>();
  for (const { profileId, entitlementId } of await db.select().from(profileEntitlements)) {
    const set = sets.get(profileId) ?? new Set();
    sets.set(profileId, set.add(entitlementId));
  }
  return sets;
}

export async function listProfileEntitlementIds(db: Db, profileId: number): Promise<number[]> {
  const rows = await db
    .select({ id: profileEntitlements.entitlementId })
    .from(profileEntitlements)
    .where(eq(profileEntitlements.profileId, profileId))
    .orderBy(profileEntitlements.entitlementId);
  return rows.map((row) => row.id);
}

/** @returns the people who were not enrolled before. */
export async function insertEnrollments(
  db: Db,
  profileId: number,
  personIds: readonly number[],
  by: { enrolledBy: number | null; enrolledAt: Date },
): Promise<number[]> {
  const enrolled: number[] = [];
  for (let at = 0; at < personIds.length; at += 1000) {
    const rows = await db
      .insert(enrollments)
      .values(personIds.slice(at, at + 1000).map((personId) => ({ profileId, personId, ...by })))
      .onConflictDoUpdate({
        target: [enrollments.profileId, enrollments.personId],
        set: { ...by, active: true },
        setWhere: eq(enrollments.active, false),
      })
      .returning({ personId: enrollments.personId });
    enrolled.push(...rows.map((row) => row.personId));
  }
  return enrolled;
}

/** Everybody who is enrolled, whether they are still here or not. */
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

/** The entitlements of all profiles that each of these people is enrolled in. */
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
export async function searchMembers(db: Db, profileId: number, words: string, limit: number) {
  const like = `%${words.trim().replace(/[\\%_]/g, '\\$&')}%`;
  const members = await db
    .select({ person: people })
    .from(enrollments)
    .innerJoin(people, eq(people.id, enrollments.personId))
    .where(
      and(
        eq(enrollments.profileId, profileId),
        eq(enrollments.active, true),
        ilike(people.name, like),
      ),
    )
    .orderBy(asc(people.name), asc(people.id))
    .limit(limit);
  return members.map(({ person }) => person);
}

export async function listMembers(db: Db, profileId: number) {
  return db
    .select({ person: people, enrollment: enrollments })
    .from(enrollments)
    .innerJoin(people, eq(people.id, enrollments.personId))
    .where(and(eq(enrollments.profileId, profileId), eq(enrollments.active, true), isHere))
    .orderBy(asc(people.name), asc(people.id));
}
