import {
  and,
  asc,
  type Column,
  eq,
  gt,
  inArray,
  isNull,
  ne,
  not,
  type SQL,
  sql,
} from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../db.ts';
import { people, slackIdentities } from '../schema/people.ts';
import { beginsWithWords, containsWords, runSearch } from '../search.ts';
import { inChunks, readInChunks } from '../sync/sync-runs.ts';

export type Person = typeof people.$inferSelect;

export async function findPerson(db: Db, id: number): Promise<Person | undefined> {
  const [person] = await db.select().from(people).where(eq(people.id, id));
  return person;
}

/** A person's e-mail address, locked against changes until the end of the transaction. */
export async function lockEmail(db: Db, id: number): Promise<string | null> {
  const [person] = await db
    .select({ email: people.email })
    .from(people)
    .where(eq(people.id, id))
    .for('share');
  return person?.email ?? null;
}

export async function findPersonByEmail(db: Db, email: string): Promise<Person | undefined> {
  const [person] = await db
    .select()
    .from(people)
    .where(sql`lower(${people.email}) = lower(${email.trim()})`);
  return person;
}

/** The people with these ids, by name. */
export async function listPeopleById(db: Db, ids: readonly number[]): Promise<Person[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(people)
        .where(sql`${people.id} = any(${sql.param([...new Set(ids)])}::int[])`)
        .orderBy(asc(people.name), asc(people.id));
}

export async function insertPerson(
  db: Db,
  person: typeof people.$inferInsert,
): Promise<Person | undefined> {
  const [inserted] = await db.insert(people).values(person).onConflictDoNothing().returning();
  return inserted;
}

export const isActivePerson = and(eq(people.active, true), isNull(people.closedAt));

export async function countPeople(db: Db): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(people)
    .where(isActivePerson);
  return row?.count ?? 0;
}

/** Active people whose name or e-mail contains the words. Names that begin with them come first. */
export async function searchPeople(db: Db, words: string, limit: number): Promise<Person[]> {
  return search(db, { words, limit });
}

/** As `searchPeople`, for people who can get tasks: without guests of the workspace and without `except`. */
export async function searchMembers(
  db: Db,
  { words, limit, exceptIds }: { words: string; limit: number; exceptIds: readonly number[] },
): Promise<Person[]> {
  const others = sql`${people.id} <> all(${sql.param([...exceptIds])}::int[])`;
  return search(db, { words, limit, condition: and(isMember(people.id), others) });
}

/** A condition: the person is not a guest of the workspace. Guests cannot act, so they get no tasks. */
export function isMember(personId: Column): SQL {
  return sql`not exists (select 1 from ${slackIdentities}
    where ${slackIdentities.personId} = ${personId} and ${slackIdentities.state} = 'guest')`;
}

async function search(
  db: Db,
  { words, limit, condition }: { words: string; limit: number; condition?: SQL | undefined },
) {
  return runSearch(db, (db) =>
    db
      .select()
      .from(people)
      .where(and(isActivePerson, containsWords(words, people.name, people.email), condition))
      .orderBy(not(beginsWithWords(words, people.name)), asc(people.name), asc(people.id))
      .limit(limit),
  );
}

export async function listReports(db: Db, managerId: number): Promise<Person[]> {
  return db
    .select()
    .from(people)
    .where(and(isActivePerson, eq(people.managerId, managerId)))
    .orderBy(asc(people.name), asc(people.id));
}

/** The connector of people whom no source brought: they wrote to Rolemine, or are named as administrators. */
export const contactConnector = 'contact';

/** The connector of people whom only the Slack workspace brought. */
const slackConnector = 'slack';

/** People of these sources edit their attributes themselves. All other sources are trusted. */
export const selfEditedConnectors: readonly string[] = [slackConnector, contactConnector];

const isCounted = and(isActivePerson, ne(people.connector, contactConnector));
const managers = alias(people, 'manager');

/**
 * Active people whom a source brought, with the attributes that form cohorts, in id order.
 * @param ids only these people, in ascending order.
 */
export async function listPeopleForCohorts(db: Db, ids?: readonly number[]) {
  if (!ids) return readInChunks((last, limit) => readCounted(db, gt(people.id, last), limit));
  const found: Awaited<ReturnType<typeof readCounted>> = [];
  await inChunks(ids, async (part) => {
    const among = sql`${people.id} = any(${sql.param(part)}::int[])`;
    for (const person of await readCounted(db, among, part.length)) found.push(person);
  });
  return found;
}

/** The people of `listPeopleForCohorts` who edit their attributes themselves. */
export async function listSelfEditedPeople(db: Db) {
  const isSelfEdited = inArray(people.connector, [...selfEditedConnectors]);
  return readInChunks((last, limit) =>
    readCounted(db, sql`${isSelfEdited} and ${gt(people.id, last)}`, limit),
  );
}

async function readCounted(db: Db, which: SQL, limit: number) {
  return db
    .select({
      id: people.id,
      connector: people.connector,
      name: people.name,
      email: people.email,
      department: people.department,
      jobTitle: people.jobTitle,
      employmentStatus: people.employmentStatus,
      employmentType: people.employmentType,
      location: people.location,
      managerRef: people.managerRef,
      managerId: people.managerId,
      /** null unless the manager is active and a source brought them. */
      managerEmail: managers.email,
      attributes: people.attributes,
    })
    .from(people)
    .leftJoin(
      managers,
      and(
        eq(managers.id, people.managerId),
        eq(managers.active, true),
        isNull(managers.closedAt),
        ne(managers.connector, contactConnector),
      ),
    )
    .where(and(isCounted, which))
    .orderBy(people.id)
    .limit(limit);
}

export type CohortPerson = Awaited<ReturnType<typeof listPeopleForCohorts>>[number];

/** The names of managers. @param keys their e-mail addresses or references, as in cohorts, in any case. */
export async function listManagerNames(
  db: Db,
  keys: readonly string[],
): Promise<{ key: string; name: string }[]> {
  if (keys.length === 0) return [];
  const anyKey = sql`any(${sql.param(keys.map((key) => key.trim().toLowerCase()))}::text[])`;
  const manager = alias(people, 'manager');
  const byEmail = await db
    .select({ key: sql<string>`${people.email}`, name: people.name })
    .from(people)
    .where(and(isActivePerson, sql`lower(${people.email}) = ${anyKey}`));
  const byReference = await db
    .selectDistinct({ key: sql<string>`${people.managerRef}`, name: manager.name })
    .from(people)
    .innerJoin(manager, eq(manager.id, people.managerId))
    .where(and(isActivePerson, sql`lower(${people.managerRef}) = ${anyKey}`));
  return [...byEmail, ...byReference];
}
