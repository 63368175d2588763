import {
  claimOutbox,
  type Failure,
  findNextDue,
  markDelivered,
  markFailed,
  type OutboxRow,
  type Postponement,
  postponeRow,
} from '../../store/messages/outbox.ts';
import {
  releaseWaiting,
  renewClaim,
  restartReaddressed,
} from '../../store/messages/outbox-claims.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import type { DeliveredVia, WaitingFor } from '../../store/schema/messages.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { redrawHomes } from './redraw.ts';

export type { Failure, OutboxRow };

/** An undelivered message that is older is no longer sent to a new address. */
const maxReaddressedDays = 7;

/** Claims up to `limit` messages that are due, for this process alone. */
export async function claimMessages(ctx: Ctx, limit: number): Promise<OutboxRow[]> {
  return claimOutbox(ctx.db, { now: ctx.now, limit });
}

/** Marks a message as delivered. */
export async function finishMessage(ctx: Ctx, row: OutboxRow, via: DeliveredVia): Promise<void> {
  await markDelivered(ctx.db, { row, via, now: new Date() });
}

/** Puts a message off until `at`. */
export async function postponeMessage(
  ctx: Ctx,
  row: OutboxRow,
  { at, ...postponement }: Postponement & { at: Date },
): Promise<void> {
  await postponeRow(ctx.db, { id: row.id, availableAt: at, reason: postponement });
}

/**
 * Extends this process's claim of a message.
 * @returns the row with the new claim; undefined when another process has claimed it.
 */
export async function renewMessageClaim(
  ctx: Ctx,
  row: OutboxRow,
  until: Date,
): Promise<OutboxRow | undefined> {
  return renewClaim(ctx.db, row, until);
}

/** Makes the messages due that waited for Slack or the mail server, which is available again. */
export async function releaseMessages(ctx: Ctx, waitingFor: WaitingFor): Promise<void> {
  await releaseWaiting(ctx.db, waitingFor, ctx.now);
}

/** Gives up a message. Super Admins see it in their App Home. */
export async function failMessage(ctx: Ctx, row: OutboxRow, failure: Failure): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await markFailed(ctx.db, { row, failure, now: ctx.now });
    const admins = await listSuperAdmins(ctx.db);
    await redrawHomes(
      ctx,
      admins.map(({ id }) => id),
    );
  });
}

/** Sends undelivered messages again to people whose address has changed since. */
export async function retryReaddressed(ctx: Ctx): Promise<void> {
  const since = new Date(ctx.now.getTime() - maxReaddressedDays * 86_400_000);
  await inTransaction(ctx, (ctx) => restartReaddressed(ctx.db, since, ctx.now));
}

/** Finds the moment when the next message is due. */
export async function findNextMessageDue(ctx: Ctx): Promise<Date | undefined> {
  return findNextDue(ctx.db);
}
