import { eq, type SQL, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { type ImportChanges, syncRuns } from '../schema/access.ts';

/**
 * Rows in one statement. The embedded database runs in the program's own thread. With 2,000 rows each statement of a
 * sync takes less than 100 ms, which is the longest that a click waits to be acknowledged.
 */
const chunkSize = 2_000;

/** Calls `write` with one chunk of the rows after another. */
export async function inChunks<T>(
  list: readonly T[],
  write: (part: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < list.length; at += chunkSize) {
    await write(list.slice(at, at + chunkSize));
  }
}

/**
 * Rows as a table `r` of this shape (`id int, name text`), passed as one text parameter. The drivers encode arrays and
 * JSON differently, but texts alike.
 */
export function recordset(list: readonly object[], shape: string): SQL {
  return sql`json_to_recordset(${JSON.stringify(list)}::text::json) as r(${sql.raw(shape)})`;
}

/** Reads a table in the order of its ids, one chunk after another. */
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

/** Reserves ids for rows, so that the rows can refer to each other before they are inserted. */
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

/** Lets one sync at a time change people and grants. The lock lasts until the end of the transaction. */
export async function lockSyncs(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(727166)`);
}

/** Updates statistics after a bulk load. Without that the planner still expects empty tables. */
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
  { id, counts, now }: { id: number; counts: Record<string, number>; now: Date },
): Promise<void> {
  await db.execute(
    sql`update sync_runs set counts = ${JSON.stringify(counts)}::text::jsonb,
        finished_at = ${now.toISOString()}::timestamptz where id = ${id}`,
  );
}

/** Stores the changes of control that a run made, for the messages about them. */
export async function saveControlChanges(
  db: Db,
  id: number,
  controlChanges: ImportChanges,
): Promise<void> {
  await db.update(syncRuns).set({ controlChanges }).where(eq(syncRuns.id, id));
}

export async function findSyncRun(db: Db, id: number) {
  const [run] = await db.select().from(syncRuns).where(eq(syncRuns.id, id));
  return run;
}

export async function findLastSync(db: Db) {
  const [run] = await db
    .select()
    .from(syncRuns)
    .where(sql`${syncRuns.finishedAt} is not null`)
    .orderBy(sql`${syncRuns.id} desc`)
    .limit(1);
  return run;
}
