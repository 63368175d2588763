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

/** A current or former assignee of a step. */
export interface Assignee extends AssigneeRow {
  name: string;
}

/** A task at one moment, with everything that a decision depends on. */
export interface TaskSnapshot {
  task: Task;
  /** The subject: the person whom the access is for. */
  person: Person;
  entitlement: EntitlementRow;
  /** In the order of the execution plan. */
  steps: readonly TaskStep[];
  /** The assignees of all steps, by name. After a reassignment the earlier ones stay, no longer active. */
  assignees: readonly Assignee[];
}

/** The id of a task, or of one of its steps. */
export type TaskKey = { taskId: number } | { stepId: number };

/** Reads a task without a lock, for code that changes nothing. */
export async function findSnapshot(db: Db, key: TaskKey): Promise<TaskSnapshot | undefined> {
  return firstOf(await readSnapshots(db, await selectSteps(db, taskIdOf(key))));
}

/** Reads several tasks without a lock. @returns them by task id. */
export async function findSnapshots(
  db: Db,
  taskIds: readonly number[],
): Promise<Map<number, TaskSnapshot>> {
  return taskIds.length === 0
    ? new Map()
    : readSnapshots(db, await selectSteps(db, oneOf(taskIds)));
}

/**
 * Locks the steps of a task until the end of the transaction, then reads the task. It waits for a decision in progress;
 * a new one waits for it. All steps are locked in the order of their ids, before anything else of the task is read or
 * changed. So two transactions never deadlock, and the snapshot stays true.
 */
export async function lockSnapshot(db: Db, key: TaskKey): Promise<TaskSnapshot | undefined> {
  return firstOf(await readSnapshots(db, await lockSteps(db, taskIdOf(key))));
}

/** The same for several tasks, whose steps are locked in the order of their ids as well. @returns them by task id. */
export async function lockSnapshots(
  db: Db,
  taskIds: readonly number[],
): Promise<Map<number, TaskSnapshot>> {
  return taskIds.length === 0 ? new Map() : readSnapshots(db, await lockSteps(db, oneOf(taskIds)));
}

/** The snapshot after a change: changed rows replace the earlier ones, new rows are added. */
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

/** Reads the tasks of these steps. Every task has steps from the moment it opens, so none is missed. */
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
