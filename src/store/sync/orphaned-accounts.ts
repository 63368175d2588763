import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { inChunks, recordset } from './sync-runs.ts';

/** Replaces the unknown accounts of a source. Those that it still has keep the time when they were first seen. */
export async function replaceOrphanedAccounts(
  db: Db,
  accounts: readonly { reference: string; entitlementId: number }[],
  run: { connector: string; runId: number; now: Date },
): Promise<void> {
  const { connector, runId } = run;
  const shape = '"reference" text, "entitlementId" int';
  await inChunks(accounts, (part) =>
    db.execute(sql`insert into orphaned_accounts
        (connector, reference, entitlement_id, first_seen_at, last_sync_run_id)
      select ${connector}, r."reference", r."entitlementId",
        ${run.now.toISOString()}::timestamptz, ${runId}::int from ${recordset(part, shape)}
      on conflict (connector, entitlement_id, reference)
        do update set last_sync_run_id = excluded.last_sync_run_id`),
  );
  await db.execute(sql`delete from orphaned_accounts
    where connector = ${connector} and last_sync_run_id <> ${runId}::int`);
}

/** An account that belongs to nobody who is here. */
export interface OrphanedAccount {
  /** The person who left; null: nobody whom Rolemine knows. */
  personId: number | null;
  /** The name of the person, or the reference of the source. */
  holder: string;
  entitlementId: number;
  app: string;
  entitlement: string;
  isHighRisk: boolean;
  connector: string | null;
  /** An open revocation. */
  taskId: number | null;
  /** Of all accounts. */
  total: number;
}

const accounts = sql`(
  select g.person_id, p.name as holder, g.entitlement_id, g.connector from grants g
    join people p on p.id = g.person_id
    where g.closed_at is null and g.deprovisioned_at is null
      and (not p.active or p.closed_at is not null)
  union all
  select null, o.reference, o.entitlement_id, o.connector from orphaned_accounts o)`;

/** A page of the accounts of people who have left and of nobody known: high risk first, then by name. */
export async function listOrphanedAccounts(
  db: Db,
  page: { limit: number; offset: number },
): Promise<OrphanedAccount[]> {
  return rows<OrphanedAccount>(
    db,
    sql`select a.person_id as "personId", a.holder, e.id as "entitlementId", app.name as app,
        e.name as entitlement, e.risk is not distinct from 'high' as "isHighRisk", a.connector,
        (select t.id from tasks t where t.state = 'open' and t.kind = 'revoke'
          and t.person_id = a.person_id and t.entitlement_id = a.entitlement_id limit 1) as "taskId",
        count(*) over ()::int as total
      from ${accounts} a
      join entitlements e on e.id = a.entitlement_id
      join applications app on app.id = e.application_id
      order by e.risk is distinct from 'high', a.person_id is null, lower(a.holder), a.person_id,
        lower(app.name), lower(e.name)
      limit ${page.limit} offset ${page.offset}`,
  );
}

/** The numbers of accounts of people who have left, and of nobody known. */
export async function countOrphanedAccounts(
  db: Db,
): Promise<{ ofLeavers: number; unknown: number }> {
  const [row] = await rows<{ ofLeavers: number; unknown: number }>(
    db,
    sql`select count(a.person_id)::int as "ofLeavers",
        count(*) filter (where a.person_id is null)::int as unknown from ${accounts} a`,
  );
  return row ?? { ofLeavers: 0, unknown: 0 };
}
