import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import type { Logger } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { inject } from 'vitest';
import { type Db, schema } from '../../src/store/db.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readyToEmpty } from './empty-tables.ts';
import { databaseAt, runOnServer } from './server.ts';

export interface TestDatabase {
  db: Db;
  /** Takes it back to what it was when it was opened. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export interface ServedDatabase {
  name: string;
  /** An empty, migrated database of one's own. */
  open(): Promise<TestDatabase>;
}

/**
 * The databases of a suite: `describe.each(databases())('…on $name', ({ open }) => …)`. PostgreSQL is there
 * when TEST_DATABASE_URL is set. For what is about statements, locks or races: syncs, decisions, the outbox, what
 * is reconciled; and so that every statement of the store runs on PostgreSQL somewhere.
 */
export function databases(): ServedDatabase[] {
  return [...embedded(), ...served()];
}

/**
 * The embedded database only: for what is about words, a file's form or the command line, and has no
 * statement that does not run elsewhere on PostgreSQL.
 */
export function embedded(): ServedDatabase[] {
  return [{ name: 'PGlite', open: openEmbedded }];
}

/**
 * PostgreSQL where there is one, or else the embedded database: for what takes ten seconds and more and is
 * about Slack's limits, an outage, a mail server, or many rounds of a race, which the embedded database runs in turn.
 */
export function oneDatabase(): ServedDatabase[] {
  return databases().slice(-1);
}

/** PostgreSQL where there is one: for what takes two connections. */
export function served(): ServedDatabase[] {
  const url = process.env.TEST_DATABASE_URL;
  return url ? [{ name: 'PostgreSQL', open: () => openOnServer(url) }] : [];
}

/**
 * Opens an empty, migrated embedded database in memory. Opening takes a second, so a closed database is emptied and
 * reused by later files in the same worker.
 */
export async function openEmbedded(): Promise<TestDatabase> {
  const database = spare.pop() ?? (await createEmbedded());
  return {
    ...database,
    close: async () => {
      await database.empty();
      spare.push(database);
    },
  };
}

const spare: Omit<TestDatabase, 'close'>[] = [];

/** Opens an embedded database with a logger of every statement. Other files do not reuse it. */
export async function openLogged(logger: Logger): Promise<TestDatabase> {
  const { client, ...database } = await createEmbedded(logger);
  return { ...database, close: () => client.close() };
}

async function createEmbedded(logger?: Logger) {
  const dump = new Blob([new Uint8Array(await readFile(inject('emptyDatabase')))]);
  const client = await PGlite.create({ loadDataDir: dump });
  const options = { schema, casing: 'snake_case', ...(logger && { logger }) } as const;
  const db = drizzle(client, options) as unknown as Db;
  return { client, db, empty: await readyToEmpty(db) };
}

async function openOnServer(url: string): Promise<TestDatabase> {
  const name = `rolemine_test_${randomUUID().replaceAll('-', '')}`;
  await runOnServer(url, `create database ${name} template ${inject('template')}`);
  const store = await openStore({ databaseUrl: databaseAt(url, name), dataDir: '' });
  const close = async () => {
    await store.close();
    await runOnServer(url, `drop database ${name} with (force)`);
  };
  return { db: store.db, empty: await readyToEmpty(store.db), close };
}
