import { eq } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { accessProfiles, profileNotices } from '../schema/mining.ts';

export type NewProfileNotice = Omit<typeof profileNotices.$inferInsert, 'createdAt'>;

/** @returns its id, the subject of the messages. */
export async function insertProfileNotice(
  db: Db,
  notice: NewProfileNotice,
  now: Date,
): Promise<number> {
  const [inserted] = await db
    .insert(profileNotices)
    .values({ ...notice, createdAt: now })
    .returning({ id: profileNotices.id });
  if (!inserted) throw new Error('the notice was not stored');
  return inserted.id;
}

/** A notice with the current name of the profile. */
export async function findProfileNotice(db: Db, id: number) {
  const [found] = await db
    .select({ notice: profileNotices, name: accessProfiles.name })
    .from(profileNotices)
    .innerJoin(accessProfiles, eq(accessProfiles.id, profileNotices.profileId))
    .where(eq(profileNotices.id, id));
  return found;
}
