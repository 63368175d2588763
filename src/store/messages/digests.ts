import { and, asc, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Db, rows } from '../db.ts';
import { applications, entitlements } from '../schema/access.ts';
import {
  digestItems,
  digests,
  type MessageKind,
  messageCopies,
  outbox,
} from '../schema/messages.ts';
import { people } from '../schema/people.ts';
import { stepAssignees, taskSteps, tasks } from '../schema/tasks.ts';
import type { CopyKey } from './outbox.ts';

export type Digest = typeof digests.$inferSelect;

/** The kinds of messages that a digest can contain. */
export const newsKinds = ['step', 'request', 'outcome'] as const satisfies readonly MessageKind[];

const isNewsKind = sql`${outbox.kind} = any(${sql.param([...newsKinds])}::text[])`;

function isAmong(column: SQL | typeof outbox.recipientId | typeof digests.personId, ids: number[]) {
  return sql`${column} = any(${sql.param(ids)}::int[])`;
}

/** Those of these subjects that have a message of their own to the person, delivered or pending. */
export async function listOwnMessages(db: Db, keys: readonly CopyKey[]): Promise<CopyKey[]> {
  const recipients = [...new Set(keys.map((key) => key.recipientId))];
  const copies = await rows<CopyKey>(
    db,
    sql`select k.recipient_id as "recipientId", k.kind, k.subject_id as "subjectId"
      from ${keyTable(keys)} join ${messageCopies} c
        on c.recipient_id = k.recipient_id and c.kind = k.kind and c.subject_id = k.subject_id`,
  );
  const pending = await db
    .selectDistinct({
      recipientId: outbox.recipientId,
      kind: outbox.kind,
      subjectId: outbox.subjectId,
    })
    .from(outbox)
    .where(
      and(
        isNull(outbox.deliveredAt),
        isNull(outbox.failedAt),
        isNewsKind,
        isAmong(outbox.recipientId, recipients),
      ),
    );
  return [...copies, ...pending];
}

/** The digests to these people that contain these subjects. */
export async function listDigestsOf(db: Db, keys: readonly CopyKey[]) {
  return rows<CopyKey & { digestId: number; digestKind: Digest['kind'] }>(
    db,
    sql`select k.recipient_id as "recipientId", k.kind, k.subject_id as "subjectId",
        d.id as "digestId", d.kind as "digestKind"
      from ${keyTable(keys)}
      join ${digestItems} i on i.kind = k.kind and i.subject_id = k.subject_id
      join ${digests} d on d.id = i.digest_id and d.person_id = k.recipient_id
      -- A long-open task is in one summary after another. Only the newest is redrawn.
      where d.kind <> 'summary' or d.id = (select max(l.id) from ${digests} l
        where l.person_id = d.person_id and l.kind = 'summary')`,
  );
}

/** By person: when the last summary was written. */
export async function listLastSummaries(db: Db, personIds: number[]): Promise<Map<number, Date>> {
  const last = await db
    .selectDistinctOn([digests.personId], { personId: digests.personId, at: digests.createdAt })
    .from(digests)
    .where(and(isAmong(digests.personId, personIds), eq(digests.kind, 'summary')))
    .orderBy(digests.personId, desc(digests.createdAt));
  return new Map(last.map(({ personId, at }) => [personId, at]));
}

function keyTable(keys: readonly CopyKey[]): SQL {
  const recipients = sql.param(keys.map((key) => key.recipientId));
  const kinds = sql.param(keys.map((key) => key.kind));
  const subjects = sql.param(keys.map((key) => key.subjectId));
  return sql`unnest(${recipients}::int[], ${kinds}::text[], ${subjects}::int[])
    as k(recipient_id, kind, subject_id)`;
}

/**
 * By recipient: the number of subjects with a first message of their own since a moment. A row for an older copy is a
 * redraw and does not count.
 */
export async function countNewsSince(
  db: Db,
  recipientIds: number[],
  since: Date,
): Promise<Map<number, number>> {
  const counted = await db
    .select({
      recipientId: outbox.recipientId,
      count: sql<number>`count(distinct (${outbox.kind}, ${outbox.subjectId}))::int`,
    })
    .from(outbox)
    .leftJoin(
      messageCopies,
      and(
        eq(messageCopies.recipientId, outbox.recipientId),
        eq(messageCopies.kind, outbox.kind),
        eq(messageCopies.subjectId, outbox.subjectId),
        sql`${messageCopies.sentAt} <= ${since.toISOString()}::timestamptz`,
      ),
    )
    .where(
      and(
        isAmong(outbox.recipientId, recipientIds),
        gt(outbox.createdAt, since),
        isNewsKind,
        isNull(messageCopies.recipientId),
      ),
    )
    .groupBy(outbox.recipientId);
  return new Map(counted.map(({ recipientId, count }) => [recipientId, count]));
}

/**
 * By person: the news digest that nobody has begun to deliver, locked until the end of the transaction. Once it is on its
 * way it takes no further items, because Slack notifies nobody of an edit. A digest that a delivery is just claiming is
 * skipped, so that nobody waits for the lock.
 */
export async function lockUnsentDigests(db: Db, personIds: number[]): Promise<Map<number, number>> {
  const unsent = await rows<{ personId: number; id: number }>(
    db,
    sql`select d.person_id as "personId", d.id from ${outbox} o
      join ${digests} d on d.id = o.subject_id and d.person_id = o.recipient_id
      where o.kind = 'digest' and o.delivered_at is null and o.failed_at is null
        and o.claimed_until is null and o.attempts = 0 and d.kind = 'news'
        and ${isAmong(sql`o.recipient_id`, personIds)}
        and not exists (select 1 from ${messageCopies} c
          where c.recipient_id = o.recipient_id and c.kind = 'digest' and c.subject_id = d.id)
      order by d.id for update of o skip locked`,
  );
  return new Map(unsent.map(({ personId, id }) => [personId, id]));
}

/** By person: when the last news digest since a moment was begun, and their number. */
export async function listLastDigests(
  db: Db,
  personIds: number[],
  since: Date,
): Promise<Map<number, { at: Date; count: number }>> {
  const last = await db
    .select({
      personId: digests.personId,
      at: sql<Date | string>`max(${digests.createdAt})`,
      count: sql<number>`count(*)::int`,
    })
    .from(digests)
    .where(
      and(
        isAmong(digests.personId, personIds),
        eq(digests.kind, 'news'),
        gt(digests.createdAt, since),
      ),
    )
    .groupBy(digests.personId);
  return new Map(last.map(({ personId, at, count }) => [personId, { at: new Date(at), count }]));
}

/** Inserts at most one digest a person. @returns the ids by person. */
export async function insertDigests(
  db: Db,
  list: (typeof digests.$inferInsert)[],
): Promise<Map<number, number>> {
  if (list.length === 0) return new Map();
  const inserted = await db.insert(digests).values(list).returning();
  return new Map(inserted.map(({ personId, id }) => [personId, id]));
}

export async function insertDigestItems(
  db: Db,
  list: (typeof digestItems.$inferInsert)[],
): Promise<void> {
  for (let at = 0; at < list.length; at += 1000) {
    await db
      .insert(digestItems)
      .values(list.slice(at, at + 1000))
      .onConflictDoNothing();
  }
}

export async function findDigest(db: Db, id: number) {
  const [found] = await db
    .select({ digest: digests, askedBy: people.name })
    .from(digests)
    .leftJoin(people, eq(people.id, digests.askedBy))
    .where(eq(digests.id, id));
  return found;
}

const deciders = alias(people, 'decider');

/** The items of a digest, emergencies first, then high risk, then the oldest, each with its current state for the reader of the digest. */
export async function listDigestItems(db: Db, digest: Pick<Digest, 'id' | 'personId'>) {
  return db
    .select({
      kind: digestItems.kind,
      subjectId: digestItems.subjectId,
      taskId: tasks.id,
      taskState: tasks.state,
      person: people.name,
      app: applications.name,
      entitlement: entitlements.name,
      stepKind: taskSteps.kind,
      stepState: taskSteps.state,
      decider: deciders.name,
      decidedAt: taskSteps.decidedAt,
      closedAt: tasks.closedAt,
      activatedAt: taskSteps.activatedAt,
      assignedAt: stepAssignees.assignedAt,
      /** A step that this reader still has to decide. */
      isMine: sql<boolean>`coalesce(${stepAssignees.active} and ${stepAssignees.agreedAt} is null
        and ${taskSteps.state} = 'active' and ${tasks.state} = 'open', false)`,
    })
    .from(digestItems)
    .leftJoin(taskSteps, and(eq(digestItems.kind, 'step'), eq(taskSteps.id, digestItems.subjectId)))
    .innerJoin(tasks, sql`${tasks.id} = coalesce(${taskSteps.taskId}, ${digestItems.subjectId})`)
    .innerJoin(people, eq(people.id, tasks.personId))
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .leftJoin(
      stepAssignees,
      and(eq(stepAssignees.stepId, taskSteps.id), eq(stepAssignees.personId, digest.personId)),
    )
    .leftJoin(deciders, eq(deciders.id, taskSteps.decidedBy))
    .where(eq(digestItems.digestId, digest.id))
    .orderBy(
      desc(tasks.emergency),
      sql`${tasks.risk} = 'high' desc nulls last`,
      asc(digestItems.subjectId),
    );
}
