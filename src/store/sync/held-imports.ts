import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../db.ts';
import { syncRuns } from '../schema/access.ts';
import { auditLog } from '../schema/messages.ts';

/** How much of what a source brought is there, and how much of it an import would close. */
export interface Fall {
  before: number;
  closing: number;
}

/** What the audit row of an import that was held says. */
export interface Held {
  /** The number that its run would have had: a run that went through later has a higher one. */
  run: number;
  people: Fall;
  grants: Fall;
  /** The row whose message tells the same already. */
  told?: number;
}

export interface Hold {
  /** The row that people were told about and decide about: its own, or an older one with the same figures. */
  toldId: number;
  connector: string;
  held: Held;
  letThroughAt: Date | null;
}

const yes = alias(auditLog, 'yes');
const toldId = sql<number>`coalesce((${auditLog.after} ->> 'told')::int, ${auditLog.id})`;

/**
 * Imports of a source, or of all, that were held since one of the same source went through; the newest first.
 * @param before only what went through before this run counts.
 */
export async function listHolds(db: Db, connector?: string, before?: number): Promise<Hold[]> {
  // A source that holds something back has brought it before.
  const subjects: SQL | string[] = connector
    ? [`connector:${connector}`]
    : sql`(select distinct 'connector:' || ${syncRuns.connector} from ${syncRuns})`;
  const lastRun = sql`(select max(r.id) from ${syncRuns} r
    where r.finished_at is not null and 'connector:' || r.connector = ${auditLog.subject}
      ${before === undefined ? sql`` : sql`and r.id < ${before}`})`;
  const found = await db
    .select({
      toldId: toldId.mapWith(Number),
      connector: sql<string>`substr(${auditLog.subject}, 11)`,
      held: auditLog.after,
      letThroughAt: yes.at,
    })
    .from(auditLog)
    .leftJoin(
      yes,
      and(eq(yes.subject, sql`'sync-hold:' || ${toldId}`), eq(yes.verb, 'sync.let_through')),
    )
    .where(
      and(
        eq(auditLog.verb, 'sync.hold'),
        inArray(auditLog.subject, subjects),
        sql`(${auditLog.after} ->> 'run')::int > coalesce(${lastRun}, 0)`,
      ),
    )
    .orderBy(desc(auditLog.id));
  return found.map(({ held, ...rest }) => ({ ...rest, held: held as Held }));
}

/** Lets one person at a time decide about an import that is held, until the end of the transaction. */
export async function lockHold(db: Db, id: number): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(727169, ${id})`);
}
