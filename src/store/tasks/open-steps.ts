import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people } from '../schema/people.ts';
import { type StepKind, stepAssignees, taskSteps, tasks } from '../schema/tasks.ts';
import { isWith, type Slice } from './task-lists.ts';

/** Which of all open tasks: those at a kind of step, those that wait for a person. */
export interface OpenFilter {
  kind?: StepKind | undefined;
  personId?: number | undefined;
}

const matches = ({ kind, personId }: OpenFilter) =>
  and(
    personId === undefined ? eq(taskSteps.state, 'active') : isWith(personId),
    kind === undefined ? undefined : eq(taskSteps.kind, kind),
  );

/** The steps that wait, by how long they do. */
export async function listOpenStepsBy(
  db: Db,
  filter: OpenFilter,
  order: 'oldest' | 'newest',
  slice: Slice,
) {
  const by = order === 'oldest' ? asc : desc;
  return db
    .select({ step: taskSteps, task: tasks })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(matches(filter))
    .orderBy(by(taskSteps.activatedAt), by(taskSteps.id))
    .limit(slice.limit)
    .offset(slice.offset);
}

/** How many of them there are of each kind, and since when the oldest waits. */
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

/** The person most of them wait for. */
export async function findBusiest(
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
