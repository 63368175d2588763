import { asc, eq, getTableColumns, sql } from 'drizzle-orm';
import { groupBy, mustGet } from '../../collections.ts';
import { type EntitlementRow, entitlementColumns } from '../catalog/entitlements.ts';
import type { Db } from '../db.ts';
import type { Person } from '../people/people.ts';
import { applications, entitlements } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { stepAssignees, taskSteps, tasks } from '../schema/tasks.ts';
import type { Task, TaskStep } from './tasks.ts';

export type AssigneeRow = typeof stepAssignees.$inferSelect;

/** Somebody whom a step is or was assigned to. */
export interface Assignee extends AssigneeRow {
  name: string;
}

/** A task as it is at one moment, with everything that a decision about it looks at. */
export interface TaskSnapshot {
  task: Task;
  /** The person whom the access is for. */
  person: Person;
  entitlement: EntitlementRow;
  /** In the order of the plan. */
  steps: readonly TaskStep[];
  /** Of all steps, by name; a reassignment leaves the earlier ones in it, no longer active. */
  assignees: readonly Assignee[];
}

/** A task is found by its own number or by that of one of its steps. */
export type TaskKey = { taskId: number } | { stepId: number };

/** Reads a task without a lock: for what only looks at it. */
export async function findSnapshot(db: Db, key: TaskKey): Promise<TaskSnapshot | undefined> {
  return firstOf(await readSnapshots(db, await selectSteps(db, taskIdOf(key))));
}

/** Reads several tasks without a lock. @returns them by the numbers of the tasks. */
export async function findSnapshots(
  db: Db,
  taskIds: readonly number[],
): Promise<Map<number, TaskSnapshot>> {
  return taskIds.length === 0
    ? new Map()
    : readSnapshots(db, await selectSteps(db, oneOf(taskIds)));
}

/**
 * Reads a task and holds its steps until the end of the transaction: a decision under way ends first, and none
 * begins. The steps are locked before anything else of a task is read or changed, all of them and in the order of
 * their ids, so that two transactions never wait for each other, and so that what is read afterwards stays true.
 */
export async function lockSnapshot(db: Db, key: TaskKey): Promise<TaskSnapshot | undefined> {
  return firstOf(await readSnapshots(db, await lockSteps(db, taskIdOf(key))));
}

/** The same for several tasks, locked in one order, too. @returns them by the numbers of the tasks. */
export async function lockSnapshots(
  db: Db,
  taskIds: readonly number[],
): Promise<Map<number, TaskSnapshot>> {
  return taskIds.length === 0 ? new Map() : readSnapshots(db, await lockSteps(db, oneOf(taskIds)));
}

/** The snapshot after a change: changed rows take the place of what they were, and new ones join. */
export function withChanges(
  snapshot: TaskSnapshot,
  { task, steps = [], assignees = [] }: Partial<Pick<TaskSnapshot, 'task' | 'steps' | 'assignees'>>,
): TaskSnapshot {
  const changed = new Map(steps.map((step) => [step.id, step]));
  const assigneeKey = ({ stepId, personId }: AssigneeRow) => `${stepId}:${personId}`;
  const replaced = new Set(assignees.map(assigneeKey));
  return {
    ...snapshot,
    task: task ?? snapshot.task,
    steps: snapshot.steps.map((step) => changed.get(step.id) ?? step),
    assignees: [
      ...snapshot.assignees.filter((one) => !replaced.has(assigneeKey(one))),
      ...assignees,
    ],
  };
}

type StepFilter = ReturnType<typeof oneOf>;

const oneOf = (taskIds: readonly number[]) =>
  sql`${taskSteps.taskId} = any(${sql.param([...new Set(taskIds)])}::int[])`;

function taskIdOf(key: TaskKey): StepFilter {
  return 'taskId' in key
    ? oneOf([key.taskId])
    : sql`${taskSteps.taskId} = (select s.task_id from ${taskSteps} s where s.id = ${key.stepId})`;
}

function selectSteps(db: Db, which: StepFilter) {
  return db.select().from(taskSteps).where(which).orderBy(asc(taskSteps.id));
}

function lockSteps(db: Db, which: StepFilter) {
  return selectSteps(db, which).for('update');
}

/** Every task has steps from the moment it opens, so its steps say which tasks there are. */
async function readSnapshots(
  db: Db,
  steps: readonly TaskStep[],
): Promise<Map<number, TaskSnapshot>> {
  if (steps.length === 0) return new Map();
  const byTask = groupBy(steps, (step) => step.taskId);
  const found = await db
    .select({ task: tasks, person: people, entitlement: entitlementColumns })
    .from(tasks)
    .innerJoin(people, eq(people.id, tasks.personId))
    .innerJoin(entitlements, eq(entitlements.id, tasks.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(sql`${tasks.id} = any(${sql.param([...byTask.keys()])}::int[])`)
    .orderBy(asc(tasks.id));
  const assignees = await db
    .select({ ...getTableColumns(stepAssignees), name: people.name })
    .from(stepAssignees)
    .innerJoin(people, eq(people.id, stepAssignees.personId))
    .where(sql`${stepAssignees.stepId} = any(${sql.param(steps.map(({ id }) => id))}::int[])`)
    .orderBy(asc(people.name), asc(people.id));
  const taskIdByStep = new Map(steps.map((step) => [step.id, step.taskId]));
  const assigneesByTask = groupBy(assignees, ({ stepId }) => mustGet(taskIdByStep, stepId));
  return new Map(
    found.map((row) => [
      row.task.id,
      {
        ...row,
        steps: mustGet(byTask, row.task.id).toSorted((a, b) => a.position - b.position),
        assignees: assigneesByTask.get(row.task.id) ?? [],
      },
    ]),
  );
}

function firstOf(snapshots: ReadonlyMap<number, TaskSnapshot>): TaskSnapshot | undefined {
  const [first] = snapshots.values();
  return first;
}
