import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people } from '../schema/people.ts';
import { taskComments } from '../schema/tasks.ts';

/** @returns the id; undefined when the Slack message was stored as a comment before. */
export async function insertComment(
  db: Db,
  comment: typeof taskComments.$inferInsert,
): Promise<number | undefined> {
  const [inserted] = await db
    .insert(taskComments)
    .values(comment)
    .onConflictDoNothing()
    .returning({ id: taskComments.id });
  return inserted?.id;
}

/** The number of comments that a person has written since, on all tasks. */
export async function countCommentsSince(db: Db, authorId: number, since: Date): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(taskComments)
    .where(and(eq(taskComments.authorId, authorId), gt(taskComments.createdAt, since)));
  return row?.count ?? 0;
}

export async function findComment(db: Db, id: number) {
  const [found] = await db
    .select({ comment: taskComments, author: people.name })
    .from(taskComments)
    .innerJoin(people, eq(people.id, taskComments.authorId))
    .where(eq(taskComments.id, id));
  return found;
}

export async function listComments(db: Db, taskId: number) {
  return db
    .select({ comment: taskComments, author: people.name })
    .from(taskComments)
    .innerJoin(people, eq(people.id, taskComments.authorId))
    .where(eq(taskComments.taskId, taskId))
    .orderBy(asc(taskComments.id));
}
