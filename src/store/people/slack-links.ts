import { and, asc, count, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { messageCopies } from '../schema/messages.ts';
import { people, slackIdentities } from '../schema/people.ts';
import { inChunks, readInChunks, recordset } from '../sync/sync-runs.ts';
import { isActivePerson } from './people.ts';
import type { SlackIdentity } from './slack-identities.ts';

const person = {
  id: people.id,
  name: people.name,
  email: people.email,
  connector: people.connector,
};

/** The columns of a person that are compared with Slack's directory. */
export interface LinkedPerson {
  id: number;
  name: string;
  email: string | null;
  connector: string;
}

/** One person with their stored Slack user. */
export interface Link {
  person: LinkedPerson;
  identity: SlackIdentity;
}

/** All people with a known Slack user, in any state, in id order. */
export async function listLinks(db: Db): Promise<Link[]> {
  const all = await readInChunks(async (last, limit) => {
    const part = await db
      .select({ person, identity: slackIdentities })
      .from(slackIdentities)
      .innerJoin(people, eq(people.id, slackIdentities.personId))
      .where(and(gt(people.id, last), isNotNull(slackIdentities.userId)))
      .orderBy(people.id)
      .limit(limit);
    return part.map((one) => ({ ...one, id: one.person.id }));
  });
  return all;
}

/** Active people with an e-mail address and without a known Slack user. `isNew`: Slack was never asked. */
export async function listUnlinkedPeople(db: Db): Promise<(LinkedPerson & { isNew: boolean })[]> {
  return readInChunks((last, limit) =>
    db
      .select({ ...person, isNew: sql<boolean>`${slackIdentities.personId} is null` })
      .from(people)
      .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
      .where(
        and(
          gt(people.id, last),
          isActivePerson,
          isNotNull(people.email),
          isNull(slackIdentities.userId),
        ),
      )
      .orderBy(people.id)
      .limit(limit),
  );
}

/**
 * The addresses, in lower case, of people whom other sources brought. Those of people who have left are among them,
 * unless their Slack account was another one: then the address is somebody else's now.
 */
export async function listOthersEmails(
  db: Db,
  connectors: readonly string[],
): Promise<{ email: string; users: string[] }[]> {
  const found = await readInChunks((last, limit) =>
    db
      .select({
        id: people.id,
        email: sql<string>`lower(coalesce(${people.email}, ${people.formerEmail}))`,
        users: sql<string[]>`array(select ended -> 'slack' ->> 'userId' from departures d
          where d.person_id = ${people.id} and d.returned_at is null and jsonb_typeof(ended -> 'slack') = 'object')`,
      })
      .from(people)
      .where(
        and(
          gt(people.id, last),
          or(
            isNotNull(people.email),
            and(isNotNull(people.closedAt), isNotNull(people.formerEmail)),
          ),
          isNull(people.mergedInto),
          sql`${people.connector} <> all(${sql.param([...connectors])}::text[])`,
        ),
      )
      .orderBy(people.id)
      .limit(limit),
  );
  return found;
}

/** Saves the Slack users of many people. Their conversation and the state of App Home stay. */
export async function saveSlackIdentities(
  db: Db,
  list: readonly (typeof slackIdentities.$inferInsert)[],
): Promise<void> {
  for (let at = 0; at < list.length; at += 500) {
    await db
      .insert(slackIdentities)
      .values(list.slice(at, at + 500))
      .onConflictDoUpdate({
        target: slackIdentities.personId,
        set: {
          teamId: sql`excluded.team_id`,
          userId: sql`excluded.user_id`,
          state: sql`excluded.state`,
          timeZone: sql`excluded.time_zone`,
          email: sql`excluded.email`,
          emailChangedAt: sql`excluded.email_changed_at`,
          isWorkspaceAdmin: sql`excluded.is_workspace_admin`,
          activeConfirmedAt: sql`excluded.active_confirmed_at`,
          checkedAt: sql`excluded.checked_at`,
        },
      });
  }
}

/** Records that Slack does not know these people. People who were linked meanwhile stay linked. */
export async function insertUnknownToSlack(
  db: Db,
  personIds: readonly number[],
  now: Date,
): Promise<void> {
  await inChunks(personIds, (part) =>
    db
      .insert(slackIdentities)
      .values(part.map((personId) => ({ personId, state: 'not_found' as const, checkedAt: now })))
      .onConflictDoNothing(),
  );
}

export async function renamePeople(
  db: Db,
  list: readonly { id: number; name: string }[],
): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(
      sql`update people set name = r.name from ${recordset(part, 'id int, name text')} where people.id = r.id`,
    ),
  );
}

/** Links whose address in Slack has changed and which no Super Admin has resolved. */
export async function listChangedAddresses(db: Db, limit: number): Promise<Link[]> {
  return db
    .select({ person, identity: slackIdentities })
    .from(slackIdentities)
    .innerJoin(people, eq(people.id, slackIdentities.personId))
    .where(and(isNotNull(slackIdentities.emailChangedAt), isActivePerson))
    .orderBy(asc(slackIdentities.emailChangedAt), asc(people.id))
    .limit(limit);
}

/** Active people whom Slack does not know, and those without an address to look up; and their total number. */
export async function listUnknownToSlack(
  db: Db,
  limit: number,
): Promise<{ total: number; people: LinkedPerson[] }> {
  const isUnknown = and(
    isActivePerson,
    isNull(slackIdentities.userId),
    or(eq(slackIdentities.state, 'not_found'), isNull(people.email)),
  );
  const [all] = await db
    .select({ total: count() })
    .from(people)
    .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
    .where(isUnknown);
  const found = await db
    .select(person)
    .from(people)
    .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
    .where(isUnknown)
    .orderBy(asc(people.name), asc(people.id))
    .limit(limit);
  return { total: all?.total ?? 0, people: found };
}

/** Accepts the new address in Slack. @returns false when somebody else was first. */
export async function acceptAddress(db: Db, personId: number, email: string): Promise<boolean> {
  const changed = await db
    .update(slackIdentities)
    .set({ emailChangedAt: null })
    .where(isFlagged(personId, email))
    .returning();
  return changed.length > 0;
}

/** Unlinks the Slack user of a person and deletes the record of messages there. @returns false as above. */
export async function clearSlackLink(
  db: Db,
  { personId, email, now }: { personId: number; email: string; now: Date },
): Promise<boolean> {
  const forgotten = await db
    .update(slackIdentities)
    .set({
      teamId: null,
      userId: null,
      channelId: null,
      state: 'not_found',
      email: null,
      emailChangedAt: null,
      isWorkspaceAdmin: false,
      homeOpenedAt: null,
      checkedAt: now,
    })
    .where(isFlagged(personId, email))
    .returning();
  if (forgotten.length === 0) return false;
  await db
    .delete(messageCopies)
    .where(and(eq(messageCopies.recipientId, personId), eq(messageCopies.surface, 'slack')));
  return true;
}

function isFlagged(personId: number, email: string) {
  return and(
    eq(slackIdentities.personId, personId),
    eq(slackIdentities.email, email),
    isNotNull(slackIdentities.emailChangedAt),
  );
}
