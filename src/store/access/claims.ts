import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';

/** What a task says it gave, and no sync has seen: a condition on grants `g`. */
const isClaim = sql`g.closed_at is null and g.source = 'task' and g.verified_at is null`;
/** That tasks `t` is the one: by its pair, too, by which live grants are found without reading them all. */
const isOf = (task: 'task_id' | 'removal_task_id') =>
  sql.raw(`t.id = g.${task} and t.person_id = g.person_id and t.entitlement_id = g.entitlement_id`);
const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** A task whose claim syncs contradict, with the grant it is about. */
export interface Contradiction {
  grantId: number;
  taskId: number;
}

/**
 * Counts a sync that did not see what tasks claim to have given, in applications of which this connector
 * brings grants. @returns those that two syncs and more have missed.
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

/** Counts a sync that still sees what tasks claim to have taken away. @returns those seen twice and more. */
export async function countSeenRemovals(
  db: Db,
  run: { connector: string; runId: number; now: Date },
): Promise<Contradiction[]> {
  const seen = await rows<Contradiction & { missed: number }>(
    db,
    sql`update grants g set missed_syncs = g.missed_syncs + 1 from tasks t
        where ${isOf('removal_task_id')}
          and g.closed_at is null and g.removal_claimed_at <= ${iso(run.now)}
          and g.connector = ${run.connector} and g.last_sync_run_id = ${run.runId}
        returning g.id as "grantId", g.removal_task_id as "taskId", g.missed_syncs as missed`,
  );
  return seen.filter((one) => one.missed >= 2);
}

/** Counting begins anew, and a removal is no longer claimed: somebody has been asked to look again. */
export async function dropContradicted(db: Db, grantIds: readonly number[]): Promise<void> {
  await db.execute(sql`update grants set missed_syncs = 0, removal_claimed_at = null
    where id = any(${sql.param(grantIds)}::int[])`);
}

/** What a task claimed to have given, and will not give after all, is not held. */
export async function closeClaim(db: Db, taskId: number, now: Date): Promise<void> {
  await db.execute(sql`update grants g set closed_at = ${iso(now)} from tasks t
    where ${isClaim} and ${isOf('task_id')} and t.id = ${taskId}`);
}

/**
 * Closes claims of tasks that ended otherwise, and of entitlements that are no more, unless somebody is asked
 * to take it away.
 */
export async function closeDeadClaims(db: Db, now: Date): Promise<void> {
  await db.execute(sql`update grants g set closed_at = ${iso(now)} from tasks t
    where ${isClaim} and ${isOf('task_id')}
      and (t.state in ('denied', 'not_provisioned', 'cancelled')
        or exists (select 1 from entitlements e where e.id = g.entitlement_id
          and e.closed_at is not null))
      and not exists (select 1 from tasks r where r.kind = 'revoke' and r.state = 'open'
        and r.person_id = g.person_id and r.entitlement_id = g.entitlement_id)`);
}

/** What people who have left were given, as a task claims, and nobody was asked to take away. */
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
