import { afterAll, aroundEach, beforeAll } from 'vitest';
import type { Db } from '../../src/store/db.ts';
import type { TestDatabase } from './database.ts';
import { makeSmallCompany, type SmallCompany } from './small-company.ts';

declare module 'vitest' {
  interface TaskMeta {
    commits?: boolean;
  }
}

/**
 * Marks a test or a `describe` that needs real commits: for two transactions at once, or for the database's clock or
 * transaction ids. `it('two clicks at once decide once', commits, async () => …)`.
 */
export const commits = { meta: { commits: true } };

/**
 * A database for the tests of a `describe`. Each test runs in a transaction that is rolled back, because that
 * costs nothing. After a test marked with `commits` the tables are emptied instead. `make` adds the data that
 * every test starts with. Rows of a test are removed after it, but ids continue to grow.
 */
export function useDatabase(
  open: () => Promise<TestDatabase>,
  make: (db: Db) => Promise<void> = async () => {},
): Db {
  let current: Db;
  const db = late(() => current);
  let database: TestDatabase;

  beforeAll(async () => {
    database = await open();
    current = database.db;
    await make(db);
  });
  aroundEach(async (runTest, { task }) => {
    if (task.meta.commits) {
      await runTest();
      await database.empty();
      await make(db);
      return;
    }
    try {
      await rollBack(database.db, async (transaction) => {
        current = transaction;
        await runTest();
      });
    } finally {
      current = database.db;
    }
  });
  afterAll(() => database.close());
  return db;
}

/** The small company in its own database, with the rules of `useDatabase`. */
export function useCompany(open: () => Promise<TestDatabase>): { db: Db; company: SmallCompany } {
  let made: SmallCompany;
  const db = useDatabase(open, async (empty) => {
    made = await makeSmallCompany(empty);
  });
  return { db, company: late(() => made) };
}

const undone = new Error('rolled back');

/**
 * Runs `fn` in a transaction that is rolled back.
 * @throws Error when two transactions within it ran at once: on one connection the second would run in the first.
 */
export async function rollBack(db: Db, fn: (transaction: Db) => Promise<void>): Promise<void> {
  let overlaps = 0;
  const work = db.transaction(async (transaction) => {
    const nest = transaction.transaction.bind(transaction);
    let running = 0;
    transaction.transaction = async (...args) => {
      running++;
      if (running > 1) overlaps++;
      try {
        return await nest(...args);
      } finally {
        running--;
      }
    };
    await fn(transaction as Db);
    throw undone;
  });
  await work.catch((error) => {
    if (error !== undone) throw error;
  });
  if (overlaps > 0) {
    throw new Error(
      'Two transactions ran at once on one connection. Mark the test with `commits`.',
    );
  }
}

/** Stands in for an object that a hook creates later, so that tests can destructure it before. */
function late<T extends object>(current: () => T): T {
  return new Proxy({} as T, {
    get: (_, key) => {
      const made = current();
      const value: unknown = Reflect.get(made, key);
      return typeof value === 'function' ? value.bind(made) : value;
    },
  });
}
