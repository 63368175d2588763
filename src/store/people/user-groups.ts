import { asc, eq, inArray, notInArray } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { userGroups } from '../schema/people.ts';
import { containsWords, runSearch } from '../search.ts';

export type UserGroup = typeof userGroups.$inferSelect;

export async function listUserGroups(db: Db, ids: readonly string[]): Promise<UserGroup[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(userGroups)
        .where(inArray(userGroups.id, [...new Set(ids)]));
}

/** User groups whose handle or name contains the words. */
export async function searchUserGroups(db: Db, words: string, limit: number): Promise<UserGroup[]> {
  return runSearch(db, (db) =>
    db
      .select()
      .from(userGroups)
      .where(containsWords(words, userGroups.handle, userGroups.name))
      .orderBy(asc(userGroups.handle))
      .limit(limit),
  );
}

export async function listAllUserGroups(db: Db): Promise<UserGroup[]> {
  return db.select().from(userGroups).orderBy(userGroups.id);
}

/** Replaces all user groups. */
export async function replaceUserGroups(db: Db, groups: readonly UserGroup[]): Promise<void> {
  const isGone = notInArray(
    userGroups.id,
    groups.map(({ id }) => id),
  );
  await db.delete(userGroups).where(isGone);
  for (const { id, ...rest } of groups) {
    await db
      .insert(userGroups)
      .values({ id, ...rest })
      .onConflictDoUpdate({ target: userGroups.id, set: rest });
  }
}

/** Makes the new members of a group approvers at once. @returns false when the group is gone. */
export async function clearJoinTimes(db: Db, id: string): Promise<boolean> {
  const cleared = await db
    .update(userGroups)
    .set({ joinedAt: {} })
    .where(eq(userGroups.id, id))
    .returning();
  return cleared.length > 0;
}
