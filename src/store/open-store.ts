import { fork } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from '../errors.ts';
import type { Db } from './db.ts';
import { schema } from './db.ts';
import { lockFolder } from './folder-lock.ts';
import { assertKnownMigrations, migrationsFolder } from './migrations.ts';

export interface Store {
  db: Db;
  embedded: boolean;
  /** Frees space and updates statistics. The embedded database has no autovacuum, so a nightly job calls this. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

const options = { schema, casing: 'snake_case' } as const;

/**
 * Opens the store and migrates its tables.
 * @param where.databaseUrl undefined: the embedded database in `dataDir`, which one process can use at a time.
 * @throws Refusal unavailable: the database cannot be used. Its sentence is for people.
 */
export async function openStore(where: {
  databaseUrl?: string | undefined;
  dataDir: string;
}): Promise<Store> {
  return where.databaseUrl ? openServer(where.databaseUrl) : openFolder(where.dataDir);
}

async function openServer(url: string): Promise<Store> {
  const [{ ServerPool }, { drizzle }, { migrate }] = await Promise.all([
    import('./server-pool.ts'),
    import('drizzle-orm/node-postgres'),
    import('drizzle-orm/node-postgres/migrator'),
  ]);
  const pool = new ServerPool(url);
  const migrated = drizzle(pool, options);
  const db = toDb(migrated);
  try {
    // Of two processes that start together only one may migrate. A session lock needs a connection of its own.
    const lock = await pool.connect();
    try {
      await lock.query('select pg_advisory_lock(727165)');
      await assertKnownMigrations(db, `The database at ${describeUrl(url)}`);
      await migrate(migrated, { migrationsFolder });
      await lock.query('select pg_advisory_unlock(727165)');
    } finally {
      lock.release();
    }
  } catch (error) {
    await pool.end();
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      'unavailable',
      `The database at ${describeUrl(url)} cannot be used: ${reasonOf(error)}. Check DATABASE_URL.`,
    );
  }
  pool.markOpened();
  return {
    db,
    embedded: false,
    tidy: async () => {},
    close: () => pool.end(),
  };
}

async function openFolder(dataDir: string): Promise<Store> {
  const unlock = lockFolder(dataDir);
  let opened: { close(): Promise<void> } | undefined;
  try {
    const folder = join(dataDir, 'pg');
    if (!existsSync(folder)) await createFolder(folder);
    const [{ EmbeddedDatabase }, { drizzle }, { migrate }] = await Promise.all([
      import('./embedded.ts'),
      import('drizzle-orm/pglite'),
      import('drizzle-orm/pglite/migrator'),
    ]);
    const client = await EmbeddedDatabase.open(folder);
    opened = client;
    const migrated = drizzle(client, options);
    const db = toDb(migrated);
    await assertKnownMigrations(db, `The data folder ${dataDir}`);
    await migrate(migrated, { migrationsFolder });
    return {
      db,
      embedded: true,
      tidy: async () => {
        await client.exec('vacuum analyze');
      },
      close: async () => {
        await client.close();
        unlock();
      },
    };
  } catch (error) {
    await opened?.close();
    unlock();
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      'unavailable',
      `The embedded database in ${dataDir} cannot be opened: ${reasonOf(error)}. Check DATA_DIR, or move the folder away to start with an empty one.`,
    );
  }
}

/**
 * Creates a database folder in a child process: that takes 0.8 GB of memory, which a process never returns (opening
 * one takes 0.3 GB). The folder gets its final name only when it is complete.
 */
async function createFolder(folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const script = import.meta.url.endsWith('.ts') ? './create-folder.ts' : './create-folder.js';
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [unfinished], {
    execArgv: script.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  if (code !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit code ${code}`);
  renameSync(unfinished, folder);
}

/** The two drivers have the same query builder. Only the types of their raw results differ, which `rows` reads. */
function toDb(database: unknown): Db {
  return database as Db;
}

/** host:port/database, without the credentials. */
function describeUrl(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || 5432}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message || cause.name : String(cause);
  return text.split('\n')[0]?.replace(/\.$/, '') ?? 'unknown reason';
}
