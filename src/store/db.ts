import type { ExtractTablesWithRelations, SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import * as access from './schema/access.ts';
import * as departures from './schema/departures.ts';
import * as identity from './schema/identity.ts';
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
  ...identity,
  ...departures,
};

/** One type for PGlite, postgres.js and the transactions of both. */
export type Db = PgDatabase<
  PgQueryResultHKT,
  typeof schema,
  ExtractTablesWithRelations<typeof schema>
>;

/** Runs a raw query and returns its rows. @typeParam T the shape that the query selects; nothing checks it. */
export async function rows<T>(db: Db, query: SQL): Promise<T[]> {
  // Both drivers return an object with rows; drizzle's common type does not know it.
  return ((await db.execute(query)) as unknown as { rows: T[] }).rows;
}

/** PostgreSQL's code of an error. Drizzle puts the driver's error in `cause`. */
export function errorCode(error: unknown): unknown {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return cause?.code ?? code;
}

/** Whether the database ended a transaction because of a deadlock or a serialization failure. */
export function isDeadlock(error: unknown): boolean {
  return ['40P01', '40001'].includes(String(errorCode(error)));
}

/** @throws when the database does not answer. */
export async function pingStore(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
