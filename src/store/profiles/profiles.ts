import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { groupBy } from '../../collections.ts';
import type { Db } from '../db.ts';
import type { Person } from '../people/people.ts';
import {
  accessProfiles,
  type Cohort,
  enrollments,
  profileEntitlements,
  profileOwners,
  suggestions,
} from '../schema/mining.ts';
import { people } from '../schema/people.ts';
import { containsWords, runSearch } from '../search.ts';

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

export async function deleteProfileEntitlements(
  db: Db,
  profileId: number,
  entitlementIds: readonly number[],
): Promise<void> {
  await db
    .delete(profileEntitlements)
    .where(
      and(
        eq(profileEntitlements.profileId, profileId),
        sql`${profileEntitlements.entitlementId} = any(${sql.param([...entitlementIds])}::int[])`,
      ),
    );
}

export async function findProfile(db: Db, id: number): Promise<AccessProfile | undefined> {
  const [profile] = await db.select().from(accessProfiles).where(eq(accessProfiles.id, id));
  return profile;
}

/** Finds a profile and locks it until the end of the transaction. */
export async function lockProfile(db: Db, id: number): Promise<AccessProfile | undefined> {
  const [profile] = await db
    .select()
    .from(accessProfiles)
    .where(eq(accessProfiles.id, id))
    .for('update');
  return profile;
}

/** @returns undefined when the new name is taken. */
export async function changeProfile(
  db: Db,
  id: number,
  change: Partial<typeof accessProfiles.$inferInsert>,
): Promise<AccessProfile | undefined> {
  const taken =
    change.nameKey === undefined
      ? []
      : await db
          .select({ id: accessProfiles.id })
          .from(accessProfiles)
          .where(
            and(eq(accessProfiles.nameKey, change.nameKey), sql`${accessProfiles.id} <> ${id}`),
          );
  if (taken.length > 0) return undefined;
  const [changed] = await db
    .update(accessProfiles)
    .set(change)
    .where(eq(accessProfiles.id, id))
    .returning();
  return changed;
}

/** Profiles with a membership rule that are not archived, locked in id order. */
export async function lockRuleProfiles(db: Db): Promise<AccessProfile[]> {
  return db
    .select()
    .from(accessProfiles)
    .where(and(isNotNull(accessProfiles.rule), isNull(accessProfiles.archivedAt)))
    .orderBy(asc(accessProfiles.id))
    .for('update');
}

const counted = {
  profile: accessProfiles,
  entitlements: sql<number>`(select count(*)::int from ${profileEntitlements}
    where ${profileEntitlements.profileId} = ${accessProfiles.id})`,
  members: sql<number>`(select count(*)::int from ${enrollments}
    where ${enrollments.profileId} = ${accessProfiles.id} and ${enrollments.active})`,
};

/** All profiles by name, with the numbers of their entitlements and members. */
export async function listProfiles(db: Db) {
  return db.select(counted).from(accessProfiles).orderBy(asc(accessProfiles.nameKey));
}

/** A page of the profiles whose name or description contains the words, by name, and their total number. */
export async function searchProfiles(
  db: Db,
  about: { words: string; archived: boolean; offset: number; limit: number },
) {
  const which: SQL | undefined = and(
    about.archived ? isNotNull(accessProfiles.archivedAt) : isNull(accessProfiles.archivedAt),
    containsWords(about.words, accessProfiles.name, accessProfiles.description),
  );
  return runSearch(db, async (db) => {
    const found = await db
      .select(counted)
      .from(accessProfiles)
      .where(which)
      .orderBy(asc(accessProfiles.nameKey))
      .offset(about.offset)
      .limit(about.limit);
    const [all] = await db
      .select({ total: sql<number>`count(*)::int` })
      .from(accessProfiles)
      .where(which);
    return { found, total: all?.total ?? 0 };
  });
}

/** The owners of a profile, including people who have left. */
export async function listProfileOwners(db: Db, profileId: number): Promise<Person[]> {
  const rows = await db
    .select({ person: people })
    .from(profileOwners)
    .innerJoin(people, eq(people.id, profileOwners.personId))
    .where(eq(profileOwners.profileId, profileId))
    .orderBy(asc(people.name), asc(people.id));
  return rows.map(({ person }) => person);
}

export async function replaceProfileOwners(
  db: Db,
  profileId: number,
  personIds: readonly number[],
): Promise<void> {
  await db.delete(profileOwners).where(eq(profileOwners.profileId, profileId));
  if (personIds.length === 0) return;
  await db
    .insert(profileOwners)
    .values([...new Set(personIds)].map((personId) => ({ profileId, personId })));
}

/** The ids of the profiles that a person owns. */
export async function listOwnedProfileIds(db: Db, personId: number): Promise<number[]> {
  const rows = await db
    .select({ id: profileOwners.profileId })
    .from(profileOwners)
    .where(eq(profileOwners.personId, personId));
  return rows.map(({ id }) => id);
}

/** The entitlement ids of all profiles that are not archived, by profile. */
export async function listProfileSets(db: Db): Promise<Map<number, Set<number>>> {
  const sets = new Map<number, Set<number>>();
  const all = await db
    .select({
      profileId: profileEntitlements.profileId,
      entitlementId: profileEntitlements.entitlementId,
    })
    .from(profileEntitlements)
    .innerJoin(accessProfiles, eq(accessProfiles.id, profileEntitlements.profileId))
    .where(isNull(accessProfiles.archivedAt));
  for (const { profileId, entitlementId } of all) {
    const set = sets.get(profileId) ?? new Set();
    sets.set(profileId, set.add(entitlementId));
  }
  return sets;
}

/** The profiles with the people they are for: those of their rule, or of the suggestion they came from, and members. */
export async function listProfileCovers(
  db: Db,
): Promise<{ entitlements: number[]; cohort: Cohort | undefined; people: number[] }[]> {
  const sets = await listProfileSets(db);
  const profiles = await db
    .select({
      id: accessProfiles.id,
      cohort: accessProfiles.cohort,
      rule: accessProfiles.rule,
      team: suggestions.memberIds,
    })
    .from(accessProfiles)
    .leftJoin(suggestions, eq(suggestions.id, accessProfiles.suggestionId))
    .where(isNull(accessProfiles.archivedAt));
  const members = await db
    .select({ profileId: enrollments.profileId, personId: enrollments.personId })
    .from(enrollments)
    .where(eq(enrollments.active, true));
  const byProfile = groupBy(members, ({ profileId }) => profileId);
  return profiles.map(({ id, cohort, rule, team }) => ({
    entitlements: [...(sets.get(id) ?? [])],
    // An empty cohort is everyone.
    cohort: rule ?? cohort ?? undefined,
    people: [...(team ?? []), ...(byProfile.get(id) ?? []).map(({ personId }) => personId)],
  }));
}

export async function listProfileEntitlementIds(db: Db, profileId: number): Promise<number[]> {
  const rows = await db
    .select({ id: profileEntitlements.entitlementId })
    .from(profileEntitlements)
    .where(eq(profileEntitlements.profileId, profileId))
    .orderBy(profileEntitlements.entitlementId);
  return rows.map((row) => row.id);
}
