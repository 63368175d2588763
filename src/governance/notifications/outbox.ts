import {
  claimOutbox,
  type Failure,
  markDelivered,
  markFailed,
  nextDue,
  type OutboxRow,
  type Postponement,
  putOff,
} from '../../store/messages/outbox.ts';
import {
  releaseWaiting,
  renewClaim,
  reviveReaddressed,
} from '../../store/messages/outbox-claims.ts';
import { listSuperAdmins } from '../../store/people/people.ts';
import type { DeliveredVia, WaitingFor } from '../../store/schema/messages.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { redrawHomes } from './redraw.ts';

export type { Failure, OutboxRow };

/** What is older is no news any more. */
const readdressedDays = 7;

/** Takes up to `limit` messages that are due, for this process alone. */
export async function claimMessages(ctx: Ctx, limit: number): Promise<OutboxRow[]> {
  return claimOutbox(ctx.db, ctx.now, limit);
}

/** A message is done. */
export async function finishMessage(ctx: Ctx, row: OutboxRow, via: DeliveredVia): Promise<void> {
  await markDelivered(ctx.db, row, via, new Date());
}

export async function postponeMessage(
  ctx: Ctx,
  row: OutboxRow,
  at: Date,
  why: Postponement,
): Promise<void> {
  await putOff(ctx.db, row.id, at, why);
}

/**
 * Keeps a message for this process until then.
 * @returns it as it is kept; undefined when it is another's by now.
 */
export async function renewMessageClaim(
  ctx: Ctx,
  row: OutboxRow,
  until: Date,
): Promise<OutboxRow | undefined> {
  return renewClaim(ctx.db, row, until);
}

/** Messages that wait for this are due: it is back. */
export async function releaseMessages(ctx: Ctx, waitingFor: WaitingFor): Promise<void> {
  await releaseWaiting(ctx.db, waitingFor, ctx.now);
}

/** A message is given up; Super Admins see it in their Home. */
export async function failMessage(ctx: Ctx, row: OutboxRow, failure: Failure): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await markFailed(ctx.db, row, failure, ctx.now);
    const admins = await listSuperAdmins(ctx.db);
    await redrawHomes(
      ctx,
      admins.map(({ id }) => id),
    );
  });
}

/** Whoever could not be reached under an address, and has another one since, is written to there. */
export async function retryReaddressed(ctx: Ctx): Promise<void> {
  const since = new Date(ctx.now.getTime() - readdressedDays * 86_400_000);
  await inTransaction(ctx, (ctx) => reviveReaddressed(ctx.db, since, ctx.now));
}

export async function findNextDue(ctx: Ctx): Promise<Date | undefined> {
  return nextDue(ctx.db);
}
