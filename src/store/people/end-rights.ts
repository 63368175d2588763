import type { SQL } from 'drizzle-orm';
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { rows } from '../db.ts';
import type { OwnerKind } from '../schema/access.ts';
import type { EndedRights } from '../schema/departures.ts';
import { messageCopies } from '../schema/messages.ts';
import type { RoleName } from '../schema/people.ts';

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
