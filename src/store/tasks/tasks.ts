import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people } from '../schema/people.ts';
import {
  type StepKind,
  stepAssignees,
  type TaskState,
  taskComments,
  taskSteps,
  tasks,
} from '../schema/tasks.ts';

export type Task = typeof tasks.$inferSelect;
export type TaskStep = typeof taskSteps.$inferSelect;

/** @returns the tasks that were opened; a pair that has an open task already is left out. */
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

/** Puts others in the place of a step's assignees, before anyone was told. */
export async function replaceAssignees(
  db: Db,
  stepId: number,
  rows: (typeof stepAssignees.$inferInsert)[],
): Promise<void> {
  await db.delete(stepAssignees).where(eq(stepAssignees.stepId, stepId));
  await insertAssignees(db, rows);
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

/**
 * Holds a task's steps for the rest of the transaction: a decision under way ends first, and none begins. Whoever
 * changes a task as a whole takes them before the task itself, as decisions do, so that neither waits for ever.
 */
export async function lockSteps(db: Db, taskId: number): Promise<void> {
  await db
    .select({ id: taskSteps.id })
    .from(taskSteps)
    .where(eq(taskSteps.taskId, taskId))
    .orderBy(asc(taskSteps.id))
    .for('update');
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

/**
 * Decides a step if it is still active and unchanged since the card was drawn. The database says who was
 * first: undefined means somebody else was.
 */
export async function decideActiveStep(
  db: Db,
  at: { stepId: number; version: number },
  decision: Pick<TaskStep, 'state' | 'decidedBy' | 'decidedVia' | 'decidedAt' | 'reason'>,
): Promise<TaskStep | undefined> {
  const [step] = await db
    .update(taskSteps)
    .set({ ...decision, version: sql`${taskSteps.version} + 1` })
    .where(
      and(
        eq(taskSteps.id, at.stepId),
        eq(taskSteps.state, 'active'),
        eq(taskSteps.version, at.version),
      ),
    )
    .returning();
  return step;
}

/**
 * Notes that an assignee agrees to a step that needs several to. The step is locked first, so that those who
 * agree at once are counted one after the other.
 * @returns how many agree now; undefined when the step has changed since the card was drawn.
 */
export async function agreeToStep(
  db: Db,
  at: { stepId: number; version: number },
  personId: number,
  now: Date,
): Promise<number | undefined> {
  const [locked] = await db
    .select({ id: taskSteps.id })
    .from(taskSteps)
    .where(
      and(
        eq(taskSteps.id, at.stepId),
        eq(taskSteps.state, 'active'),
        eq(taskSteps.version, at.version),
      ),
    )
    .for('update');
  if (!locked) return undefined;
  const ofStep = and(eq(stepAssignees.stepId, at.stepId), eq(stepAssignees.active, true));
  await db
    .update(stepAssignees)
    .set({ agreedAt: now })
    .where(and(ofStep, eq(stepAssignees.personId, personId)));
  const agreed = await db
    .select({ personId: stepAssignees.personId })
    .from(stepAssignees)
    .where(and(ofStep, isNotNull(stepAssignees.agreedAt)));
  return agreed.length;
}

export async function changeStep(
  db: Db,
  id: number,
  change: Partial<typeof taskSteps.$inferInsert>,
): Promise<void> {
  await db
    .update(taskSteps)
    .set({ ...change, version: sql`${taskSteps.version} + 1` })
    .where(eq(taskSteps.id, id));
}

/** Closes an open task; undefined when it was closed already. */
export async function closeOpenTask(
  db: Db,
  id: number,
  state: TaskState,
  now: Date,
  closedReason: string | null = null,
): Promise<Task | undefined> {
  const [task] = await db
    .update(tasks)
    .set({ state, closedAt: now, closedReason })
    .where(and(eq(tasks.id, id), eq(tasks.state, 'open')))
    .returning();
  return task;
}

export async function skipOpenSteps(db: Db, taskId: number): Promise<void> {
  await db
    .update(taskSteps)
    .set({ state: 'skipped', version: sql`${taskSteps.version} + 1` })
    .where(and(eq(taskSteps.taskId, taskId), inArray(taskSteps.state, ['active', 'waiting'])));
}

/** @returns false when another task about the same has been opened since. */
export async function reopenTask(db: Db, id: number): Promise<boolean> {
  const reopened = await db
    .update(tasks)
    .set({ state: 'open', closedAt: null, closedReason: null })
    .where(
      and(
        eq(tasks.id, id),
        sql`not exists (select 1 from ${tasks} o where o.state = 'open' and o.kind = ${tasks.kind}
          and o.person_id = ${tasks.personId} and o.entitlement_id = ${tasks.entitlementId})`,
      ),
    )
    .returning({ id: tasks.id });
  return reopened.length > 0;
}

/** Every step waits again, as when the task was opened. */
export async function resetSteps(db: Db, taskId: number): Promise<void> {
  await db
    .update(taskSteps)
    .set({
      state: 'waiting',
      note: null,
      escalatedAt: null,
      decidedBy: null,
      decidedVia: null,
      decidedAt: null,
      reason: null,
      version: sql`${taskSteps.version} + 1`,
    })
    .where(eq(taskSteps.taskId, taskId));
}

/** @returns undefined when the Slack message it was written as is a comment already. */
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

export type { StepKind, TaskState };
