import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';

/** An assignee of an active step whose right to decide it has ended. */
export interface StaleAssignee {
  taskId: number;
  stepId: number;
  personId: number;
  name: string;
  /** Whether they left, cannot act in Slack, or lost the place that made them an assignee. */
  cause: 'left' | 'guest' | 'deactivated' | 'replaced';
}

/**
 * Lists active assignees of active steps who would not be asked now. The person that counts is the assignee, or the
 * person whose delegate they are.
 * @param stepId only of this step; undefined: of all open tasks
 */
export async function listStaleAssignees(
  db: Db,
  { stepId }: { stepId?: number } = {},
): Promise<StaleAssignee[]> {
  return rows(
    db,
    sql`select * from (${withCauses(stepId)}) x where cause is not null order by "stepId", "personId"`,
  );
}

/**
 * Lists active steps that have fewer assignees than must agree, or stale ones.
 */
export async function listStepsToMove(db: Db): Promise<{ stepId: number; taskId: number }[]> {
  return rows(
    db,
    sql`with standing as materialized (${withCauses()})
        select s.id as "stepId", s.task_id as "taskId"
        from task_steps s
        join tasks t on t.id = s.task_id and t.state = 'open'
        left join standing a on a."stepId" = s.id
        where s.state = 'active'
        group by s.id, s.task_id
        having count(a.cause) > 0
          or count(a."personId") < greatest(1, coalesce((s.options->>'quorum')::int, 1))
        order by s.id`,
  );
}

/** All active assignees of active steps, each with the cause for which the right has ended; null: it has not. */
function withCauses(stepId?: number) {
  return sql`
    select t.id as "taskId", s.id as "stepId", a.person_id as "personId", p.name,
      case
        when not p.active or p.closed_at is not null then 'left'
        when i.state = 'guest' then 'guest'
        when i.state = 'deactivated' and i.active_confirmed_at is null then 'deactivated'
        when not (${holdsPlace}) then 'replaced'
      end as cause
    from step_assignees a
    join task_steps s on s.id = a.step_id and s.state = 'active'
    join tasks t on t.id = s.task_id and t.state = 'open'
    join people p on p.id = a.person_id
    join people subject on subject.id = t.person_id
    join entitlements e on e.id = t.entitlement_id
    left join slack_identities i on i.person_id = a.person_id
    where a.active ${stepId === undefined ? sql`` : sql`and s.id = ${stepId}`}`;
}

const principal = sql`coalesce(a.delegate_of, a.person_id)`;
const isOwner = sql`exists (select 1 from application_owners o
  where o.application_id = e.application_id and o.kind = 'owner' and o.person_id = ${principal})`;
const isSuperAdmin = sql`exists (select 1 from person_roles r
  where r.role = 'super_admin' and r.person_id = ${principal})`;

/** Whether the level that made somebody an assignee still has them. Named people are part of the plan. */
const holdsPlace = sql`case a.level
  when 'manager' then subject.manager_id is not distinct from ${principal}
  when 'owners' then ${isOwner}
  when 'entitlementOwners' then exists (select 1 from entitlement_owners o
    where o.entitlement_id = e.id and o.person_id = ${principal})
  when 'provisioners' then exists (select 1 from application_owners o
    where o.application_id = e.application_id and o.kind = 'provisioner' and o.person_id = ${principal})
  when 'group' then exists (select 1 from user_groups g
    where g.id = s.options->>'userGroup' and ${principal} = any(g.member_ids))
  when 'superAdmins' then ${isSuperAdmin}
  when 'ownersOrAdmins' then ${isOwner} or ${isSuperAdmin}
  when 'line' then exists (select 1 from people r
    where r.manager_id = ${principal} and r.active and r.closed_at is null)
  else true
end`;
