import { and, eq, gte, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { outbox } from '../schema/messages.ts';
import type { OutboxRow } from './outbox.ts';

const pending = and(isNull(outbox.deliveredAt), isNull(outbox.failedAt));

/**
 * Keeps a claim for longer.
 * @returns the row as it is claimed now; undefined when the claim has run out, and the row is somebody else's.
 */
export async function renewClaim(
  db: Db,
  { id, claimedUntil }: OutboxRow,
  until: Date,
): Promise<OutboxRow | undefined> {
  if (!claimedUntil) return undefined;
  const [renewed] = await db
    .update(outbox)
    .set({ claimedUntil: until })
    .where(and(pending, eq(outbox.id, id), eq(outbox.claimedUntil, claimedUntil)))
    .returning();
  return renewed;
}

/** What was put off for this reason is due. */
export async function releaseHeld(db: Db, error: string, now: Date): Promise<void> {
  await db
    .update(outbox)
    .set({ availableAt: now })
    .where(and(pending, eq(outbox.error, error)));
}

/** Whether a row is still to be delivered. */
export async function isPending(db: Db, id: number): Promise<boolean> {
  const [row] = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.id, id), isNull(outbox.deliveredAt), isNull(outbox.failedAt)));
  return row !== undefined;
}

/**
 * Messages that failed since then for want of an address that takes mail, and whose reader has another one by now,
 * begin anew. The address that was tried is in the error.
 */
export async function reviveReaddressed(db: Db, since: Date, now: Date): Promise<void> {
  await db
    .update(outbox)
    .set({ failedAt: null, error: null, attempts: 0, createdAt: now, availableAt: now })
    .where(
      and(
        gte(outbox.failedAt, since),
        sql`(${outbox.error} like '%is refused:%' or ${outbox.error} like '%no e-mail address%')`,
        sql`exists (select 1 from people p where p.id = ${outbox.recipientId}
          and p.active and p.closed_at is null
          and position(lower(p.email) in lower(${outbox.error})) = 0)`,
      ),
    );
}
