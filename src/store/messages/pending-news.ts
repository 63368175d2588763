import { and, eq, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { digestItems, digests, outbox } from '../schema/messages.ts';
import { newsKinds } from './digests.ts';
import type { OutboxRow } from './outbox.ts';

/** Lets one process at a time put a person's pending news into a digest, until the end of its transaction. */
export async function lockRecipient(db: Db, recipientId: number): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(727168, ${recipientId})`);
}

/** The task of a message about a task or step. */
const taskOf = sql`case o.kind
  when 'step' then (select s.task_id from task_steps s where s.id = o.subject_id)
  else o.subject_id end`;
const isUrgent = sql`o.kind in ('step', 'request', 'outcome', 'emergency')
  and exists (select 1 from tasks t where t.id = ${taskOf} and t.emergency)`;

/** Whether a message is about an emergency. */
export async function isAboutEmergency(db: Db, id: number): Promise<boolean> {
  const found = await rows(
    db,
    sql`select 1 as found from outbox o where o.id = ${id} and ${isUrgent}`,
  );
  return found.length > 0;
}

/** Pending news of a person, without emergencies and redraws, the oldest first. */
export async function listPendingNews(
  db: Db,
  recipientId: number,
): Promise<Pick<OutboxRow, 'id' | 'kind' | 'subjectId'>[]> {
  return rows(
    db,
    sql`select o.id, o.kind, o.subject_id as "subjectId" from outbox o
      left join digests d on o.kind = 'digest' and d.id = o.subject_id
      where o.recipient_id = ${recipientId} and o.delivered_at is null and o.failed_at is null
        and (o.kind = any(${sql.param([...newsKinds])}::text[]) or d.kind = 'news')
        and not (${isUrgent})
        and not exists (select 1 from message_copies c where c.recipient_id = o.recipient_id
          and c.kind = o.kind and c.subject_id = o.subject_id)
      order by o.id`,
  );
}

/** Moves the items of digests into another one. */
export async function mergeDigests(db: Db, into: number, from: readonly number[]): Promise<void> {
  if (from.length === 0) return;
  await db.execute(sql`insert into ${digestItems} (digest_id, kind, subject_id)
    select distinct ${into}::int, i.kind, i.subject_id from ${digestItems} i
    where i.digest_id = any(${sql.param([...from])}::int[]) on conflict do nothing`);
  await db
    .delete(digestItems)
    .where(sql`${digestItems.digestId} = any(${sql.param([...from])}::int[])`);
}

/** Marks messages as delivered by a digest. */
export async function markSentInDigest(db: Db, ids: readonly number[], now: Date): Promise<void> {
  await db
    .update(outbox)
    .set({ deliveredAt: now, deliveredVia: 'digest', claimedUntil: null })
    .where(sql`${outbox.id} = any(${sql.param([...ids])}::int[])`);
}

/** When a news digest was created; undefined: the digest is of another kind. */
export async function findNewsDigest(db: Db, id: number): Promise<Date | undefined> {
  const [found] = await db
    .select({ createdAt: digests.createdAt })
    .from(digests)
    .where(and(eq(digests.id, id), eq(digests.kind, 'news')));
  return found?.createdAt;
}

/** Steps that reached a person by e-mail and not in Slack, alone or in a digest, and the time of the first mail. */
export async function listOnlyMailed(
  db: Db,
  personId: number,
  stepIds: readonly number[],
): Promise<Map<number, Date>> {
  if (stepIds.length === 0) return new Map();
  const delivered = (
    surface: 'slack' | 'email',
  ) => sql`select coalesce(i.subject_id, c.subject_id) as step_id,
      c.sent_at from message_copies c
    left join digests d on c.kind = 'digest' and d.id = c.subject_id and d.kind = 'news'
    left join digest_items i on i.digest_id = d.id and i.kind = 'step'
    where c.recipient_id = ${personId} and c.surface = ${surface} and c.content_hash <> 'undecided'
      and (c.kind = 'step' or i.digest_id is not null)`;
  const found = await rows<{ stepId: number; at: Date | string }>(
    db,
    sql`select m.step_id as "stepId", min(m.sent_at) as at from (${delivered('email')}) m
      where m.step_id = any(${sql.param([...stepIds])}::int[])
        and not exists (select 1 from (${delivered('slack')}) s where s.step_id = m.step_id)
      group by m.step_id`,
  );
  return new Map(found.map(({ stepId, at }) => [stepId, new Date(at)]));
}
