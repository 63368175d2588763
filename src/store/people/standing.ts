import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people, personRoles, slackIdentities } from '../schema/people.ts';
import { isActivePerson } from './people.ts';

/** What Slack and the roles say about whether somebody may act. */
export type StandingRow = Awaited<ReturnType<typeof listStandings>>[number];

export async function listStandings(db: Db, personIds: readonly number[]) {
  return personIds.length === 0
    ? []
    : db
        .select({
          personId: people.id,
          state: slackIdentities.state,
          activeConfirmedAt: slackIdentities.activeConfirmedAt,
          isSuperAdmin: sql<boolean>`exists (select 1 from ${personRoles} r
            where r.person_id = ${people.id} and r.role = 'super_admin')`,
        })
        .from(people)
        .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
        .where(sql`${people.id} = any(${sql.param([...new Set(personIds)])}::int[])`);
}

/** Active people of a source whose Slack account is deactivated, and for whom nobody has confirmed that they may act. */
export async function listSuspended(
  db: Db,
  limit: number,
): Promise<{ id: number; name: string }[]> {
  return db
    .select({ id: people.id, name: people.name })
    .from(slackIdentities)
    .innerJoin(people, eq(people.id, slackIdentities.personId))
    .where(
      and(
        eq(slackIdentities.state, 'deactivated'),
        isNull(slackIdentities.activeConfirmedAt),
        isActivePerson,
      ),
    )
    .orderBy(asc(people.name), asc(people.id))
    .limit(limit);
}

/** Confirms that a person who is deactivated in Slack may act. @returns false when there is nothing to confirm. */
export async function confirmActivePerson(db: Db, personId: number, at: Date): Promise<boolean> {
  const confirmed = await db
    .update(slackIdentities)
    .set({ activeConfirmedAt: at })
    .where(
      and(
        eq(slackIdentities.personId, personId),
        eq(slackIdentities.state, 'deactivated'),
        isNull(slackIdentities.activeConfirmedAt),
      ),
    )
    .returning();
  return confirmed.length > 0;
}
