import { deleteReceiptsBefore, insertReceipt } from '../../store/messages/received-events.ts';
import type { Ctx } from '../context.ts';

/**
 * Writes the receipt of something that Slack delivered. Slack delivers some events twice, after a reconnect or as a
 * retry.
 * @returns whether this delivery is the first, and so the one that acts
 */
export async function isFirstReceipt(ctx: Ctx, key: string): Promise<boolean> {
  return insertReceipt(ctx.db, key, ctx.now);
}

/** Slack repeats nothing after this long. */
const maxAgeMs = 2 * 24 * 3_600_000;

export async function deleteOldReceipts(ctx: Ctx): Promise<void> {
  await deleteReceiptsBefore(ctx.db, new Date(ctx.now.getTime() - maxAgeMs));
}
