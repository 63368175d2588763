import {
  claimOutbox,
  markDelivered,
  markFailed,
  nextDue,
  type OutboxRow,
  putOff,
} from '../store/outbox.ts';
import type { Ctx } from './context.ts';

export type { OutboxRow };

/** Takes up to `limit` messages that are due, for this process alone. */
export async function claimMessages(ctx: Ctx, limit: number): Promise<OutboxRow[]> {
  return claimOutbox(ctx.db, ctx.now, limit);
}

/** A message is done; `via` says how: slack, email, or moot when there was nothing left to say. */
export async function finishMessage(ctx: Ctx, row: OutboxRow, via: string): Promise<void> {
  await markDelivered(ctx.db, row, via, new Date());
}

export async function postponeMessage(
  ctx: Ctx,
  row: OutboxRow,
  at: Date,
  why: { error?: string; counted: boolean },
): Promise<void> {
  await putOff(ctx.db, row.id, at, why);
}

export async function failMessage(ctx: Ctx, row: OutboxRow, error: string): Promise<void> {
  await markFailed(ctx.db, row.id, error, new Date());
}

export async function nextMessageDue(ctx: Ctx): Promise<Date | undefined> {
  return nextDue(ctx.db);
}
