import { sql } from 'drizzle-orm';
import { type Db, rows } from '../../src/store/db.ts';
import { policies, policySteps } from '../../src/store/schema/tasks.ts';

/**
 * Returns a function that restores the state of a new database: only the built-in policies, and ids from 1.
 * Truncating 40 empty tables takes 0.5 s on the embedded database; deleting takes 20 ms. One statement deletes all
 * rows, because foreign keys are checked at its end.
 */
export async function readyToEmpty(db: Db): Promise<() => Promise<void>> {
  const tables = await rows<{ name: string }>(
    db,
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const deletions = tables.map(({ name }, at) => `d${at} as (delete from ${name})`).join(', ');
  const builtIn = await db.select().from(policies);
  const steps = await db.select().from(policySteps);
  return () =>
    db.transaction(async (tx) => {
      await tx.execute(sql`alter table audit_log disable trigger user`);
      await tx.execute(sql`with ${sql.raw(deletions)} select 1`);
      await tx.execute(sql`alter table audit_log enable trigger user`);
      await tx.execute(
        sql`select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
            from pg_sequences where schemaname = 'public' and last_value is not null
              and sequencename not like 'policies%'`,
      );
      await tx.insert(policies).overridingSystemValue().values(builtIn);
      await tx.insert(policySteps).values(steps);
    });
}
