import { and, asc, desc, eq, isNotNull, or, sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import { people } from './schema/people.ts';
import { type StepKind, stepAssignees, type TaskKind, taskSteps, tasks } from './schema/tasks.ts';
import type { Task } from './tasks.ts';

/** Steps that wait for this person, oldest first. */
export async function listActiveStepsOf(db: Db, personId: number, kind?: StepKind) {
  return db
    .select({ step: taskSteps, task: tasks })
    .from(stepAssignees)
    .innerJoin(taskSteps, eq(taskSteps.id, stepAssignees.stepId))
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(
      and(
        eq(stepAssignees.personId, personId),
        eq(stepAssignees.active, true),
        eq(taskSteps.state, 'active'),
        eq(tasks.state, 'open'),
        kind === undefined ? undefined : eq(taskSteps.kind, kind),
      ),
    )
    .orderBy(asc(taskSteps.activatedAt), asc(taskSteps.id));
}

/** Open steps of which an assignee is no longer here. */
export async function listStepsOfLeavers(db: Db) {
  return db
    .selectDistinctOn([taskSteps.id], { step: taskSteps, task: tasks })
    .from(stepAssignees)
    .innerJoin(taskSteps, eq(taskSteps.id, stepAssignees.stepId))
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .innerJoin(people, eq(people.id, stepAssignees.personId))
    .where(
      and(
        or(eq(people.active, false), isNotNull(people.closedAt)),
        eq(stepAssignees.active, true),
        eq(taskSteps.state, 'active'),
        eq(tasks.state, 'open'),
      ),
    )
    .orderBy(taskSteps.id);
}

/** Every step that waits, oldest first. */
export async function listActiveSteps(db: Db) {
  return db
    .select({ step: taskSteps, task: tasks })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(and(eq(taskSteps.state, 'active'), eq(tasks.state, 'open')))
    .orderBy(asc(taskSteps.activatedAt), asc(taskSteps.id));
}

/** Every step that waits, with each person it waits for; an emergency is told alone. */
export async function listActiveAssignments(db: Db) {
  return db
    .select({
      stepId: stepAssignees.stepId,
      personId: stepAssignees.personId,
      alone: tasks.emergency,
    })
    .from(stepAssignees)
    .innerJoin(taskSteps, eq(taskSteps.id, stepAssignees.stepId))
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(and(eq(stepAssignees.active, true), eq(taskSteps.state, 'active')))
    .orderBy(stepAssignees.stepId);
}

/** Open requests with who asked for them. */
export async function listOpenRequests(
  db: Db,
): Promise<{ id: number; requesterId: number; alone: boolean }[]> {
  const open = await db
    .select({ id: tasks.id, requesterId: tasks.requesterId, alone: tasks.emergency })
    .from(tasks)
    .where(and(eq(tasks.state, 'open'), isNotNull(tasks.requesterId)))
    .orderBy(tasks.id);
  return open.flatMap(({ requesterId, ...rest }) =>
    requesterId === null ? [] : [{ ...rest, requesterId }],
  );
}

/** Steps this person decided, newest first. */
export async function listDecidedBy(db: Db, personId: number, limit: number) {
  return db
    .select({ step: taskSteps, task: tasks })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(eq(taskSteps.decidedBy, personId))
    .orderBy(desc(taskSteps.decidedAt))
    .limit(limit);
}

/** A person's own requests: asked by them, or about them; open ones first, then newest. */
export async function listRequestsOf(db: Db, personId: number, limit: number): Promise<Task[]> {
  return db
    .select()
    .from(tasks)
    .where(
      sql`${tasks.requesterId} = ${personId} or (${tasks.personId} = ${personId} and ${tasks.kind} = 'grant')`,
    )
    .orderBy(sql`${tasks.state} <> 'open'`, desc(tasks.id))
    .limit(limit);
}

export async function listOpenTasks(
  db: Db,
  kind: TaskKind,
  personIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<Task[]> {
  if (personIds.length === 0 || entitlementIds.length === 0) return [];
  return db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.state, 'open'),
        eq(tasks.kind, kind),
        sql`${tasks.personId} = any(${sql.param([...new Set(personIds)])}::int[])`,
        sql`${tasks.entitlementId} = any(${sql.param([...new Set(entitlementIds)])}::int[])`,
      ),
    );
}

export async function countOpenTasks(db: Db): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .where(eq(tasks.state, 'open'));
  return row?.count ?? 0;
}
