import { and, eq, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../db.ts';
import { delegations } from '../schema/delegations.ts';
import type { Surface } from '../schema/messages.ts';
import { people } from '../schema/people.ts';
import { isMember, type Person } from './people.ts';

interface DelegateRow {
  personId: number;
  delegate: Person;
  setBy: number | null;
  setVia: Surface | null;
}

/** The current delegate of each person who has one, who named the delegate, and on which surface. */
export async function listDelegates(db: Db, now: Date): Promise<DelegateRow[]> {
  return db
    .select({
      personId: delegations.personId,
      delegate: people,
      setBy: delegations.createdBy,
      setVia: delegations.setVia,
    })
    .from(delegations)
    .innerJoin(people, eq(people.id, delegations.delegateId))
    .where(
      and(
        lte(delegations.startsAt, now),
        or(isNull(delegations.endsAt), gt(delegations.endsAt, now)),
      ),
    )
    .orderBy(delegations.id);
}

const delegate = alias(people, 'delegate');
const setter = alias(people, 'setter');

const selectDelegations = (db: Db, which: SQL | undefined) =>
  db
    .select({
      id: delegations.id,
      personId: delegations.personId,
      person: people.name,
      isPersonHere: sql<boolean>`${people.active} and ${people.closedAt} is null`,
      delegateId: delegations.delegateId,
      delegate: delegate.name,
      canDelegateAct: sql<boolean>`${delegate.active} and ${delegate.closedAt} is null and ${isMember(delegate.id)}`,
      startsAt: delegations.startsAt,
      endsAt: delegations.endsAt,
      setById: delegations.createdBy,
      setBy: setter.name,
      setVia: delegations.setVia,
      createdAt: delegations.createdAt,
    })
    .from(delegations)
    .innerJoin(people, eq(people.id, delegations.personId))
    .innerJoin(delegate, eq(delegate.id, delegations.delegateId))
    .leftJoin(setter, eq(setter.id, delegations.createdBy))
    .where(which)
    .orderBy(delegations.startsAt, delegations.id);

export type DelegationRow = Awaited<ReturnType<typeof selectDelegations>>[number];

/** A condition: current or future. A delegation that was replaced before its start ends at its start. */
const isLive = (now: Date) =>
  or(
    isNull(delegations.endsAt),
    and(gt(delegations.endsAt, now), gt(delegations.endsAt, delegations.startsAt)),
  );

export async function findDelegation(db: Db, id: number): Promise<DelegationRow | undefined> {
  const [found] = await selectDelegations(db, eq(delegations.id, id));
  return found;
}

/** Current and future delegations. @param personId only those of this person or to this person. */
export async function listLiveDelegations(
  db: Db,
  now: Date,
  personId?: number,
): Promise<DelegationRow[]> {
  const concerns =
    personId === undefined
      ? undefined
      : or(eq(delegations.personId, personId), eq(delegations.delegateId, personId));
  return selectDelegations(db, and(isLive(now), concerns));
}

/** Keeps all others from setting a delegate until the end of the transaction, so that two cannot form a circle. */
export async function lockDelegations(db: Db): Promise<void> {
  await db.execute(sql`lock table ${delegations} in share row exclusive mode`);
}

export async function insertDelegation(
  db: Db,
  row: typeof delegations.$inferInsert,
): Promise<number> {
  const [inserted] = await db.insert(delegations).values(row).returning({ id: delegations.id });
  if (!inserted) throw new Error('a delegation was not inserted');
  return inserted.id;
}

/** Ends a person's delegations one second before a moment. @returns the ids of those that would still have lasted. */
export async function endDelegations(db: Db, personId: number, at: Date): Promise<number[]> {
  const last = new Date(at.getTime() - 1_000);
  const ended = await db
    .update(delegations)
    .set({
      endsAt: sql`greatest(${delegations.startsAt}, ${last.toISOString()}::timestamptz)`,
    })
    .where(and(eq(delegations.personId, personId), isLive(last)))
    .returning({ id: delegations.id });
  return ended.map(({ id }) => id);
}
