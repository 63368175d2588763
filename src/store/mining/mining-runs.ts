import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { miningRuns } from '../schema/mining.ts';
import { people } from '../schema/people.ts';

export type MiningRun = typeof miningRuns.$inferSelect;

export async function insertMiningRun(
  db: Db,
  run: typeof miningRuns.$inferInsert,
): Promise<MiningRun> {
  const [inserted] = await db.insert(miningRuns).values(run).returning();
  if (!inserted) throw new Error('the mining run was not stored');
  return inserted;
}

/**
 * Claims the oldest queued run of the whole organization, or one that has been running for an hour, whose worker has
 * died.
 */
export async function claimMiningRun(db: Db, now: Date): Promise<MiningRun | undefined> {
  return db.transaction(async (tx) => {
    const [next] = await tx
      .select({ id: miningRuns.id })
      .from(miningRuns)
      .where(
        and(
          eq(miningRuns.kind, 'all'),
          sql`(${miningRuns.state} = 'queued' or (${miningRuns.state} = 'running'
            and ${miningRuns.startedAt} < ${new Date(now.getTime() - 3_600_000).toISOString()}::timestamptz))`,
        ),
      )
      .orderBy(miningRuns.id)
      .limit(1)
      .for('update', { skipLocked: true });
    if (!next) return undefined;
    const [run] = await tx
      .update(miningRuns)
      .set({ state: 'running', startedAt: now })
      .where(eq(miningRuns.id, next.id))
      .returning();
    return run;
  });
}

export async function requeueRunning(db: Db): Promise<void> {
  await db.update(miningRuns).set({ state: 'queued' }).where(eq(miningRuns.state, 'running'));
}

export async function changeMiningRun(
  db: Db,
  id: number,
  change: Partial<typeof miningRuns.$inferInsert>,
): Promise<void> {
  await db.update(miningRuns).set(change).where(eq(miningRuns.id, id));
}

/**
 * Ends a run that is in one of the states of `from`. A concurrent end of the same run waits.
 * @returns undefined when the run is in another state: it has ended before.
 */
export async function endMiningRun(
  db: Db,
  {
    id,
    from,
    end,
  }: {
    id: number;
    from: readonly MiningRun['state'][];
    end: Partial<typeof miningRuns.$inferInsert>;
  },
): Promise<MiningRun | undefined> {
  const [ended] = await db
    .update(miningRuns)
    .set(end)
    .where(and(eq(miningRuns.id, id), inArray(miningRuns.state, [...from])))
    .returning();
  return ended;
}

export async function findMiningRun(db: Db, id: number): Promise<MiningRun | undefined> {
  const [run] = await db.select().from(miningRuns).where(eq(miningRuns.id, id));
  return run;
}

/** The newest runs, each with the name of its requester. */
export async function listMiningRuns(db: Db, most: number) {
  return db
    .select({ run: miningRuns, by: people.name })
    .from(miningRuns)
    .leftJoin(people, eq(people.id, miningRuns.requestedBy))
    .orderBy(desc(miningRuns.id))
    .limit(most);
}

export async function findQueuedRun(db: Db): Promise<MiningRun | undefined> {
  const [run] = await db
    .select()
    .from(miningRuns)
    .where(and(eq(miningRuns.kind, 'all'), eq(miningRuns.state, 'queued')))
    .limit(1);
  return run;
}

/** The newest completed run of the whole organization. */
export async function findLastRun(db: Db): Promise<MiningRun | undefined> {
  const [run] = await db
    .select()
    .from(miningRuns)
    .where(and(eq(miningRuns.kind, 'all'), eq(miningRuns.state, 'completed')))
    .orderBy(desc(miningRuns.id))
    .limit(1);
  return run;
}
