import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../db.ts';
import { identityPairs, type PairState } from '../schema/departures.ts';
import { people } from '../schema/people.ts';

const other = alias(people, 'other');

const selectPairs = (db: Db) =>
  db
    .select({ pair: identityPairs, person: people, other })
    .from(identityPairs)
    .innerJoin(people, eq(people.id, identityPairs.personId))
    .leftJoin(other, eq(other.id, identityPairs.otherId));

export type PairRow = Awaited<ReturnType<typeof selectPairs>>[number];

/** Pairs about which nobody has decided, with both people. */
export async function listOpenPairs(db: Db): Promise<PairRow[]> {
  return selectPairs(db).where(eq(identityPairs.state, 'open')).orderBy(asc(identityPairs.id));
}

/** These pairs, locked against another decision. */
export async function lockPairs(db: Db, ids: readonly number[]): Promise<PairRow[]> {
  return selectPairs(db)
    .where(inArray(identityPairs.id, [...ids]))
    .orderBy(asc(identityPairs.id))
    .for('update', { of: identityPairs });
}

/** Pairs of a source that somebody has called two people: `person` and the record's address in lower case. */
export async function listDifferentPairs(db: Db): Promise<{ personId: number; email: string }[]> {
  return db
    .select({
      personId: identityPairs.personId,
      email: sql<string>`lower(${identityPairs.email})`,
    })
    .from(identityPairs)
    .where(eq(identityPairs.state, 'different'));
}

/** Inserts pairs that are not open yet. @returns the number of new ones. */
export async function insertPairs(
  db: Db,
  list: readonly (typeof identityPairs.$inferInsert)[],
): Promise<number> {
  let inserted = 0;
  for (let at = 0; at < list.length; at += 500) {
    const part = await db
      .insert(identityPairs)
      .values(list.slice(at, at + 500))
      .onConflictDoNothing()
      .returning({ id: identityPairs.id });
    inserted += part.length;
  }
  return inserted;
}

/** Ends waiting pairs of a source that its last import no longer has. @param kept people who still wait. */
export async function endOtherPairs(
  db: Db,
  connector: string,
  kept: readonly number[],
): Promise<void> {
  await db
    .update(identityPairs)
    .set({ state: 'obsolete' })
    .where(
      and(
        eq(identityPairs.state, 'open'),
        eq(identityPairs.kind, 'waiting'),
        eq(identityPairs.connector, connector),
        sql`${identityPairs.personId} <> all(${sql.param([...kept])}::int[])`,
      ),
    );
}

export async function decidePairs(
  db: Db,
  ids: readonly number[],
  decision: { state: PairState; decidedBy: number; decidedAt: Date },
): Promise<void> {
  await db
    .update(identityPairs)
    .set(decision)
    .where(inArray(identityPairs.id, [...ids]));
}

/** Closed people whose former address these new people have. */
export async function listFormerHolders(db: Db, newIds: readonly number[]) {
  return db
    .select({ formerId: people.id, newId: other.id })
    .from(other)
    .innerJoin(
      people,
      and(
        sql`lower(${people.formerEmail}) = lower(${other.email})`,
        sql`${people.closedAt} is not null and ${people.mergedInto} is null`,
        sql`${people.id} <> ${other.id}`,
      ),
    )
    .where(sql`${other.id} = any(${sql.param([...newIds])}::int[])`);
}
