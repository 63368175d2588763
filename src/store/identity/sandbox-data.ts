import { getTableName, is, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { type Db, rows, schema } from '../db.ts';
import { applications, entitlements, grants, matrixChanges, syncRuns } from '../schema/access.ts';
import { storeIdentity } from '../schema/identity.ts';
import { auditLog } from '../schema/messages.ts';
import { people } from '../schema/people.ts';
import { policies, policySteps } from '../schema/tasks.ts';
import { companyConnector } from './store-identity.ts';

/**
 * The tables that outlast the sandbox. All others hold decisions and messages. In the sandbox anybody can act as
 * anybody, so none of these decisions can be trusted. A new table is dropped unless it is named here.
 */
const keptTables: readonly string[] = [
  applications,
  auditLog,
  entitlements,
  grants,
  matrixChanges,
  people,
  policies,
  policySteps,
  storeIdentity,
  syncRuns,
].map((table) => getTableName(table));

/** The number of rows of each kind that were dropped. */
export interface DroppedData {
  people: number;
  grants: number;
  entitlements: number;
  slackLinks: number;
  roles: number;
  tasks: number;
  profiles: number;
}

/**
 * Drops the made-up company, the members and contacts of the sandbox's Slack, and everything decided in the sandbox:
 * roles, owners, policies, profiles, rules, tasks, claims and links. People and access that other imports brought stay.
 * The rows of dropped people stay, closed and without id and address, because the audit log refers to them.
 */
export async function dropSandboxData(db: Db, now: Date): Promise<DroppedData> {
  const [decided] = await rows<Pick<DroppedData, 'slackLinks' | 'roles' | 'tasks' | 'profiles'>>(
    db,
    sql`select
      (select count(*)::int from slack_identities where user_id is not null) as "slackLinks",
      (select count(*)::int from person_roles) as roles,
      (select count(*)::int from tasks) as tasks,
      (select count(*)::int from access_profiles) as profiles`,
  );
  await dropDecisions(db);
  const dropped = await dropPeople(db, now);
  const droppedGrants = await dropGrants(db, dropped);
  const droppedEntitlements = await dropCatalog(db);
  return {
    people: dropped.length,
    grants: droppedGrants,
    entitlements: droppedEntitlements,
    ...{ slackLinks: 0, roles: 0, tasks: 0, profiles: 0, ...decided },
  };
}

async function dropDecisions(db: Db): Promise<void> {
  const all = Object.values(schema).flatMap((one: unknown) =>
    is(one, PgTable) ? getTableName(one) : [],
  );
  const dropped = all.filter((name) => !keptTables.includes(name));
  await db.execute(sql.raw(`truncate ${dropped.map((name) => `"${name}"`).join(', ')}`));
  await db.execute(sql`delete from policy_steps s using policies p
    where p.id = s.policy_id and not p.built_in`);
  await db.execute(sql`delete from policies where not built_in`);
  await db.execute(sql`update policies set is_default = (name = 'One approval')`);
}

/** @returns the ids of the people. */
async function dropPeople(db: Db, now: Date): Promise<number[]> {
  // The members of the sandbox's Slack and its contacts are as made up as the company.
  const made = await rows<{ id: number }>(
    db,
    sql`update people set closed_at = coalesce(closed_at, ${now.toISOString()}::timestamptz), active = false,
        email = null, external_id = null, manager_ref = null, manager_id = null
      where connector in (${companyConnector}, 'slack', 'contact') returning id`,
  );
  const ids = made.map(({ id }) => id);
  await db.execute(sql`update people set manager_id = null
    where manager_id = any(${sql.param(ids)}::int[])`);
  return ids;
}

/** Drops the grants of these people, and grants that no import of the others' access has seen. */
async function dropGrants(db: Db, personIds: readonly number[]): Promise<number> {
  const dropped = await rows(
    db,
    sql`delete from grants where person_id = any(${sql.param([...personIds])}::int[])
      or connector is null or connector in (${companyConnector}, 'slack') returning 1`,
  );
  await db.execute(sql`update grants set source = 'connector', task_id = null, profile_id = null, rule_id = null,
    grace_started_at = null, deprovision_task_id = null, deprovisioned_at = null, expiry_notified_at = null,
    revocation_failed_at = null, missed_syncs = 0`);
  return dropped.length;
}

/** Drops entitlements and applications that no other import lists and that nobody holds, and settings of the others. */
async function dropCatalog(db: Db): Promise<number> {
  const dropped = await rows(
    db,
    sql`delete from entitlements e where (connector is null or connector = ${companyConnector})
      and not exists (select 1 from grants g where g.entitlement_id = e.id) returning 1`,
  );
  await db.execute(sql`update entitlements set connector = null, description = null, category = null, risk = null,
    requestable = true, emergency_allowed = false, max_grant_days = null where connector = ${companyConnector}`);
  await db.execute(
    sql`update entitlements set policy_id = null, emergency_policy_id = null, revoke_policy_id = null, mined = true`,
  );
  await db.execute(sql`delete from applications a
    where not exists (select 1 from entitlements e where e.application_id = a.id)`);
  await db.execute(sql`update applications set instructions = null, policy_id = null, emergency_policy_id = null,
    revoke_policy_id = null`);
  return dropped.length;
}
