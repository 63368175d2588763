import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { Refusal } from '../errors.ts';
import { type Db, rows } from './db.ts';

export const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url));

/**
 * Refuses a database that another version created, before any table changes. Drizzle compares only times. It would
 * create tables that exist already, or use columns that do not exist yet.
 * @param where the name of the database in the sentence: "The database at …", "The data folder …".
 * @throws Refusal unavailable, with the sentence to show.
 */
export async function assertKnownMigrations(db: Db, where: string): Promise<void> {
  const [table] = await rows<{ name: string | null }>(
    db,
    sql`select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  );
  if (!table?.name) return;
  const applied = await rows<{ hash: string; at: number }>(
    db,
    sql`select hash, created_at::float8 as at from drizzle.__drizzle_migrations order by created_at`,
  );
  const known = readMigrationFiles({ migrationsFolder });
  const hashes = new Set(known.map(({ hash }) => hash));
  const unknown = applied.find(({ hash }) => !hashes.has(hash));
  if (!unknown) return;
  const newest = Math.max(...known.map(({ folderMillis }) => folderMillis));
  throw new Refusal(
    'unavailable',
    unknown.at > newest
      ? `${where} comes from a newer version of Rolemine. Install that version.`
      : `${where} comes from an earlier version of Rolemine and cannot be upgraded. Start with an empty one and import your files again.`,
  );
}
