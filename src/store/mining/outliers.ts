import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements } from '../schema/access.ts';
import { type OutlierState, outliers } from '../schema/mining.ts';
import { people } from '../schema/people.ts';

export type OutlierRow = typeof outliers.$inferSelect;

/** Replaces the open outliers by those of a run. Decided ones stay, even if the run did not find them. */
export async function replaceOutliers(
  db: Db,
  rows: readonly Omit<typeof outliers.$inferInsert, 'state'>[],
): Promise<void> {
  await db.delete(outliers).where(eq(outliers.state, 'open'));
  for (let at = 0; at < rows.length; at += 1_000) {
    await db
      .insert(outliers)
      .values(rows.slice(at, at + 1_000))
      .onConflictDoUpdate({
        target: [outliers.personId, outliers.entitlementId],
        set: {
          cohort: sql`excluded.cohort`,
          people: sql`excluded.people`,
          holders: sql`excluded.holders`,
          runId: sql`excluded.run_id`,
        },
      });
  }
}

/** Outliers without a decision: high risk first, then the rarest. */
export async function listOpenOutliers(db: Db) {
  return db
    .select({
      outlier: outliers,
      person: people.name,
      app: applications.name,
      entitlement: entitlements.name,
      risk: entitlements.risk,
    })
    .from(outliers)
    .innerJoin(people, eq(people.id, outliers.personId))
    .innerJoin(entitlements, eq(entitlements.id, outliers.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(eq(outliers.state, 'open'))
    .orderBy(
      sql`${entitlements.risk} is distinct from 'high'`,
      sql`${outliers.holders}::real / ${outliers.people}`,
      asc(people.name),
      asc(outliers.entitlementId),
    );
}

export async function findOutlier(db: Db, personId: number, entitlementId: number) {
  const [row] = await db
    .select()
    .from(outliers)
    .where(and(eq(outliers.personId, personId), eq(outliers.entitlementId, entitlementId)));
  return row;
}

/** Decides an outlier. @returns undefined when somebody else was first. */
export async function decideOpenOutlier(
  db: Db,
  key: { personId: number; entitlementId: number },
  decision: { state: OutlierState; decidedBy: number; decidedAt: Date; reason: string | null },
): Promise<OutlierRow | undefined> {
  const [row] = await db
    .update(outliers)
    .set(decision)
    .where(
      and(
        eq(outliers.personId, key.personId),
        eq(outliers.entitlementId, key.entitlementId),
        eq(outliers.state, 'open'),
      ),
    )
    .returning();
  return row;
}
