import { and, eq, gte, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { outbox, type WaitingFor } from '../schema/messages.ts';
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

/** Messages that wait for this are due. */
export async function releaseWaiting(db: Db, waitingFor: WaitingFor, now: Date): Promise<void> {
  await db
    .update(outbox)
    .set({ availableAt: now })
    .where(and(pending, eq(outbox.waitingFor, waitingFor)));
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
 * Messages that failed since then for want of an address that takes mail start again when their reader has another
 * address by now.
 */
export async function reviveReaddressed(db: Db, since: Date, now: Date): Promise<void> {
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
