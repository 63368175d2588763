import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { syncFailures } from '../schema/sync.ts';

export type SyncFailure = typeof syncFailures.$inferSelect;

/** The open failures: one for each source whose syncs fail. */
export async function listFailedSyncs(db: Db): Promise<SyncFailure[]> {
  return db
    .select()
    .from(syncFailures)
    .where(isNull(syncFailures.endedAt))
    .orderBy(asc(syncFailures.id));
}

export async function findSyncFailure(db: Db, id: number): Promise<SyncFailure | undefined> {
  const [failure] = await db.select().from(syncFailures).where(eq(syncFailures.id, id));
  return failure;
}

/** @returns the id; undefined when the same failure of the source is open. */
export async function openSyncFailure(
  db: Db,
  failure: Pick<SyncFailure, 'connector' | 'error' | 'fingerprint' | 'failedAt'>,
): Promise<number | undefined> {
  const { connector, fingerprint, failedAt } = failure;
  const [open] = await db.select().from(syncFailures).where(isOpenFor(connector)).for('update');
  if (open?.fingerprint === fingerprint) return undefined;
  await endSyncFailure(db, connector, failedAt);
  const [opened] = await db
    .insert(syncFailures)
    .values(failure)
    .onConflictDoNothing()
    .returning({ id: syncFailures.id });
  return opened?.id;
}

/** Ends the open failure of a source. */
export async function endSyncFailure(db: Db, connector: string, now: Date): Promise<void> {
  await db.update(syncFailures).set({ endedAt: now }).where(isOpenFor(connector));
}

function isOpenFor(connector: string) {
  return and(eq(syncFailures.connector, connector), isNull(syncFailures.endedAt));
}
