import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { type StepKind, stepAssignees, type TaskKind, taskSteps, tasks } from '../schema/tasks.ts';
import type { Task } from './tasks.ts';

/** A part of a list. */
export interface Slice {
  limit: number;
  offset: number;
}

/**
 * Active steps that are with this person. Found by an array, and without a look at the task's own state (a task
 * that is closed has no active step): where there are no statistics, since the embedded database has no
 * autovacuum, a join takes a planner that expects two rows through all pairs; 500 tasks took 275 ms, not 3.
 */
export const isWith = (personId: number) =>
  and(
    eq(taskSteps.state, 'active'),
    sql`${taskSteps.id} = any(array(select a.step_id from ${stepAssignees} a
      where a.person_id = ${personId} and a.active))`,
  );

/** Hours after which the next ones in line are asked, too, unless the policy says otherwise (docs/governance.md#reminders-and-escalation). */
export const escalateAfterHours = 72;

/** Waiting for so long that the next ones in line are asked, too. */
export const isLate = (
  now: Date,
) => sql<boolean>`${taskSteps.activatedAt} <= ${now.toISOString()}::timestamptz
  - coalesce((${taskSteps.options} ->> 'escalateAfterHours')::float8, ${escalateAfterHours}::float8) * interval '1 hour'`;

/** Access that is to end within three days is hardly worth having when it comes later. */
const endsSoon = (now: Date) =>
  sql`coalesce(${tasks.accessUntil} <= ${now.toISOString()}::timestamptz + interval '3 days', false)`;

/**
 * The order of a person's list, the one place that says so: emergencies; then what is late, or about access that
 * would end soon, the longest waiting of the late first; then the newest.
 */
const byUrgency = (now: Date) => [
  desc(tasks.emergency),
  sql`(${isLate(now)} or ${endsSoon(now)}) desc`,
  sql`case when ${isLate(now)} then ${taskSteps.activatedAt} end`,
  desc(taskSteps.activatedAt),
  desc(taskSteps.id),
];

/** How many steps of each kind wait for this person; a kind without any is left out. */
export async function countWaiting(db: Db, personId: number) {
  return db
    .select({ kind: taskSteps.kind, count: sql<number>`count(*)::int` })
    .from(taskSteps)
    .where(isWith(personId))
    .groupBy(taskSteps.kind);
}

/** Steps of a kind that wait for this person, the most urgent first. */
export async function listWaiting(
  db: Db,
  personId: number,
  kind: StepKind,
  now: Date,
  slice: Slice,
) {
  return db
    .select({ step: taskSteps, task: tasks, isLate: isLate(now) })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(and(isWith(personId), eq(taskSteps.kind, kind)))
    .orderBy(...byUrgency(now))
    .limit(slice.limit)
    .offset(slice.offset);
}

/** As `listWaiting`, with the few words by which one task is told from the next in a long list. */
export async function listWaitingBriefly(
  db: Db,
  personId: number,
  kind: StepKind,
  now: Date,
  slice: Slice,
) {
  return db
    .select({
      stepId: taskSteps.id,
      version: taskSteps.version,
      taskId: tasks.id,
      person: people.name,
      app: applications.name,
      entitlement: entitlements.name,
      risk: entitlements.risk,
      emergency: tasks.emergency,
      since: taskSteps.activatedAt,
    })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .innerJoin(people, eq(people.id, tasks.personId))
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(isWith(personId), eq(taskSteps.kind, kind)))
    .orderBy(...byUrgency(now))
    .limit(slice.limit)
    .offset(slice.offset);
}

/** The tasks of these steps. */
export async function listTasksOfSteps(db: Db, stepIds: readonly number[]) {
  return stepIds.length === 0
    ? []
    : db
        .select({ stepId: taskSteps.id, taskId: taskSteps.taskId })
        .from(taskSteps)
        .where(sql`${taskSteps.id} = any(${sql.param([...stepIds])}::int[])`);
}

/** Every step that waits, with each person it waits for; an emergency is told alone. */
export async function listActiveAssignments(db: Db, personId?: number) {
  return db
    .select({
      stepId: stepAssignees.stepId,
      personId: stepAssignees.personId,
      alone: tasks.emergency,
    })
    .from(stepAssignees)
    .innerJoin(taskSteps, eq(taskSteps.id, stepAssignees.stepId))
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(
      and(
        eq(stepAssignees.active, true),
        eq(taskSteps.state, 'active'),
        personId === undefined ? undefined : eq(stepAssignees.personId, personId),
      ),
    )
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
export async function listDecidedBy(db: Db, personId: number, slice: Slice) {
  return db
    .select({ step: taskSteps, task: tasks })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(eq(taskSteps.decidedBy, personId))
    .orderBy(desc(taskSteps.decidedAt), desc(taskSteps.id))
    .limit(slice.limit)
    .offset(slice.offset);
}

export async function countDecidedBy(db: Db, personId: number): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(taskSteps)
    .where(eq(taskSteps.decidedBy, personId));
  return row?.count ?? 0;
}

const ownRequests = (personId: number) =>
  sql`${tasks.requesterId} = ${personId} or (${tasks.personId} = ${personId} and ${tasks.kind} = 'grant')`;

/** A person's own requests: asked by them, or about them; open ones first, then newest. */
export async function listRequestsOf(
  db: Db,
  personId: number,
  limit: number,
  offset = 0,
): Promise<Task[]> {
  return db
    .select()
    .from(tasks)
    .where(ownRequests(personId))
    .orderBy(sql`${tasks.state} <> 'open'`, desc(tasks.id))
    .limit(limit)
    .offset(offset);
}

export async function countRequestsOf(db: Db, personId: number): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .where(ownRequests(personId));
  return row?.count ?? 0;
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
