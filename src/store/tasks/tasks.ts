import { asc, eq, inArray } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people } from '../schema/people.ts';
import { type StepKind, stepAssignees, type TaskState, taskSteps, tasks } from '../schema/tasks.ts';

export type Task = typeof tasks.$inferSelect;
export type TaskStep = typeof taskSteps.$inferSelect;

/** @returns the inserted tasks. A pair of person and entitlement with an open task of that kind is skipped. */
export async function insertTasks(db: Db, rows: (typeof tasks.$inferInsert)[]): Promise<Task[]> {
  const inserted: Task[] = [];
  for (let at = 0; at < rows.length; at += 1000) {
    inserted.push(
      ...(await db
        .insert(tasks)
        .values(rows.slice(at, at + 1000))
        .onConflictDoNothing()
        .returning()),
    );
  }
  return inserted;
}

export async function insertSteps(db: Db, rows: (typeof taskSteps.$inferInsert)[]) {
  const inserted: TaskStep[] = [];
  for (let at = 0; at < rows.length; at += 1000) {
    inserted.push(
      ...(await db
        .insert(taskSteps)
        .values(rows.slice(at, at + 1000))
        .returning()),
    );
  }
  return inserted;
}

export async function insertAssignees(
  db: Db,
  rows: (typeof stepAssignees.$inferInsert)[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += 1000) {
    await db.insert(stepAssignees).values(rows.slice(at, at + 1000));
  }
}

export async function findTask(db: Db, id: number): Promise<Task | undefined> {
  const [task] = await db.select().from(tasks).where(eq(tasks.id, id));
  return task;
}

export async function findStep(db: Db, id: number): Promise<TaskStep | undefined> {
  const [step] = await db.select().from(taskSteps).where(eq(taskSteps.id, id));
  return step;
}

export async function listSteps(db: Db, taskId: number): Promise<TaskStep[]> {
  return db
    .select()
    .from(taskSteps)
    .where(eq(taskSteps.taskId, taskId))
    .orderBy(asc(taskSteps.position));
}

export async function listAssignees(db: Db, stepIds: readonly number[]) {
  return stepIds.length === 0
    ? []
    : db
        .select({ assignee: stepAssignees, person: people })
        .from(stepAssignees)
        .innerJoin(people, eq(people.id, stepAssignees.personId))
        .where(inArray(stepAssignees.stepId, [...stepIds]))
        .orderBy(asc(people.name), asc(people.id));
}

export type { StepKind, TaskState };
