import type { Db } from './db.ts';
import { auditLog } from './schema/delivery.ts';

export async function insertAudit(db: Db, row: typeof auditLog.$inferInsert): Promise<void> {
  await db.insert(auditLog).values(row);
}

/** The rows of many changes at once. */
export async function insertAudits(db: Db, list: (typeof auditLog.$inferInsert)[]): Promise<void> {
  for (let at = 0; at < list.length; at += 1000) {
    await db.insert(auditLog).values(list.slice(at, at + 1000));
  }
}
