import { type SQL, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';

/**
 * Rows a statement: on the embedded database, which runs in the program's own thread, 2,000 keep each
 * statement of a sync under 100 ms, and with it the time until a click is acknowledged.
 */
const chunkSize = 2_000;

/** Calls `write` with one part of the rows after another. */
export async function inChunks<T>(
  list: readonly T[],
  write: (part: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < list.length; at += chunkSize) {
    await write(list.slice(at, at + chunkSize));
  }
}

/**
 * Rows as a table of that shape (`id int, name text`), as one text parameter: the drivers differ in
 * how they encode arrays and JSON, and not in texts.
 */
export function recordset(list: readonly object[], shape: string): SQL {
  return sql`json_to_recordset(${JSON.stringify(list)}::text::json) as r(${sql.raw(shape)})`;
}

/** Reads a table in the order of its ids, a chunk at a time. */
export async function readInChunks<T extends { id: number }>(
  readAfter: (id: number, limit: number) => Promise<T[]>,
): Promise<T[]> {
  const all: T[] = [];
  for (let last = 0; ; ) {
    const part = await readAfter(last, chunkSize);
    for (const row of part) all.push(row);
    const end = part.at(-1);
    if (end === undefined || part.length < chunkSize) return all;
    last = end.id;
  }
}

/** Takes ids for rows that are to be inserted, so that they can refer to each other at once. */
export async function reserveIds(
  db: Db,
  table: 'people' | 'applications' | 'entitlements',
  count: number,
): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const part = await rows<{ id: number }>(
      db,
      sql`select nextval(pg_get_serial_sequence(${table}, 'id'))::int as id
          from generate_series(1, ${Math.min(10_000, count - ids.length)}::int)`,
    );
    for (const { id } of part) ids.push(id);
  }
  return ids;
}

/** Lets one sync at a time change people and grants, until the end of its transaction. */
export async function lockSyncs(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(727166)`);
}

/** After a bulk load the planner would otherwise go by an empty table. */
export async function analyzeTables(db: Db): Promise<void> {
  for (const table of ['people', 'entitlements', 'grants']) {
    await db.execute(sql`analyze ${sql.identifier(table)}`);
  }
}

export async function startSyncRun(db: Db, connector: string, now: Date): Promise<number> {
  const [run] = await rows<{ id: number }>(
    db,
    sql`insert into sync_runs (connector, started_at)
        values (${connector}, ${now.toISOString()}::timestamptz) returning id`,
  );
  if (!run) throw new Error('the sync run was not stored');
  return run.id;
}

export async function finishSyncRun(
  db: Db,
  id: number,
  counts: Record<string, number>,
  now: Date,
): Promise<void> {
  await db.execute(
    sql`update sync_runs set counts = ${JSON.stringify(counts)}::text::jsonb,
        finished_at = ${now.toISOString()}::timestamptz where id = ${id}`,
  );
}
