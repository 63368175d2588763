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
  close(): Promise<void>;
}

/**
 * The databases a suite runs on: `describe.each(databases())('…on $name', ({ open }) => …)`. Each `open()`
 * gives an empty, migrated database of its own. PostgreSQL is there when TEST_DATABASE_URL is set.
 */
export function databases(): { name: string; open(): Promise<TestDatabase> }[] {
  const url = process.env.TEST_DATABASE_URL;
  const embedded = { name: 'PGlite', open: openEmbedded };
  return url ? [embedded, { name: 'PostgreSQL', open: () => openOnServer(url) }] : [embedded];
}

/**
 * Opens an empty, migrated embedded database in memory. Opening takes a second, so a closed database is emptied and
 * reused by later files in the same worker.
 */
export async function openEmbedded(): Promise<TestDatabase> {
  const { db, empty } = spare.pop() ?? (await createEmbedded());
  return {
    db,
    close: async () => {
      await empty();
      spare.push({ db, empty });
    },
  };
}

const spare: { db: Db; empty(): Promise<void> }[] = [];

/** Opens an embedded database with a logger of every statement. Other files do not reuse it. */
export async function openLogged(logger: Logger): Promise<TestDatabase> {
  const { client, db } = await createEmbedded(logger);
  return { db, close: () => client.close() };
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
  return { db: store.db, close };
}
