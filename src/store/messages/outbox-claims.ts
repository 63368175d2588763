import { and, eq, gte, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { outbox, type WaitingFor } from '../schema/messages.ts';
import type { OutboxRow } from './outbox.ts';

const pending = and(isNull(outbox.deliveredAt), isNull(outbox.failedAt));

/**
 * Extends a claim.
 * @returns the row with the new claim; undefined when the claim has expired and another delivery may have the row.
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

/** Makes messages that wait for this surface due. */
export async function releaseWaiting(db: Db, waitingFor: WaitingFor, now: Date): Promise<void> {
  await db
    .update(outbox)
    .set({ availableAt: now })
    .where(and(pending, eq(outbox.waitingFor, waitingFor)));
}

/** Whether a row is neither delivered nor failed. */
export async function isPending(db: Db, id: number): Promise<boolean> {
  const [row] = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.id, id), isNull(outbox.deliveredAt), isNull(outbox.failedAt)));
  return row !== undefined;
}

/**
 * Restarts messages that failed since a moment because of the reader's e-mail address, if the reader has another
 * address now.
 */
export async function restartReaddressed(db: Db, since: Date, now: Date): Promise<void> {
  await db
    .update(outbox)
    .set({
      failedAt: null,
      mailFailure: null,
      failedAddress: null,
      error: null,
      attempts: 0,
      createdAt: now,
      availableAt: now,
    })
    .where(
      and(
        gte(outbox.failedAt, since),
        isNotNull(outbox.mailFailure),
        sql`exists (select 1 from people p where p.id = ${outbox.recipientId}
          and p.active and p.closed_at is null
          and lower(p.email) <> lower(coalesce(${outbox.failedAddress}, '')))`,
      ),
    );
}
