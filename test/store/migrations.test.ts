import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../src/store/db.ts';
import { assertKnownMigrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open-store.ts';
import { databases, type TestDatabase } from '../support/database.ts';

const markApplied = (db: Db, at: number) =>
  db.execute(
    sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('unknown', ${at})`,
  );
const forget = (db: Db) =>
  db.execute(sql`delete from drizzle.__drizzle_migrations where hash = 'unknown'`);

describe.each(databases())('a database of another version, on $name', ({ open }) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  it('is refused with a sentence about importing again when the version is earlier', async () => {
    await markApplied(database.db, 1);
    await expect(assertKnownMigrations(database.db, 'The data folder ./data')).rejects.toThrow(
      'The data folder ./data comes from an earlier version of Rolemine and cannot be upgraded. Start with an empty one and import your files again.',
    );
    await forget(database.db);
  });

  it('is refused with a sentence about installing that version when it is newer', async () => {
    await markApplied(database.db, 9e12);
    await expect(assertKnownMigrations(database.db, 'The data folder ./data')).rejects.toThrow(
      'The data folder ./data comes from a newer version of Rolemine. Install that version.',
    );
    await forget(database.db);
    await expect(assertKnownMigrations(database.db, '')).resolves.toBeUndefined();
  });
});

describe('a data folder of an earlier version', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolemine-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('is unchanged and unlocked after the refusal', async () => {
    const first = await openStore({ dataDir });
    await markApplied(first.db, 1);
    await first.close();
    for (let tries = 0; tries < 2; tries++) {
      await expect(openStore({ dataDir })).rejects.toThrow(
        `The data folder ${dataDir} comes from an earlier version`,
      );
    }
  });
});
