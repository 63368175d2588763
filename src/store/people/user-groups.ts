import { asc, inArray, notInArray } from 'drizzle-orm';
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
