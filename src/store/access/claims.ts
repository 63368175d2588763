import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';

/** A condition on grants `g`: a task says it was provisioned, and no sync has found it yet. */
const isClaim = sql`g.closed_at is null and g.source = 'task' and g.verified_at is null`;
/** A condition that joins tasks `t`. Person and entitlement are in it because the index of live grants has them. */
const isOf = (task: 'task_id' | 'deprovision_task_id') =>
  sql.raw(`t.id = g.${task} and t.person_id = g.person_id and t.entitlement_id = g.entitlement_id`);
const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** A task whose claim a sync contradicts, and the grant of the claim. */
export interface Contradiction {
  grantId: number;
  taskId: number;
}

/**
 * Counts a sync that did not find grants which tasks say were provisioned, in applications whose grants this connector
 * brings.
 * @returns the claims that at least two syncs did not find.
 */
export async function countMissedClaims(
  db: Db,
  connector: string,
  now: Date,
): Promise<Contradiction[]> {
  const missed = await rows<Contradiction & { missed: number }>(
    db,
    sql`update grants g set missed_syncs = g.missed_syncs + 1
        from entitlements e, people p, tasks t
        where ${isClaim} and g.first_seen_at <= ${iso(now)}
          and e.id = g.entitlement_id and e.closed_at is null
          and p.id = g.person_id and p.active and p.closed_at is null
          and ${isOf('task_id')} and t.state = 'provisioned'
          and exists (select 1 from grants o join entitlements oe on oe.id = o.entitlement_id
            where oe.application_id = e.application_id and o.connector = ${connector}
              and o.closed_at is null)
        returning g.id as "grantId", g.task_id as "taskId", g.missed_syncs as missed`,
  );
  return missed.filter((one) => one.missed >= 2);
}

/**
 * Counts a sync that still finds grants which tasks say were deprovisioned.
 * @returns the claims that at least two syncs contradict.
 */
export async function countContradictedDeprovisionings(
  db: Db,
  run: { connector: string; runId: number; now: Date },
): Promise<Contradiction[]> {
  const seen = await rows<Contradiction & { missed: number }>(
    db,
    sql`update grants g set missed_syncs = g.missed_syncs + 1 from tasks t
        where ${isOf('deprovision_task_id')}
          and g.closed_at is null and g.deprovisioned_at <= ${iso(run.now)}
          and g.connector = ${run.connector} and g.last_sync_run_id = ${run.runId}
        returning g.id as "grantId", g.deprovision_task_id as "taskId", g.missed_syncs as missed`,
  );
  return seen.filter((one) => one.missed >= 2);
}

/** Resets the counts and drops claims of a removal. The caller asks somebody to check them. */
export async function resetContradictedClaims(db: Db, grantIds: readonly number[]): Promise<void> {
  await db.execute(sql`update grants set missed_syncs = 0, deprovisioned_at = null
    where id = any(${sql.param(grantIds)}::int[])`);
}

/** Closes the claimed grant of a task that will not be provisioned after all. */
export async function closeClaim(db: Db, taskId: number, now: Date): Promise<void> {
  await db.execute(sql`update grants g set closed_at = ${iso(now)} from tasks t
    where ${isClaim} and ${isOf('task_id')} and t.id = ${taskId}`);
}

/**
 * Closes claims of tasks that ended without access, and of closed entitlements, unless an open revocation is about the
 * same access.
 */
export async function closeEndedClaims(db: Db, now: Date): Promise<void> {
  await db.execute(sql`update grants g set closed_at = ${iso(now)} from tasks t
    where ${isClaim} and ${isOf('task_id')}
      and (t.state in ('denied', 'not_provisioned', 'canceled')
        or exists (select 1 from entitlements e where e.id = g.entitlement_id
          and e.closed_at is not null))
      and not exists (select 1 from tasks r where r.kind = 'revoke' and r.state = 'open'
        and r.person_id = g.person_id and r.entitlement_id = g.entitlement_id)`);
}

/** Claimed grants of people who have left, without a revocation since. */
export async function listClaimsOfLeavers(db: Db) {
  return rows<{ personId: number; entitlementId: number; name: string }>(
    db,
    sql`select g.person_id as "personId", g.entitlement_id as "entitlementId", p.name
        from grants g join people p on p.id = g.person_id join tasks t on ${isOf('task_id')}
        where ${isClaim} and (not p.active or p.closed_at is not null)
          and not exists (select 1 from tasks r where r.kind = 'revoke' and r.person_id = g.person_id
            and r.entitlement_id = g.entitlement_id and r.opened_at >= g.first_seen_at)
        order by g.id`,
  );
}
