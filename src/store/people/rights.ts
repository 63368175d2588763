import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import type { OwnerKind } from '../schema/access.ts';
import type { EndedRights } from '../schema/departures.ts';
import type { RoleName } from '../schema/people.ts';

/** Adds up what ended in several departures of a person. */
export function joinRights(list: readonly EndedRights[]): EndedRights {
  return {
    roles: [...new Set(list.flatMap(({ roles }) => roles))],
    applications: list.flatMap(({ applications }) => applications),
    entitlements: list.flatMap(({ entitlements }) => entitlements),
    profiles: list.flatMap(({ profiles }) => profiles),
    policySteps: list.flatMap(({ policySteps }) => policySteps),
    taskSteps: [],
    // A delegation names both people, so it does not pass to another person.
    delegations: [],
    slack: null,
  };
}

/** The roles, ownerships and seats of a person. */
export async function readRights(db: Db, personId: number): Promise<EndedRights> {
  const roles = await rows<{ role: RoleName }>(
    db,
    sql`select role from person_roles where person_id = ${personId}`,
  );
  const applications = await rows<{ id: number; kind: OwnerKind }>(
    db,
    sql`select application_id as id, kind from application_owners where person_id = ${personId}`,
  );
  const entitlements = await rows<{ id: number }>(
    db,
    sql`select entitlement_id as id from entitlement_owners where person_id = ${personId}`,
  );
  const profiles = await rows<{ id: number }>(
    db,
    sql`select profile_id as id from profile_owners where person_id = ${personId}`,
  );
  const steps = await rows<{ policyId: number; position: number }>(
    db,
    sql`select policy_id as "policyId", position from policy_steps
        where options -> 'people' @> to_jsonb(${personId}::int)`,
  );
  return {
    roles: roles.map(({ role }) => role),
    applications,
    entitlements: entitlements.map(({ id }) => id),
    profiles: profiles.map(({ id }) => id),
    policySteps: steps,
    taskSteps: [],
    delegations: [],
    slack: null,
  };
}

/** These rights without those that the person has. */
export async function withoutHeld(
  db: Db,
  personId: number,
  rights: EndedRights,
): Promise<EndedRights> {
  const held = await readRights(db, personId);
  return {
    ...rights,
    roles: rights.roles.filter((role) => !held.roles.includes(role)),
    applications: rights.applications.filter(
      ({ id, kind }) => !held.applications.some((one) => one.id === id && one.kind === kind),
    ),
    entitlements: rights.entitlements.filter((id) => !held.entitlements.includes(id)),
    profiles: rights.profiles.filter((id) => !held.profiles.includes(id)),
    policySteps: rights.policySteps.filter(
      ({ policyId, position }) =>
        !held.policySteps.some((one) => one.policyId === policyId && one.position === position),
    ),
  };
}

/** Ends rights that a merge gave, apart from roles. */
export async function removeRights(db: Db, personId: number, rights: EndedRights): Promise<void> {
  for (const { id, kind } of rights.applications) {
    await db.execute(sql`delete from application_owners
      where person_id = ${personId} and application_id = ${id} and kind = ${kind}`);
  }
  await db.execute(sql`delete from entitlement_owners where person_id = ${personId}
    and entitlement_id = any(${sql.param(rights.entitlements)}::int[])`);
  await db.execute(sql`delete from profile_owners where person_id = ${personId}
    and profile_id = any(${sql.param(rights.profiles)}::int[])`);
  for (const { policyId, position } of rights.policySteps) {
    const others = sql`(select jsonb_agg(e.value) from jsonb_array_elements(options -> 'people') e
      where e.value <> to_jsonb(${personId}::int))`;
    await db.execute(sql`update policy_steps set
        approvers = case when ${others} is null then 'application_owners' else approvers end,
        options = case when ${others} is null then options - 'people'
          else jsonb_set(options, '{people}', ${others}) end
      where policy_id = ${policyId} and position = ${position}
        and options -> 'people' @> to_jsonb(${personId}::int)`);
    await db.execute(sql`update policies set version = version + 1 where id = ${policyId}`);
  }
}
