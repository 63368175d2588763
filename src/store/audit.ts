import { eq } from 'drizzle-orm';
import type { Db } from './db.ts';
import { auditLog } from './schema/delivery.ts';

export type AuditRow = typeof auditLog.$inferSelect;

/** @returns the number of the row. */
export async function insertAudit(db: Db, row: typeof auditLog.$inferInsert): Promise<number> {
  const [inserted] = await db.insert(auditLog).values(row).returning({ id: auditLog.id });
  if (!inserted) throw new Error('the audit row was not stored');
  return inserted.id;
}

export async function findAudit(db: Db, id: number): Promise<AuditRow | undefined> {
  const [row] = await db.select().from(auditLog).where(eq(auditLog.id, id));
  return row;
}
