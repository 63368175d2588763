import { and, eq, isNull } from 'drizzle-orm';
import type { Db } from './db.ts';
import type { OutboxRow } from './outbox.ts';
import { outbox } from './schema/delivery.ts';

const pending = and(isNull(outbox.deliveredAt), isNull(outbox.failedAt));

/**
 * Keeps a claim for longer.
 * @returns false when it has run out, and the row is somebody else's.
 */
export async function renewClaim(
  db: Db,
  { id, claimedUntil }: OutboxRow,
  until: Date,
): Promise<boolean> {
  if (!claimedUntil) return false;
  const renewed = await db
    .update(outbox)
    .set({ claimedUntil: until })
    .where(and(pending, eq(outbox.id, id), eq(outbox.claimedUntil, claimedUntil)))
    .returning({ id: outbox.id });
  return renewed.length > 0;
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
