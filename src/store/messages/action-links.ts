import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { actionLinks } from '../schema/messages.ts';
import { inChunks } from '../sync/sync-runs.ts';

export type ActionLink = typeof actionLinks.$inferSelect;

export async function insertActionLink(
  db: Db,
  link: typeof actionLinks.$inferInsert,
): Promise<void> {
  await db.insert(actionLinks).values(link);
}

/** @param tokenHash SHA-256 of the token, hex. */
export async function findActionLink(db: Db, tokenHash: string): Promise<ActionLink | undefined> {
  const [link] = await db.select().from(actionLinks).where(eq(actionLinks.tokenHash, tokenHash));
  return link;
}

/** Marks a link as used. A concurrent call waits. @returns false when it was used before. */
export async function takeActionLink(db: Db, id: number, now: Date): Promise<boolean> {
  const taken = await db
    .update(actionLinks)
    .set({ usedAt: now })
    .where(and(eq(actionLinks.id, id), isNull(actionLinks.usedAt)))
    .returning({ id: actionLinks.id });
  return taken.length > 0;
}

/** Expires all valid links of these people now. */
export async function expireActionLinks(
  db: Db,
  personIds: readonly number[],
  now: Date,
): Promise<void> {
  await inChunks(personIds, (part) =>
    db
      .update(actionLinks)
      .set({ expiresAt: now })
      .where(
        and(
          sql`${actionLinks.personId} = any(${sql.param(part)}::int[])`,
          gt(actionLinks.expiresAt, now),
        ),
      ),
  );
}

/** Deletes links that expired before this moment. */
export async function deleteActionLinks(db: Db, expiredBefore: Date): Promise<void> {
  await db.delete(actionLinks).where(lt(actionLinks.expiresAt, expiredBefore));
}
