import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people } from '../schema/people.ts';
import { type StepKind, stepAssignees, taskSteps, tasks } from '../schema/tasks.ts';
import { isAssignedTo, type Slice } from './task-lists.ts';

/** A filter of open tasks: by the kind of the active step, by assignee. */
export interface OpenFilter {
  kind?: StepKind | undefined;
  personId?: number | undefined;
}

const matches = ({ kind, personId }: OpenFilter) =>
  and(
    personId === undefined ? eq(taskSteps.state, 'active') : isAssignedTo(personId),
    kind === undefined ? undefined : eq(taskSteps.kind, kind),
  );

/** Active steps in the order of their activation. */
export async function listActiveSteps(
  db: Db,
  { filter, order, slice }: { filter: OpenFilter; order: 'oldest' | 'newest'; slice: Slice },
) {
  const direction = order === 'oldest' ? asc : desc;
  return db
    .select({ step: taskSteps, task: tasks })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(matches(filter))
    .orderBy(direction(taskSteps.activatedAt), direction(taskSteps.id))
    .limit(slice.limit)
    .offset(slice.offset);
}

/** The number of active steps of each kind, and the activation of the oldest. */
export async function countOpenSteps(db: Db, filter: OpenFilter) {
  return db
    .select({
      kind: taskSteps.kind,
      count: sql<number>`count(*)::int`,
      oldest: sql`min(${taskSteps.activatedAt})`.mapWith(taskSteps.activatedAt),
    })
    .from(taskSteps)
    .where(matches(filter))
    .groupBy(taskSteps.kind);
}

/** The assignee with the most active steps. */
export async function findBusiestAssignee(
  db: Db,
  filter: OpenFilter,
): Promise<{ name: string; count: number } | undefined> {
  const [busiest] = await db
    .select({ name: people.name, count: sql<number>`count(*)::int` })
    .from(taskSteps)
    .innerJoin(stepAssignees, eq(stepAssignees.stepId, taskSteps.id))
    .innerJoin(people, eq(people.id, stepAssignees.personId))
    .where(and(matches(filter), eq(stepAssignees.active, true)))
    .groupBy(people.id, people.name)
    .orderBy(sql`count(*) desc`, asc(people.name))
    .limit(1);
  return busiest;
}
