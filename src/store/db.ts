import type { ExtractTablesWithRelations, SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import * as access from './schema/access.ts';
import * as departures from './schema/departures.ts';
import * as delivery from './schema/messages.ts';
import * as mining from './schema/mining.ts';
import * as people from './schema/people.ts';
import * as rules from './schema/rules.ts';
import * as sync from './schema/sync.ts';
import * as tasks from './schema/tasks.ts';

export const schema = {
  ...people,
  ...access,
  ...mining,
  ...rules,
  ...tasks,
  ...delivery,
  ...sync,
  ...departures,
};

/** One type for PGlite, postgres.js and the transactions of both. */
export type Db = PgDatabase<
  PgQueryResultHKT,
  typeof schema,
  ExtractTablesWithRelations<typeof schema>
>;

/** Runs a raw query. The two drivers wrap their rows differently, so drizzle's type is of no use here. */
export async function rows<T>(db: Db, query: SQL): Promise<T[]> {
  const result = (await db.execute(query)) as unknown;
  return Array.isArray(result) ? (result as T[]) : (result as { rows: T[] }).rows;
}

/** Whether the database ended a transaction because of a deadlock or a serialization failure. */
export function isDeadlock(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((one) => one === '40P01' || one === '40001');
}

/** @throws when the database does not answer. */
export async function pingStore(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
