import { and, eq, gt, isNull, lte, or } from 'drizzle-orm';
import type { Db } from './db.ts';
import type { Person } from './people.ts';
import { people } from './schema/people.ts';
import { delegations } from './schema/tasks.ts';

/** Who has the new tasks of whom at a moment. */
export async function listDelegates(
  db: Db,
  now: Date,
): Promise<{ personId: number; delegate: Person }[]> {
  return db
    .select({ personId: delegations.personId, delegate: people })
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
