import { and, desc, eq, inArray, ne } from 'drizzle-orm';
import type { Db } from './db.ts';
import { auditLog } from './schema/messages.ts';
import { people } from './schema/people.ts';

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

/** The newest rows about a subject, with the name of who acted. */
export async function listAuditsOf(db: Db, verb: string, subject: string, limit: number) {
  return db
    .select({ row: auditLog, name: people.name })
    .from(auditLog)
    .leftJoin(people, eq(people.id, auditLog.actorId))
    .where(and(eq(auditLog.verb, verb), eq(auditLog.subject, subject)))
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

/** Who did something to each of these subjects, and when. */
export async function listDoers(db: Db, verb: string, subjects: readonly string[]) {
  return subjects.length === 0
    ? []
    : db
        .select({ subject: auditLog.subject, at: auditLog.at, name: people.name })
        .from(auditLog)
        .leftJoin(people, eq(people.id, auditLog.actorId))
        .where(and(eq(auditLog.verb, verb), inArray(auditLog.subject, [...subjects])));
}

/** Who last did something to each of these subjects. */
export async function listLastActors(
  db: Db,
  verb: string,
  subjects: readonly string[],
): Promise<Map<string, number | null>> {
  if (subjects.length === 0) return new Map();
  const found = await db
    .selectDistinctOn([auditLog.subject], { subject: auditLog.subject, actorId: auditLog.actorId })
    .from(auditLog)
    .where(and(eq(auditLog.verb, verb), inArray(auditLog.subject, [...subjects])))
    .orderBy(auditLog.subject, desc(auditLog.id));
  return new Map(found.map(({ subject, actorId }) => [subject, actorId]));
}

/** The newest of these doings about a subject, and who did it. */
export async function findLastDoing(db: Db, subject: string, verbs: readonly string[]) {
  const [found] = await db
    .select({ verb: auditLog.verb, at: auditLog.at, name: people.name })
    .from(auditLog)
    .leftJoin(people, eq(people.id, auditLog.actorId))
    .where(and(eq(auditLog.subject, subject), inArray(auditLog.verb, [...verbs])))
    .orderBy(desc(auditLog.id))
    .limit(1);
  return found;
}

/** The newest of these changes of a subject that somebody else than this person made. */
export async function findLastChange(
  db: Db,
  subject: string,
  verbs: readonly string[],
  exceptBy: number,
) {
  const [found] = await db
    .select({ change: auditLog, name: people.name })
    .from(auditLog)
    .innerJoin(people, eq(people.id, auditLog.actorId))
    .where(
      and(
        eq(auditLog.subject, subject),
        inArray(auditLog.verb, [...verbs]),
        ne(auditLog.actorId, exceptBy),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(1);
  return found;
}

/** The rows of many changes at once. */
export async function insertAudits(db: Db, list: (typeof auditLog.$inferInsert)[]): Promise<void> {
  for (let at = 0; at < list.length; at += 1000) {
    await db.insert(auditLog).values(list.slice(at, at + 1000));
  }
}
