import { and, asc, desc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import type { OwnerKind } from '../schema/access.ts';
import { departures, type EndedRights } from '../schema/departures.ts';
import { messageCopies } from '../schema/messages.ts';
import { people, type RoleName } from '../schema/people.ts';
import type { Person } from './people.ts';

export type Departure = typeof departures.$inferSelect;

/** What ended for each person. */
export type EndedByPerson = Map<number, EndedRights>;

/** The ids of people who are inactive or closed. Nobody among them may have rights. */
const leavers = sql`select p.id from people p where not p.active or p.closed_at is not null`;

const nothing = (): EndedRights => ({
  roles: [],
  applications: [],
  entitlements: [],
  profiles: [],
  policySteps: [],
  taskSteps: [],
  delegations: [],
  slack: null,
});

/**
 * Ends all rights of people who are inactive or closed: roles, ownerships, seats in policies and open tasks,
 * delegations from and to them, and their Slack link. It looks at the people, not at an event, so a right that came
 * back in any way ends with the next sync.
 */
export async function endRightsOfLeavers(db: Db, now: Date): Promise<EndedByPerson> {
  const ended: EndedByPerson = new Map();
  const of = (personId: number): EndedRights => {
    const known = ended.get(personId) ?? nothing();
    ended.set(personId, known);
    return known;
  };
  const gone = await rows<{ person: number; role: RoleName }>(
    db,
    sql`delete from person_roles where person_id in (${leavers}) returning person_id as person, role`,
  );
  for (const { person, role } of gone) of(person).roles.push(role);
  for (const { person, id, kind } of await rows<{ person: number; id: number; kind: OwnerKind }>(
    db,
    sql`delete from application_owners where person_id in (${leavers})
        returning person_id as person, application_id as id, kind`,
  )) {
    of(person).applications.push({ id, kind });
  }
  for (const { person, id } of await deleteOwned(db, 'entitlement')) {
    of(person).entitlements.push(id);
  }
  for (const { person, id } of await deleteOwned(db, 'profile')) of(person).profiles.push(id);
  await endSeats(db, of);
  for (const { person, id, until } of await endDelegationsOfLeavers(db, now)) {
    of(person).delegations.push({ id, endsAt: until });
  }
  await endSlackLinks(db, of);
  return ended;
}

async function deleteOwned(db: Db, noun: 'entitlement' | 'profile') {
  const subject = sql.identifier(`${noun}_id`);
  return rows<{ person: number; id: number }>(
    db,
    sql`delete from ${sql.identifier(`${noun}_owners`)} where person_id in (${leavers})
        returning person_id as person, ${subject} as id`,
  );
}

/** Removes leavers from the people that steps name. A step that names nobody then asks the application owners. */
async function endSeats(db: Db, of: (personId: number) => EndedRights): Promise<void> {
  const seats = await rows<{ person: number; policy: number; position: number }>(
    db,
    sql`select e.value::int as person, s.policy_id as policy, s.position
        from policy_steps s, jsonb_array_elements_text(s.options -> 'people') e
        where e.value::int in (${leavers}) order by s.policy_id, s.position`,
  );
  for (const { person, policy, position } of seats) {
    of(person).policySteps.push({ policyId: policy, position });
  }
  const open = sql`state in ('waiting', 'active')`;
  const taskSeats = await rows<{ person: number; task: number }>(
    db,
    sql`select distinct e.value::int as person, s.task_id as task
        from task_steps s, jsonb_array_elements_text(s.options -> 'people') e
        where s.${open} and e.value::int in (${leavers})`,
  );
  for (const { person, task } of taskSeats) of(person).taskSteps.push(task);
  if (seats.length > 0) {
    await removeSeats(db, 'policy_steps', sql`true`);
    await db.execute(sql`update policies set version = version + 1
      where id = any(${sql.param([...new Set(seats.map((seat) => seat.policy))])}::int[])`);
  }
  if (taskSeats.length > 0) await removeSeats(db, 'task_steps', open);
  await db.execute(sql`update user_groups set member_ids = array(
      select m from unnest(member_ids) m where m not in (${leavers}))
    where exists (select 1 from unnest(member_ids) m where m in (${leavers}))`);
}

async function removeSeats(
  db: Db,
  table: 'policy_steps' | 'task_steps',
  which: SQL,
): Promise<void> {
  const rest = sql`(select jsonb_agg(e.value::int order by e.ordinality)
    from jsonb_array_elements_text(s.options -> 'people') with ordinality e
    where e.value::int not in (${leavers}))`;
  await db.execute(sql`update ${sql.identifier(table)} s set
      approvers = case when ${rest} is null then 'application_owners' else approvers end,
      options = case when ${rest} is null then s.options - 'people'
        else jsonb_set(s.options, '{people}', ${rest}) end
    where ${which} and exists (select 1 from jsonb_array_elements_text(s.options -> 'people') e
      where e.value::int in (${leavers}))`);
}

/** Ends delegations from and to leavers. One between two leavers belongs to the person who set it. */
async function endDelegationsOfLeavers(db: Db, now: Date) {
  const at = sql`${now.toISOString()}::timestamptz`;
  const found = await rows<{ person: number; id: number; until: string | null }>(
    db,
    sql`select case when d.person_id in (${leavers}) then d.person_id else d.delegate_id end as person,
          d.id, d.ends_at::text as until
        from delegations d where (d.ends_at is null or (d.ends_at > ${at} and d.ends_at > d.starts_at))
          and (d.person_id in (${leavers}) or d.delegate_id in (${leavers})) order by d.id`,
  );
  if (found.length > 0) {
    await db.execute(sql`update delegations
      set ends_at = greatest(starts_at, ${at} - interval '1 second')
      where id = any(${sql.param(found.map(({ id }) => id))}::int[])`);
  }
  return found;
}

async function endSlackLinks(db: Db, of: (personId: number) => EndedRights): Promise<void> {
  const links = await rows<{ person: number; team: string; user: string }>(
    db,
    sql`delete from slack_identities where person_id in (${leavers}) and user_id is not null
        returning person_id as person, team_id as team, user_id as user`,
  );
  for (const { person, team, user } of links) of(person).slack = { teamId: team, userId: user };
  if (links.length === 0) return;
  const ids = sql.param(links.map(({ person }) => person));
  await db
    .delete(messageCopies)
    .where(
      and(
        eq(messageCopies.surface, 'slack'),
        sql`${messageCopies.recipientId} = any(${ids}::int[])`,
      ),
    );
}

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
