import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import postgres from 'postgres';
import { inject } from 'vitest';
import { type Db, schema } from '../../src/store/db.ts';
import { openStore } from '../../src/store/open-store.ts';

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

/** An empty, migrated embedded database in memory. */
export async function openEmbedded(): Promise<TestDatabase> {
  const dump = new Blob([new Uint8Array(await readFile(inject('emptyDatabase')))]);
  const client = await PGlite.create({ loadDataDir: dump });
  const db = drizzle(client, { schema, casing: 'snake_case' }) as unknown as Db;
  return { db, close: () => client.close() };
}

async function openOnServer(url: string): Promise<TestDatabase> {
  const name = `rolemine_test_${randomUUID().replaceAll('-', '')}`;
  await run(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const store = await openStore({ databaseUrl: own.href, dataDir: '' });
  const close = async () => {
    await store.close();
    await run(url, `drop database ${name} with (force)`);
  };
  return { db: store.db, close };
}

async function run(url: string, statement: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client.unsafe(statement);
  } finally {
    await client.end();
  }
}
