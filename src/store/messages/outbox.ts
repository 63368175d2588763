import { and, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import {
  type DeliveredVia,
  type MailFailure,
  type MessageKind,
  outbox,
  type WaitingFor,
} from '../schema/messages.ts';

export interface OutboxEntry {
  recipientId: number;
  kind: MessageKind;
  subjectId: number;
  /** 0: redraws the message that somebody has just clicked · 1: somebody waits for it · 2: cosmetic. */
  priority: 0 | 1 | 2;
  /** Not before this time; undefined: at once. */
  dueAt?: Date | undefined;
}

export type OutboxRow = typeof outbox.$inferSelect;
export type CopyKey = Pick<OutboxRow, 'recipientId' | 'kind' | 'subjectId'>;

/** @param now the time of the change; the rows are due at once. */
export async function insertOutbox(db: Db, entries: OutboxEntry[], now: Date): Promise<void> {
  for (let at = 0; at < entries.length; at += 1000) {
    await db
      .insert(outbox)
      .values(
        entries
          .slice(at, at + 1000)
          .map(({ dueAt = now, ...entry }) => ({ ...entry, createdAt: now, availableAt: dueAt })),
      );
  }
}

const pending = and(isNull(outbox.deliveredAt), isNull(outbox.failedAt));

/**
 * The ids of the newest pending rows of all copies without a claim. One grouped pass: with `not exists`, on a table
 * without statistics (the embedded database has no autovacuum), 1,000 pending rows took 210 ms.
 */
function newestIdle(now: Date) {
  return sql`select max(o.id) from ${outbox} o
    where o.delivered_at is null and o.failed_at is null
    group by o.recipient_id, o.kind, o.subject_id
    having not coalesce(bool_or(o.claimed_until > ${now.toISOString()}::timestamptz), false)`;
}

const samePending = sql`${outbox} o
  where o.delivered_at is null and o.failed_at is null and o.recipient_id = ${outbox.recipientId}
    and o.kind = ${outbox.kind} and o.subject_id = ${outbox.subjectId}`;

/**
 * Claims up to `limit` due rows for `leaseSeconds`. Each delivery brings its copy up to date, so of several rows about
 * one copy only the newest is claimed, and none while another claim on that copy lasts.
 */
export async function claimOutbox(
  db: Db,
  {
    now,
    limit,
    leaseSeconds = 60,
  }: { now: Date; limit: number; leaseSeconds?: number | undefined },
): Promise<OutboxRow[]> {
  return db.transaction(async (tx) => {
    const due = await tx
      .select({ id: outbox.id })
      .from(outbox)
      .where(
        and(
          pending,
          lte(outbox.availableAt, now),
          or(isNull(outbox.claimedUntil), lte(outbox.claimedUntil, now)),
          sql`${outbox.id} = any(array(${newestIdle(now)}))`,
        ),
      )
      .orderBy(outbox.priority, outbox.availableAt, outbox.id)
      .limit(limit)
      .for('update', { skipLocked: true });
    if (due.length === 0) return [];
    return tx
      .update(outbox)
      .set({
        claimedUntil: new Date(now.getTime() + leaseSeconds * 1000),
        // Older rows about the copy count as well. One of their attempts may have arrived, so a retry looks for it.
        // And the reader has waited since the first of them.
        attempts: sql`1 + (select max(o.attempts) from ${samePending})`,
        createdAt: sql`(select min(o.created_at) from ${samePending})`,
      })
      .where(sql`${outbox.id} = any(${sql.param(due.map((row) => row.id))}::int[])`)
      .returning();
  });
}

/** Marks the row and all older ones about the same copy as delivered. */
export async function markDelivered(
  db: Db,
  { row, via, now }: { row: OutboxRow; via: DeliveredVia; now: Date },
): Promise<void> {
  await db
    .update(outbox)
    .set({ deliveredAt: now, deliveredVia: via, waitingFor: null, claimedUntil: null })
    .where(isSameCopyUpTo(row));
}

function isSameCopyUpTo(row: OutboxRow) {
  return and(
    pending,
    eq(outbox.recipientId, row.recipientId),
    eq(outbox.kind, row.kind),
    eq(outbox.subjectId, row.subjectId),
    lte(outbox.id, row.id),
  );
}

/** The reason for postponing a message. */
export interface Postponement {
  /** true: an attempt failed; false: there was no attempt (a rate limit). */
  counted: boolean;
  error?: string | undefined;
  /** The message is due as soon as this surface is reachable again, even before its time. */
  waitingFor?: WaitingFor | undefined;
}

/** Postpones a row and ends its claim. */
export async function postponeRow(
  db: Db,
  { id, availableAt, reason }: { id: number; availableAt: Date; reason: Postponement },
): Promise<void> {
  await db
    .update(outbox)
    .set({
      availableAt,
      claimedUntil: null,
      waitingFor: reason.waitingFor ?? null,
      ...(reason.error === undefined ? {} : { error: reason.error }),
      ...(reason.counted ? {} : { attempts: sql`greatest(${outbox.attempts} - 1, 0)` }),
    })
    .where(eq(outbox.id, id));
}

/** The final failure of a message. */
export interface Failure {
  error: string;
  /** The surfaces that did deliver it. */
  via?: DeliveredVia | undefined;
  mail?: MailFailure | undefined;
  /** The e-mail address that failed. */
  address?: string | undefined;
}

/** Marks the row and all older ones about the same copy as failed. */
export async function markFailed(
  db: Db,
  {
    row,
    failure: { error, via, mail, address },
    now,
  }: { row: OutboxRow; failure: Failure; now: Date },
): Promise<void> {
  await db
    .update(outbox)
    .set({
      failedAt: now,
      error,
      mailFailure: mail ?? null,
      failedAddress: address ?? null,
      deliveredVia: via ?? null,
      waitingFor: null,
      claimedUntil: null,
    })
    .where(isSameCopyUpTo(row));
}

/** When the next pending row becomes due; undefined: none is pending. */
export async function findNextDue(db: Db): Promise<Date | undefined> {
  const [row] = await db
    .select({
      at: sql<
        Date | string | null
      >`min(greatest(${outbox.availableAt}, coalesce(${outbox.claimedUntil}, ${outbox.availableAt})))`,
    })
    .from(outbox)
    .where(pending);
  return row?.at ? new Date(row.at) : undefined;
}

export async function countUndelivered(db: Db): Promise<{ waiting: number; failed: number }> {
  const [row] = await db
    .select({
      waiting: sql<number>`count(*) filter (where ${outbox.failedAt} is null)::int`,
      failed: sql<number>`count(*) filter (where ${outbox.failedAt} is not null)::int`,
    })
    .from(outbox)
    .where(isNull(outbox.deliveredAt));
  return row ?? { waiting: 0, failed: 0 };
}

/** Whether a message was ever written to the outbox, delivered or not. */
export async function wasSent(db: Db, key: CopyKey): Promise<boolean> {
  const [row] = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(
      and(
        eq(outbox.recipientId, key.recipientId),
        eq(outbox.kind, key.kind),
        eq(outbox.subjectId, key.subjectId),
      ),
    )
    .limit(1);
  return row !== undefined;
}
