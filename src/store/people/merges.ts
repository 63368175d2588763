import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { departures, type EndedRights, type MovedRows, merges } from '../schema/departures.ts';
import { people } from '../schema/people.ts';
import type { Person } from './people.ts';

/** Two people, locked in one order. */
export async function lockPeople(db: Db, ids: readonly number[]): Promise<Person[]> {
  return db
    .select()
    .from(people)
    .where(sql`${people.id} = any(${sql.param([...ids])}::int[])`)
    .orderBy(people.id)
    .for('update');
}

/** Moves access, tasks, memberships, reports and the Slack link of one person to another, who keeps what they have. */
export async function moveRows(
  db: Db,
  { from, to, now }: { from: number; to: number; now: Date },
): Promise<Omit<MovedRows, 'wasOpen' | 'rights'>> {
  const idsOf = (query: Parameters<Db['execute']>[0]) =>
    rows<{ id: number }>(db, query as ReturnType<typeof sql>).then((list) =>
      list.map(({ id }) => id),
    );
  const endedGrants =
    await idsOf(sql`update grants g set closed_at = ${now.toISOString()}::timestamptz
    where g.person_id = ${from} and g.closed_at is null and exists (select 1 from grants k
      where k.person_id = ${to} and k.entitlement_id = g.entitlement_id and k.closed_at is null)
    returning g.id`);
  const moved = {
    grants: await idsOf(sql`update grants set person_id = ${to}
      where person_id = ${from} and closed_at is null returning id`),
    endedGrants,
    tasks: await idsOf(sql`update tasks t set person_id = ${to} where t.person_id = ${from}
      and (t.state <> 'open' or not exists (select 1 from tasks k where k.person_id = ${to}
        and k.state = 'open' and k.entitlement_id = t.entitlement_id and k.kind = t.kind))
      returning t.id`),
    requests: await idsOf(sql`update tasks set requester_id = ${to}
      where requester_id = ${from} and state = 'open' returning id`),
    profiles: await idsOf(sql`update enrollments e set person_id = ${to} where e.person_id = ${from}
      and not exists (select 1 from enrollments k
        where k.person_id = ${to} and k.profile_id = e.profile_id)
      returning e.profile_id as id`),
    reports: await idsOf(sql`update people set manager_id = ${to}
      where manager_id = ${from} and id <> ${to} returning id`),
  };
  const linked = await idsOf(sql`delete from slack_identities where person_id = ${to}
    and user_id is null and exists (select 1 from slack_identities s
      where s.person_id = ${from} and s.user_id is not null) returning person_id as id`);
  const slack = await idsOf(sql`update slack_identities s set person_id = ${to}
    where s.person_id = ${from} and s.user_id is not null
      and not exists (select 1 from slack_identities k where k.person_id = ${to})
    returning s.person_id as id`);
  return { ...moved, isSlackLinkMoved: linked.length + slack.length > 0 };
}

/** Moves rows back that the kept person still has. */
export async function moveBack(
  db: Db,
  { from, to, moved }: { from: number; to: number; moved: MovedRows },
): Promise<void> {
  const among = (ids: readonly number[]) => sql`any(${sql.param([...ids])}::int[])`;
  await db.execute(sql`update grants g set person_id = ${to}
    where g.id = ${among(moved.grants)} and g.person_id = ${from}
      and (g.closed_at is not null or not exists (select 1 from grants k where k.person_id = ${to}
        and k.entitlement_id = g.entitlement_id and k.closed_at is null))`);
  await db.execute(sql`update grants g set closed_at = null
    where g.id = ${among(moved.endedGrants)} and g.person_id = ${to}
      and not exists (select 1 from grants k where k.person_id = ${to}
        and k.entitlement_id = g.entitlement_id and k.closed_at is null)`);
  await db.execute(sql`update tasks t set person_id = ${to}
    where t.id = ${among(moved.tasks)} and t.person_id = ${from}
      and (t.state <> 'open' or not exists (select 1 from tasks k where k.person_id = ${to}
        and k.state = 'open' and k.entitlement_id = t.entitlement_id and k.kind = t.kind))`);
  await db.execute(sql`update tasks set requester_id = ${to}
    where id = ${among(moved.requests)} and requester_id = ${from}`);
  await db.execute(sql`update enrollments set person_id = ${to}
    where profile_id = ${among(moved.profiles)} and person_id = ${from}`);
  await db.execute(sql`update people set manager_id = ${to}
    where id = ${among(moved.reports)} and manager_id = ${from}`);
  if (!moved.isSlackLinkMoved) return;
  await db.execute(sql`delete from slack_identities where person_id = ${to}`);
  await db.execute(sql`update slack_identities set person_id = ${to} where person_id = ${from}`);
}

/** Closes a person who is now known as another one. Their address is free. */
export async function closeMerged(
  db: Db,
  { id, into, now }: { id: number; into: number; now: Date },
): Promise<void> {
  await db.execute(sql`update people set merged_into = ${into}, active = false,
      closed_at = coalesce(closed_at, ${now.toISOString()}::timestamptz),
      former_email = coalesce(email, former_email), email = null where id = ${id}`);
}

/** Makes a merged person one of their own again, with their address if nobody else has it. */
export async function reopenMerged(
  db: Db,
  { id, wasOpen }: { id: number; wasOpen: boolean },
): Promise<void> {
  await db.execute(sql`update people p set merged_into = null where p.id = ${id}`);
  if (!wasOpen) return;
  const isFree = sql`not exists (select 1 from people o where lower(o.email) = lower(p.former_email))`;
  await db.execute(sql`update people p set active = true, closed_at = null,
      email = case when ${isFree} then p.former_email end,
      former_email = case when ${isFree} then null else p.former_email end where p.id = ${id}`);
}

export async function insertMerge(db: Db, merge: typeof merges.$inferInsert): Promise<void> {
  await db.insert(merges).values(merge);
}

/** The merge of a person that nobody has split. */
export async function findMerge(db: Db, mergedId: number) {
  const [found] = await db
    .select()
    .from(merges)
    .where(and(eq(merges.mergedId, mergedId), isNull(merges.splitAt)))
    .orderBy(desc(merges.id))
    .limit(1);
  return found;
}

/** Merges that nobody has split, the newest first, with both people. */
export async function listMerges(db: Db, limit: number) {
  return rows<{ mergedId: number; merged: string; kept: string; at: string }>(
    db,
    sql`select m.merged_id as "mergedId", g.name as merged, k.name as kept, m.merged_at::text as at
        from merges m join people g on g.id = m.merged_id join people k on k.id = m.kept_id
        where m.split_at is null order by m.id desc limit ${limit}`,
  );
}

export async function markSplit(
  db: Db,
  id: number,
  split: { splitBy: number; splitAt: Date },
): Promise<void> {
  await db.update(merges).set(split).where(eq(merges.id, id));
}

/** Decides all open departures of a person. @returns what ended in them. */
export async function takeDepartures(
  db: Db,
  personId: number,
  decision: { decision: 'restored' | 'dismissed'; decidedBy: number; decidedAt: Date },
): Promise<EndedRights[]> {
  const taken = await db
    .update(departures)
    .set(decision)
    .where(and(eq(departures.personId, personId), isNull(departures.decision)))
    .returning({ ended: departures.ended });
  return taken.map(({ ended }) => ended);
}

/** What ended for a person and nobody has decided about. */
export async function listUndecided(db: Db, personId: number): Promise<EndedRights[]> {
  const found = await db
    .select({ ended: departures.ended })
    .from(departures)
    .where(and(eq(departures.personId, personId), isNull(departures.decision)));
  return found.map(({ ended }) => ended);
}

/** The address and id of a person, after a Super Admin said that a record is theirs. */
export async function saveAddress(
  db: Db,
  { id, email, externalId }: { id: number; email: string; externalId: string | null },
): Promise<void> {
  await db.execute(sql`update people p set
      former_email = case when lower(p.email) is distinct from lower(${email}::text)
        then coalesce(p.email, p.former_email) else p.former_email end,
      email = ${email}::text,
      external_id = case when ${externalId}::text is null or exists (select 1 from people o
        where o.external_id = ${externalId}::text and o.id <> p.id)
        then p.external_id else ${externalId}::text end
    where p.id = ${id}`);
}
