import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { departures, type EndedRights } from '../schema/departures.ts';
import { people } from '../schema/people.ts';
import type { Person } from './people.ts';

export type Departure = typeof departures.$inferSelect;

/** @returns the ids, in the order of the list. */
export async function insertDepartures(
  db: Db,
  list: readonly { personId: number; ended: EndedRights }[],
  now: Date,
): Promise<number[]> {
  const ids: number[] = [];
  for (let at = 0; at < list.length; at += 500) {
    const inserted = await db
      .insert(departures)
      .values(list.slice(at, at + 500).map((one) => ({ ...one, leftAt: now })))
      .returning({ id: departures.id });
    for (const { id } of inserted) ids.push(id);
  }
  return ids;
}

/** Marks what ended for people who are back. @returns the departures in which more than a Slack link ended. */
export async function markReturned(
  db: Db,
  personIds: readonly number[],
  now: Date,
): Promise<Departure[]> {
  if (personIds.length === 0) return [];
  const returned = await db
    .update(departures)
    .set({ returnedAt: now })
    .where(
      and(
        isNull(departures.returnedAt),
        sql`${departures.personId} = any(${sql.param([...personIds])}::int[])`,
      ),
    )
    .returning();
  return returned.filter(({ ended }) => hasRights(ended));
}

/** Whether there is something to restore. Slack links return by the verified address. */
export function hasRights({ slack: _, taskSteps: __, ...rest }: EndedRights): boolean {
  return Object.values(rest).some((list) => list.length > 0);
}

export async function findDeparture(
  db: Db,
  id: number,
): Promise<{ departure: Departure; person: Person } | undefined> {
  const [found] = await db
    .select({ departure: departures, person: people })
    .from(departures)
    .innerJoin(people, eq(people.id, departures.personId))
    .where(eq(departures.id, id));
  return found;
}

/** Departures of people who are back, about which nobody has decided, the oldest return first. */
export async function listReturned(db: Db): Promise<{ departure: Departure; person: Person }[]> {
  const found = await db
    .select({ departure: departures, person: people })
    .from(departures)
    .innerJoin(people, eq(people.id, departures.personId))
    .where(
      and(
        isNotNull(departures.returnedAt),
        isNull(departures.decision),
        eq(people.active, true),
        isNull(people.closedAt),
      ),
    )
    .orderBy(asc(departures.returnedAt), asc(departures.id));
  return found.filter(({ departure }) => hasRights(departure.ended));
}

/** @returns false when somebody else was first. */
export async function decideDeparture(
  db: Db,
  id: number,
  decision: { decision: 'restored' | 'dismissed'; decidedBy: number; decidedAt: Date },
): Promise<boolean> {
  const decided = await db
    .update(departures)
    .set(decision)
    .where(and(eq(departures.id, id), isNull(departures.decision)))
    .returning({ id: departures.id });
  return decided.length > 0;
}

/** The Slack users of people who have left and not come back. */
export async function listLeaversSlackUsers(
  db: Db,
): Promise<{ id: number; name: string; teamId: string; userId: string }[]> {
  return rows(
    db,
    sql`select p.id, p.name, d.ended -> 'slack' ->> 'teamId' as "teamId", d.ended -> 'slack' ->> 'userId' as "userId"
        from departures d join people p on p.id = d.person_id
        where d.returned_at is null and jsonb_typeof(d.ended -> 'slack') = 'object'
          and p.merged_into is null and (p.closed_at is not null or not p.active)`,
  );
}

/** The person who had this Slack user when they left last, if they have not come back. */
export async function findLeaverOfSlackUser(
  db: Db,
  { teamId, userId }: { teamId: string; userId: string },
): Promise<Person | undefined> {
  const [found] = await db
    .select({ person: people })
    .from(departures)
    .innerJoin(people, eq(people.id, departures.personId))
    .where(
      and(
        isNull(departures.returnedAt),
        sql`${departures.ended} -> 'slack' ->> 'teamId' = ${teamId}`,
        sql`${departures.ended} -> 'slack' ->> 'userId' = ${userId}`,
        isNull(people.mergedInto),
        sql`(${people.closedAt} is not null or not ${people.active})`,
      ),
    )
    .orderBy(desc(departures.id))
    .limit(1);
  return found?.person;
}

/** Somebody else who had this address before. */
export async function findFormerHolder(
  db: Db,
  email: string,
  exceptId: number,
): Promise<Person | undefined> {
  const [found] = await db
    .select()
    .from(people)
    .where(
      and(
        sql`lower(${people.formerEmail}) = lower(${email.trim()})`,
        sql`${people.id} <> ${exceptId}`,
        isNull(people.mergedInto),
      ),
    )
    .limit(1);
  return found;
}

/** Gives back what ended. Ownerships, seats and delegations of things that are gone stay gone. */
export async function restoreRights(
  db: Db,
  personId: number,
  ended: Omit<EndedRights, 'slack' | 'taskSteps'>,
): Promise<void> {
  for (const role of ended.roles) {
    await db.execute(sql`insert into person_roles (person_id, role) values (${personId}, ${role})
      on conflict do nothing`);
  }
  for (const { id, kind } of ended.applications) {
    await db.execute(sql`insert into application_owners (application_id, person_id, kind)
      select id, ${personId}::int, ${kind}::text from applications where id = ${id} on conflict do nothing`);
  }
  for (const id of ended.entitlements) {
    await db.execute(sql`insert into entitlement_owners (entitlement_id, person_id)
      select id, ${personId}::int from entitlements where id = ${id} on conflict do nothing`);
  }
  for (const id of ended.profiles) {
    await db.execute(sql`insert into profile_owners (profile_id, person_id)
      select id, ${personId}::int from access_profiles where id = ${id} on conflict do nothing`);
  }
  for (const { policyId, position } of ended.policySteps) {
    const named = sql`coalesce(options -> 'people', '[]'::jsonb)`;
    await db.execute(sql`update policy_steps set approvers = 'people',
        options = jsonb_set(options, '{people}', ${named} || to_jsonb(${personId}::int))
      where policy_id = ${policyId} and position = ${position}
        and approvers in ('people', 'application_owners') and not ${named} @> to_jsonb(${personId}::int)`);
    await db.execute(sql`update policies set version = version + 1 where id = ${policyId}`);
  }
  for (const { id, endsAt } of ended.delegations) {
    await db.execute(sql`update delegations set ends_at = ${endsAt}::timestamptz where id = ${id}`);
  }
}
