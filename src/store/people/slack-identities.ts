import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people, slackIdentities } from '../schema/people.ts';

export type SlackIdentity = typeof slackIdentities.$inferSelect;

export async function findSlackIdentity(db: Db, personId: number) {
  const [identity] = await db
    .select()
    .from(slackIdentities)
    .where(eq(slackIdentities.personId, personId));
  return identity;
}

export async function findIdentityByUser(db: Db, teamId: string, userId: string) {
  const [found] = await db
    .select({ identity: slackIdentities, person: people })
    .from(slackIdentities)
    .innerJoin(people, eq(people.id, slackIdentities.personId))
    .where(and(eq(slackIdentities.teamId, teamId), eq(slackIdentities.userId, userId)));
  return found;
}

export async function saveSlackIdentity(
  db: Db,
  identity: typeof slackIdentities.$inferInsert,
): Promise<void> {
  const { personId: _, ...rest } = identity;
  await db
    .insert(slackIdentities)
    .values(identity)
    .onConflictDoUpdate({ target: slackIdentities.personId, set: rest });
}

export async function updateSlackIdentity(
  db: Db,
  personId: number,
  change: Partial<typeof slackIdentities.$inferInsert>,
): Promise<void> {
  await db.update(slackIdentities).set(change).where(eq(slackIdentities.personId, personId));
}

/** The time zone that Slack names for each of these people, where it names one. */
export async function listTimeZones(
  db: Db,
  personIds: readonly number[],
): Promise<Map<number, string>> {
  if (personIds.length === 0) return new Map();
  const rows = await db
    .select({ personId: slackIdentities.personId, timeZone: slackIdentities.timeZone })
    .from(slackIdentities)
    .where(
      sql`${slackIdentities.personId} = any(${sql.param([...new Set(personIds)])}::int[])
        and ${slackIdentities.timeZone} is not null`,
    );
  return new Map(
    rows.flatMap(({ personId, timeZone }) => (timeZone ? [[personId, timeZone]] : [])),
  );
}

/** The time zones that Slack names for anybody. */
export async function listZonesInUse(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ timeZone: slackIdentities.timeZone })
    .from(slackIdentities)
    .where(sql`${slackIdentities.timeZone} is not null`);
  return rows.flatMap(({ timeZone }) => timeZone ?? []);
}

/** The linked ones among these people who have ever opened App Home, so that it has to be redrawn. */
export async function filterHomeOpened(db: Db, personIds: readonly number[]): Promise<number[]> {
  if (personIds.length === 0) return [];
  const rows = await db
    .select({ personId: slackIdentities.personId })
    .from(slackIdentities)
    .where(
      and(
        inArray(slackIdentities.personId, [...new Set(personIds)]),
        eq(slackIdentities.state, 'linked'),
        sql`${slackIdentities.homeOpenedAt} is not null`,
      ),
    );
  return rows.map((row) => row.personId);
}
