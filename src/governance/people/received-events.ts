import { deleteReceiptsBefore, insertReceipt } from '../../store/messages/received-events.ts';
import type { Ctx } from '../context.ts';

/**
 * Slack delivers some things twice (a reconnect, a retry). The first to write the receipt acts.
 * @returns whether this is the first time.
 */
export async function isFirstReceipt(ctx: Ctx, key: string): Promise<boolean> {
  return insertReceipt(ctx.db, key, ctx.now);
}

const keptMs = 2 * 24 * 3_600_000;

/** Forgets receipts that Slack will not repeat any more. */
export async function deleteOldReceipts(ctx: Ctx): Promise<void> {
  await deleteReceiptsBefore(ctx.db, new Date(ctx.now.getTime() - keptMs));
}
