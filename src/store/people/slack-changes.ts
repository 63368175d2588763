import { eq } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people, slackChanges, slackDirectory } from '../schema/people.ts';

export type SlackDirectory = typeof slackDirectory.$inferSelect;

/** @returns the ids, the subjects of the messages about them. */
export async function insertSlackChanges(
  db: Db,
  changes: (typeof slackChanges.$inferInsert)[],
): Promise<number[]> {
  const inserted = await db.insert(slackChanges).values(changes).returning({ id: slackChanges.id });
  return inserted.map(({ id }) => id);
}

/** A change with the name and address of the person. */
export async function findSlackChange(db: Db, id: number) {
  const [found] = await db
    .select({ change: slackChanges, name: people.name, email: people.email })
    .from(slackChanges)
    .innerJoin(people, eq(people.id, slackChanges.personId))
    .where(eq(slackChanges.id, id));
  return found;
}

/** Replaces the result of reading all Slack users. */
export async function saveSlackDirectory(db: Db, found: Omit<SlackDirectory, 'id'>): Promise<void> {
  await db
    .insert(slackDirectory)
    .values({ id: 1, ...found })
    .onConflictDoUpdate({ target: slackDirectory.id, set: found });
}

/** The result of the last reading of all Slack users; undefined: there was none. */
export async function findSlackDirectory(db: Db): Promise<SlackDirectory | undefined> {
  const [found] = await db.select().from(slackDirectory).where(eq(slackDirectory.id, 1));
  return found;
}
