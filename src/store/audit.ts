/** Code reads the audit log only to show people a history. No decision depends on its rows. */
import { and, desc, eq, inArray, ne } from 'drizzle-orm';
import type { Db } from './db.ts';
import { auditLog } from './schema/messages.ts';
import { people } from './schema/people.ts';

export async function insertAudits(db: Db, list: (typeof auditLog.$inferInsert)[]): Promise<void> {
  for (let at = 0; at < list.length; at += 1000) {
    await db.insert(auditLog).values(list.slice(at, at + 1000));
  }
}

/** The newest audit rows of one verb about a subject, each with the actor's name. */
export async function listAuditsOf(
  db: Db,
  { verb, subject, limit }: { verb: string; subject: string; limit: number },
) {
  return db
    .select({ row: auditLog, name: people.name })
    .from(auditLog)
    .leftJoin(people, eq(people.id, auditLog.actorId))
    .where(and(eq(auditLog.verb, verb), eq(auditLog.subject, subject)))
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

/** The newest of these changes to a subject that was made by anybody except one person. */
export async function findLastChange(
  db: Db,
  {
    subject,
    verbs,
    exceptActorId,
  }: { subject: string; verbs: readonly string[]; exceptActorId: number },
) {
  const [found] = await db
    .select({ change: auditLog, name: people.name })
    .from(auditLog)
    .innerJoin(people, eq(people.id, auditLog.actorId))
    .where(
      and(
        eq(auditLog.subject, subject),
        inArray(auditLog.verb, [...verbs]),
        ne(auditLog.actorId, exceptActorId),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(1);
  return found;
}
