import { sql } from 'drizzle-orm';
import type { Db } from '../../src/store/db.ts';

/** Deletes the audit log, for tests that decisions do not read it. Otherwise the database refuses this. */
export async function forgetAuditLog(db: Db): Promise<void> {
  await db.execute(sql`alter table audit_log disable trigger user`);
  await db.execute(sql`delete from audit_log`);
  await db.execute(sql`alter table audit_log enable trigger user`);
}
