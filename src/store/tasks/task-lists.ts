import { and, asc, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { type StepKind, stepAssignees, type TaskKind, taskSteps, tasks } from '../schema/tasks.ts';
import type { Task } from './tasks.ts';

/** One page of a list. */
export interface Slice {
  limit: number;
  offset: number;
}

/**
 * A condition on steps: active and assigned to this person. It uses an array and not a join, and does not read the
 * task's state (a closed task has no active step). The embedded database has no autovacuum and so no statistics. Its
 * planner expects two rows and runs a join through all pairs: 275 ms for 500 tasks, and 3 ms with the array.
 */
export const isAssignedTo = (personId: number) =>
  and(
    eq(taskSteps.state, 'active'),
    sql`${taskSteps.id} = any(array(select a.step_id from ${stepAssignees} a
      where a.person_id = ${personId} and a.active))`,
  );

/**
 * Hours after which a step is escalated, unless its policy says otherwise
 * (docs/governance.md#reminders-and-escalation).
 */
export const escalateAfterHours = 72;

/** A condition on steps: active for longer than the time after which they are escalated. */
export const isLate = (
  now: Date,
) => sql<boolean>`${taskSteps.activatedAt} <= ${now.toISOString()}::timestamptz
  - coalesce((${taskSteps.options} ->> 'escalateAfterHours')::float8, ${escalateAfterHours}::float8) * interval '1 hour'`;

/** A condition on tasks: the access ends within three days, so a late decision would make it useless. */
const endsSoon = (now: Date) =>
  sql`coalesce(${tasks.accessUntil} <= ${now.toISOString()}::timestamptz + interval '3 days', false)`;

/**
 * The order of a person's open tasks on every surface: emergencies; then late steps and access that ends soon; then high
 * risk; then the oldest.
 */
const byUrgency = (now: Date) => [
  desc(tasks.emergency),
  sql`(${isLate(now)} or ${endsSoon(now)}) desc`,
  sql`(coalesce(${tasks.risk}, '') = 'high') desc`,
  asc(taskSteps.activatedAt),
  asc(taskSteps.id),
];

/** The number of a person's active steps of each kind. A kind without any is missing. */
export async function countAssignedSteps(db: Db, personId: number) {
  return db
    .select({ kind: taskSteps.kind, count: sql<number>`count(*)::int` })
    .from(taskSteps)
    .where(isAssignedTo(personId))
    .groupBy(taskSteps.kind);
}

/** A person's active steps of one kind, the most urgent first. */
export async function listAssignedSteps(
  db: Db,
  { personId, kind, now, slice }: { personId: number; kind: StepKind; now: Date; slice: Slice },
) {
  return db
    .select({ step: taskSteps, task: tasks, isLate: isLate(now) })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(and(isAssignedTo(personId), eq(taskSteps.kind, kind)))
    .orderBy(...byUrgency(now))
    .limit(slice.limit)
    .offset(slice.offset);
}

/** As `listWaiting`, with only the columns that a row of a long list shows. */
export async function listAssignedStepRows(
  db: Db,
  { personId, kind, now, slice }: { personId: number; kind: StepKind; now: Date; slice: Slice },
) {
  return db
    .select({
      stepId: taskSteps.id,
      version: taskSteps.version,
      taskId: tasks.id,
      personId: tasks.personId,
      person: people.name,
      app: applications.name,
      entitlement: entitlements.name,
      risk: entitlements.risk,
      taskRisk: tasks.risk,
      options: taskSteps.options,
      emergency: tasks.emergency,
      since: taskSteps.activatedAt,
    })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .innerJoin(people, eq(people.id, tasks.personId))
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(isAssignedTo(personId), eq(taskSteps.kind, kind)))
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

/** All active steps with their assignees. `alone`: an emergency, which never goes into a digest. */
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

/** Open requests with their requesters. */
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

/** Steps that a person decided, newest first. */
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

/** A person's requests: those that they made, and those about them. Open ones come first, then the newest. */
export async function listRequestsOf(
  db: Db,
  { personId, limit, offset = 0 }: { personId: number; limit: number; offset?: number | undefined },
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
  {
    kind,
    personIds,
    entitlementIds,
  }: { kind: TaskKind; personIds: readonly number[]; entitlementIds: readonly number[] },
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

/** The number of open requests and proposals of a person. */
export async function countOpenTasksOf(db: Db, requesterId: number): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .where(and(eq(tasks.requesterId, requesterId), eq(tasks.state, 'open')));
  return row?.count ?? 0;
}

export async function countOpenTasks(db: Db): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .where(eq(tasks.state, 'open'));
  return row?.count ?? 0;
}
