import { inArray } from 'drizzle-orm';
import type { Db } from './db.ts';
import { userGroups } from './schema/people.ts';

export type UserGroup = typeof userGroups.$inferSelect;

export async function listUserGroups(db: Db, ids: readonly string[]): Promise<UserGroup[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(userGroups)
        .where(inArray(userGroups.id, [...new Set(ids)]));
}
