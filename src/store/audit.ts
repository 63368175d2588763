import type { Db } from './db.ts';
import { auditLog } from './schema/delivery.ts';

export async function insertAudit(db: Db, row: typeof auditLog.$inferInsert): Promise<void> {
  await db.insert(auditLog).values(row);
}
