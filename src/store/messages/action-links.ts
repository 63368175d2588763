import { and, eq, gt, isNull, lt, max, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { actionLinks } from '../schema/messages.ts';
import { inChunks } from '../sync/sync-runs.ts';

export type ActionLink = typeof actionLinks.$inferSelect;

export async function insertActionLink(
  db: Db,
  link: typeof actionLinks.$inferInsert,
): Promise<number> {
  const [inserted] = await db.insert(actionLinks).values(link).returning({ id: actionLinks.id });
  if (!inserted) throw new Error('a link was not inserted');
  return inserted.id;
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

/** Finds a link by its id. */
export async function findActionLinkById(db: Db, id: number): Promise<ActionLink | undefined> {
  const [link] = await db.select().from(actionLinks).where(eq(actionLinks.id, id));
  return link;
}

/** When the page of one of a person's links to their inbox last sent a newer link; undefined: never. */
export async function findLastRenewal(db: Db, personId: number): Promise<Date | undefined> {
  const [last] = await db
    .select({ at: max(actionLinks.usedAt) })
    .from(actionLinks)
    .where(and(eq(actionLinks.personId, personId), eq(actionLinks.page, 'preferences')));
  return last?.at ?? undefined;
}

/** Records that the page of a link sent a newer link. */
export async function markRenewal(db: Db, id: number, at: Date): Promise<void> {
  await db.update(actionLinks).set({ usedAt: at }).where(eq(actionLinks.id, id));
}

/** The number of times that a person's inbox was opened since a moment. */
export async function countSessions(db: Db, personId: number, since: Date): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(actionLinks)
    .where(
      and(
        eq(actionLinks.personId, personId),
        eq(actionLinks.page, 'session'),
        gt(actionLinks.createdAt, since),
      ),
    );
  return row?.count ?? 0;
}

/** Closes the open inbox of a person. @returns the ids of the ended sessions */
export async function endSessions(db: Db, personId: number, now: Date): Promise<number[]> {
  const ended = await db
    .update(actionLinks)
    .set({ expiresAt: now })
    .where(
      and(
        eq(actionLinks.personId, personId),
        eq(actionLinks.page, 'session'),
        gt(actionLinks.expiresAt, now),
      ),
    )
    .returning({ id: actionLinks.id });
  return ended.map(({ id }) => id);
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
