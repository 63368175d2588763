import { lt } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { slackReceipts } from '../schema/messages.ts';

/** @returns false when the interaction was received before. */
export async function insertReceipt(db: Db, key: string, now: Date): Promise<boolean> {
  const inserted = await db
    .insert(slackReceipts)
    .values({ key, receivedAt: now })
    .onConflictDoNothing()
    .returning();
  return inserted.length > 0;
}

/** Slack retries for an hour (docs/slack.md#redelivery), or for a day if an admin has turned that on. */
export async function deleteReceiptsBefore(db: Db, before: Date): Promise<void> {
  await db.delete(slackReceipts).where(lt(slackReceipts.receivedAt, before));
}
