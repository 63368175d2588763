import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { inChunks, recordset } from './sync-runs.ts';

/** A live grant as a sync compares it. Times are in milliseconds, so that they compare as numbers. */
export interface SyncedGrant {
  id: number;
  personId: number;
  entitlementId: number;
  source: 'connector' | 'task';
  connector: string | null;
  taskId: number | null;
  isVerified: boolean;
  /** A task says that it was deprovisioned. */
  isDeprovisioned: boolean;
  grantedAt: number | null;
  expiresAt: number | null;
  lastUsedAt: number | null;
}

const milliseconds = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);

/** The live grants of people. */
export async function listGrantsForSync(
  db: Db,
  personIds: readonly number[],
): Promise<SyncedGrant[]> {
  return rows<SyncedGrant>(
    db,
    sql`select id, person_id as "personId", entitlement_id as "entitlementId", source, connector,
          task_id as "taskId", verified_at is not null as "isVerified",
          deprovisioned_at is not null as "isDeprovisioned",
          ${milliseconds('granted_at')} as "grantedAt",
          ${milliseconds('expires_at')} as "expiresAt",
          ${milliseconds('last_used_at')} as "lastUsedAt"
        from grants
        where closed_at is null and person_id = any(${sql.param(personIds)}::int[])`,
  );
}

/** The ids of people with live grants, in order. */
export async function listHolderIds(db: Db): Promise<number[]> {
  const holders = await rows<{ id: number }>(
    db,
    sql`select distinct person_id as id from grants where closed_at is null order by 1`,
  );
  return holders.map(({ id }) => id);
}

/** Times are ISO texts. */
export interface GrantTimes {
  grantedAt?: string | null;
  expiresAt?: string | null;
  lastUsedAt?: string | null;
}

export interface NewGrant extends GrantTimes {
  personId: number;
  entitlementId: number;
}

const times = '"grantedAt" timestamptz, "expiresAt" timestamptz, "lastUsedAt" timestamptz';

/**
 * Inserts grants that a connector saw. What became live meanwhile (a task was provisioned) is left as
 * it is; the next sync confirms it.
 */
export async function insertSyncedGrants(
  db: Db,
  list: readonly NewGrant[],
  seen: { connector: string; runId: number; now: Date },
): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`insert into grants (person_id, entitlement_id, granted_at, expires_at,
        last_used_at, source, connector, first_seen_at, last_sync_run_id)
      select r."personId", r."entitlementId", r."grantedAt", r."expiresAt", r."lastUsedAt",
        'connector', ${seen.connector}, ${seen.now.toISOString()}::timestamptz, ${seen.runId}::int
      from ${recordset(part, `"personId" int, "entitlementId" int, ${times}`)}
      on conflict do nothing`),
  );
}

export async function updateGrantTimes(
  db: Db,
  list: readonly (GrantTimes & { id: number })[],
): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`update grants set granted_at = r."grantedAt", expires_at = r."expiresAt",
        last_used_at = r."lastUsedAt",
        expiry_notified_at = case when grants.expires_at = r."expiresAt" then expiry_notified_at end
      from ${recordset(part, `id int, ${times}`)} where grants.id = r.id`),
  );
}

/** Records that a run found these grants. */
export async function touchGrants(db: Db, ids: readonly number[], runId: number): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update grants set last_sync_run_id = ${runId}
      where id = any(${sql.param(part)}::int[])`),
  );
}

/** Verifies grants of tasks that the connector has found. */
export async function confirmGrants(
  db: Db,
  ids: readonly number[],
  seen: { connector: string; now: Date },
): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update grants set connector = ${seen.connector},
        verified_at = ${seen.now.toISOString()}::timestamptz, missed_syncs = 0
      where id = any(${sql.param(part)}::int[])`),
  );
}

export async function closeGrants(db: Db, ids: readonly number[], now: Date): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update grants set closed_at = ${now.toISOString()}::timestamptz
      where id = any(${sql.param(part)}::int[])`),
  );
}
