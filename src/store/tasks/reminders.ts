import { and, asc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { isActivePerson } from '../people/people.ts';
import { digestItems, digests, notificationPreferences } from '../schema/messages.ts';
import { people, slackIdentities } from '../schema/people.ts';
import { stepAssignees, taskSteps, tasks } from '../schema/tasks.ts';

/** Lets one process at a time choose the people to remind, until the end of its transaction. */
export async function lockReminders(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(727167)`);
}

/** Assignees who have not answered an active step, oldest step first: of one task, or of all steps assigned by a time. */
export async function listUnansweredAssignees(
  db: Db,
  of: { taskId: number } | { assignedBefore: Date },
) {
  return db
    .select({
      stepId: taskSteps.id,
      position: taskSteps.position,
      options: taskSteps.options,
      emergency: tasks.emergency,
      activatedAt: taskSteps.activatedAt,
      assignedAt: stepAssignees.assignedAt,
      personId: people.id,
      name: people.name,
      timeZone: slackIdentities.timeZone,
      workFromHour: notificationPreferences.workFromHour,
      workUntilHour: notificationPreferences.workUntilHour,
    })
    .from(stepAssignees)
    .innerJoin(taskSteps, eq(taskSteps.id, stepAssignees.stepId))
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .innerJoin(people, eq(people.id, stepAssignees.personId))
    .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
    .leftJoin(notificationPreferences, eq(notificationPreferences.personId, people.id))
    .where(
      and(
        eq(stepAssignees.active, true),
        isNull(stepAssignees.agreedAt),
        eq(taskSteps.state, 'active'),
        eq(tasks.state, 'open'),
        isActivePerson,
        'taskId' in of
          ? eq(tasks.id, of.taskId)
          : and(
              lte(stepAssignees.assignedAt, of.assignedBefore),
              lte(taskSteps.activatedAt, of.assignedBefore),
            ),
      ),
    )
    .orderBy(asc(taskSteps.activatedAt), asc(taskSteps.id), asc(people.name));
}

export type UnansweredAssignee = Awaited<ReturnType<typeof listUnansweredAssignees>>[number];

/** The reminders that were sent about these steps, oldest first. */
export async function listReminders(db: Db, stepIds: readonly number[]) {
  return db
    .select({
      stepId: digestItems.subjectId,
      personId: digests.personId,
      askedBy: digests.askedBy,
      at: digests.createdAt,
    })
    .from(digestItems)
    .innerJoin(digests, eq(digests.id, digestItems.digestId))
    .where(
      and(
        eq(digestItems.kind, 'step'),
        eq(digests.kind, 'reminder'),
        sql`${digestItems.subjectId} = any(${sql.param([...stepIds])}::int[])`,
      ),
    )
    .orderBy(asc(digests.createdAt), asc(digests.id));
}

/**
 * Active steps that nobody decided within the time after which their policy escalates. A new assignee has the same
 * time from the moment of the assignment.
 * @param hours the time if the policy does not say otherwise.
 */
export async function listOverdueSteps(db: Db, now: Date, hours: number) {
  const wait = sql`coalesce((${taskSteps.options} ->> 'escalateAfterHours')::float, ${hours}) * interval '1 hour'`;
  const at = sql`${now.toISOString()}::timestamptz`;
  return db
    .select({ stepId: taskSteps.id, taskId: taskSteps.taskId })
    .from(taskSteps)
    .innerJoin(tasks, eq(tasks.id, taskSteps.taskId))
    .where(
      and(
        eq(taskSteps.state, 'active'),
        eq(tasks.state, 'open'),
        isNull(taskSteps.escalatedAt),
        sql`${taskSteps.activatedAt} + ${wait} <= ${at}`,
        sql`not exists (select 1 from ${stepAssignees} a
          where a.step_id = ${taskSteps.id} and a.active and a.assigned_at + ${wait} > ${at})`,
      ),
    )
    .orderBy(asc(taskSteps.activatedAt), asc(taskSteps.id));
}
