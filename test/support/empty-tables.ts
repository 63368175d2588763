import { sql } from 'drizzle-orm';
import { type Db, rows } from '../../src/store/db.ts';

/** Empties a test database, so that a file needs to open only one; the built-in policies stay. */
export async function emptyTables(db: Db): Promise<void> {
  const tables = await rows<{ name: string }>(
    db,
    sql`select quote_ident(tablename) as name from pg_tables
        where schemaname = 'public' and tablename not in ('policies', 'policy_steps')`,
  );
  const all = sql.raw(tables.map((table) => table.name).join(', '));
  await db.execute(sql`alter table audit_log disable trigger user`);
  await db.execute(sql`truncate ${all} restart identity cascade`);
  await db.execute(sql`alter table audit_log enable trigger user`);
}
