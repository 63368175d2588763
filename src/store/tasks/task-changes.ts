import { and, eq, exists, inArray, isNull, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { mustGet } from '../../collections.ts';
import type { Db } from '../db.ts';
import { stepAssignees, type TaskState, taskSteps, tasks } from '../schema/tasks.ts';
import {
  type Assignee,
  type AssigneeRow,
  type TaskSnapshot,
  withChanges,
} from './task-snapshot.ts';
import type { TaskStep } from './tasks.ts';

/*
 * Each function takes the snapshot of a task whose steps the transaction has locked. It returns the snapshot after the
 * change, built from the rows that the database returned, so that nothing needs to be read again.
 */

/** A step as a card shows it. The version tells whether it has changed since then. */
export interface StepVersion {
  stepId: number;
  version: number;
}

const nextVersion = sql`${taskSteps.version} + 1`;

/** The step is active and unchanged since the card was drawn. */
const isUnchanged = ({ stepId, version }: StepVersion) =>
  and(eq(taskSteps.id, stepId), eq(taskSteps.state, 'active'), eq(taskSteps.version, version));

/** Decides a step if it is active and unchanged. @returns undefined when somebody else was first. */
export async function decideActiveStep(
  db: Db,
  snapshot: TaskSnapshot,
  decision: StepVersion &
    Pick<TaskStep, 'state' | 'decidedBy' | 'decidedVia' | 'decidedAt' | 'reason'>,
): Promise<TaskSnapshot | undefined> {
  const { stepId, version, ...outcome } = decision;
  const steps = await db
    .update(taskSteps)
    .set({ ...outcome, version: nextVersion })
    .where(isUnchanged({ stepId, version }))
    .returning();
  return steps.length === 0 ? undefined : withChanges(snapshot, { steps });
}

/** Sets the end of the access that a task is about. */
export async function setAccessEnd(
  db: Db,
  snapshot: TaskSnapshot,
  accessUntil: Date,
): Promise<TaskSnapshot> {
  const [task] = await db
    .update(tasks)
    .set({ accessUntil })
    .where(eq(tasks.id, snapshot.task.id))
    .returning();
  return task ? withChanges(snapshot, { task }) : snapshot;
}

/**
 * Records that an assignee agrees to a step with a quorum. The version stays, so that the cards of the other assignees
 * stay valid.
 * @returns undefined when the step has changed since the card was drawn.
 */
export async function agreeToStep(
  db: Db,
  snapshot: TaskSnapshot,
  agreement: StepVersion & { personId: number; at: Date },
): Promise<TaskSnapshot | undefined> {
  const { personId, stepId, at } = agreement;
  const step = db.select({ id: taskSteps.id }).from(taskSteps).where(isUnchanged(agreement));
  const agreed = await db
    .update(stepAssignees)
    .set({ agreedAt: at })
    .where(
      and(
        eq(stepAssignees.stepId, stepId),
        eq(stepAssignees.personId, personId),
        eq(stepAssignees.active, true),
        exists(step),
      ),
    )
    .returning();
  return agreed.length === 0 ? undefined : withAssigneeRows(snapshot, agreed);
}

/** A reassignment of a step from one of its assignees, or from all of them, to one person. */
export interface Reassignment extends StepVersion {
  /** undefined: from all assignees who have not agreed. */
  fromPersonId: number | undefined;
  to: { id: number; name: string };
  by: number;
  reason: string;
  /** The words on the new assignee's card about the reassignment. */
  why: string;
  at: Date;
}

/**
 * Reassigns a step if it is active and unchanged. The rows of the earlier assignees stay and record the new assignee.
 * @returns undefined when somebody else was first.
 */
export async function reassignActiveStep(
  db: Db,
  snapshot: TaskSnapshot,
  reassignment: Reassignment,
): Promise<TaskSnapshot | undefined> {
  const { stepId, fromPersonId, to, by, reason, why, at } = reassignment;
  const steps = await db
    .update(taskSteps)
    .set({ version: nextVersion })
    .where(isUnchanged(reassignment))
    .returning();
  if (steps.length === 0) return undefined;
  const earlier = await db
    .update(stepAssignees)
    .set({ active: false, reassignedTo: to.id, reassignedBy: by, reassignReason: reason })
    .where(
      and(
        eq(stepAssignees.stepId, stepId),
        eq(stepAssignees.active, true),
        // People who have agreed keep their seats.
        fromPersonId === undefined
          ? isNull(stepAssignees.agreedAt)
          : eq(stepAssignees.personId, fromPersonId),
      ),
    )
    .returning();
  const assigned = {
    active: true,
    why,
    level: 'chosen' as const,
    assignedAt: at,
    reassignedBy: by,
    reassignReason: reason,
  };
  const cleared = { agreedAt: null, delegateOf: null, reassignedTo: null };
  const added = await db
    .insert(stepAssignees)
    .values({ stepId, personId: to.id, ...assigned })
    .onConflictDoUpdate({
      target: [stepAssignees.stepId, stepAssignees.personId],
      set: { ...assigned, ...cleared },
    })
    .returning();
  const taken = withAssigneeRows(withChanges(snapshot, { steps }), earlier);
  return withChanges(taken, { assignees: added.map((row) => ({ ...row, name: to.name })) });
}

/** A new assignee of a step; `delegateOf`: the person who would be the assignee without a delegation. */
export type NewAssignee = Pick<Assignee, 'personId' | 'name' | 'why' | 'level' | 'delegateOf'> &
  Partial<
    Pick<Assignee, 'agreedAt' | 'active' | 'reassignedTo' | 'reassignedBy' | 'reassignReason'>
  >;

/** Gives a step to these people in the place of whoever had it, before anybody was notified, and changes it. */
export async function assignStep(
  db: Db,
  snapshot: TaskSnapshot,
  assignment: {
    stepId: number;
    assignees: readonly NewAssignee[];
    at: Date;
    change: StepChange;
  },
): Promise<TaskSnapshot> {
  const { stepId, at } = assignment;
  await db.delete(stepAssignees).where(eq(stepAssignees.stepId, stepId));
  const assignees = await addAssignees(db, { stepId, at }, assignment.assignees);
  const others = snapshot.assignees.filter((one) => one.stepId !== stepId);
  const assigned = withChanges({ ...snapshot, assignees: others }, { assignees });
  return changeStep(db, assigned, { stepId, ...assignment.change });
}

export type StepChange = Partial<Omit<typeof taskSteps.$inferInsert, 'id' | 'taskId' | 'version'>>;

export async function changeStep(
  db: Db,
  snapshot: TaskSnapshot,
  { stepId, ...change }: StepChange & { stepId: number },
): Promise<TaskSnapshot> {
  const steps = await db
    .update(taskSteps)
    .set({ ...change, version: nextVersion })
    .where(eq(taskSteps.id, stepId))
    .returning();
  return withChanges(snapshot, { steps });
}

/**
 * Escalates a step that nobody decided in time to additional assignees. The version stays, so that the cards of the
 * first assignees stay valid.
 * @returns undefined when the step has changed since the snapshot was read, or was escalated before.
 */
export async function escalateStep(
  db: Db,
  snapshot: TaskSnapshot,
  escalation: StepVersion & { note: string; assignees: readonly NewAssignee[]; at: Date },
): Promise<TaskSnapshot | undefined> {
  const { stepId, note, at } = escalation;
  const steps = await db
    .update(taskSteps)
    .set({ escalatedAt: at, note })
    .where(and(isUnchanged(escalation), isNull(taskSteps.escalatedAt)))
    .returning();
  if (steps.length === 0) return undefined;
  const assignees = await addAssignees(db, { stepId, at }, escalation.assignees);
  return withChanges(snapshot, { steps, assignees });
}

/** Closes an open task and skips its open steps. @returns undefined when it was closed before. */
export async function closeOpenTask(
  db: Db,
  snapshot: TaskSnapshot,
  end: { state: TaskState; at: Date; reason?: string; by?: number },
): Promise<TaskSnapshot | undefined> {
  const { id } = snapshot.task;
  const [task] = await db
    .update(tasks)
    .set({
      state: end.state,
      closedAt: end.at,
      closedReason: end.reason ?? null,
      closedBy: end.by ?? null,
    })
    .where(and(eq(tasks.id, id), eq(tasks.state, 'open')))
    .returning();
  if (!task) return undefined;
  const steps = await db
    .update(taskSteps)
    .set({ state: 'skipped', version: nextVersion })
    .where(and(eq(taskSteps.taskId, id), inArray(taskSteps.state, ['active', 'waiting'])))
    .returning();
  return withChanges(snapshot, { task, steps });
}

/** Reopens a closed task. @returns undefined when another task for the same access is open. */
export async function reopenTask(
  db: Db,
  snapshot: TaskSnapshot,
): Promise<TaskSnapshot | undefined> {
  const { id, kind, personId, entitlementId } = snapshot.task;
  const others = alias(tasks, 'others');
  const another = db
    .select({ id: others.id })
    .from(others)
    .where(
      and(
        eq(others.state, 'open'),
        eq(others.kind, kind),
        eq(others.personId, personId),
        eq(others.entitlementId, entitlementId),
      ),
    );
  const [task] = await db
    .update(tasks)
    .set({ state: 'open', closedAt: null, closedReason: null, closedBy: null })
    .where(and(eq(tasks.id, id), notExists(another)))
    .returning();
  return task && withChanges(snapshot, { task });
}

/** Resets all steps to 'waiting', the state of a new task. */
export async function resetSteps(db: Db, snapshot: TaskSnapshot): Promise<TaskSnapshot> {
  const steps = await db
    .update(taskSteps)
    .set({
      state: 'waiting',
      note: null,
      escalatedAt: null,
      decidedBy: null,
      decidedVia: null,
      decidedAt: null,
      reason: null,
      version: nextVersion,
    })
    .where(eq(taskSteps.taskId, snapshot.task.id))
    .returning();
  return withChanges(snapshot, { steps });
}

async function addAssignees(
  db: Db,
  { stepId, at }: { stepId: number; at: Date },
  list: readonly NewAssignee[],
): Promise<Assignee[]> {
  if (list.length === 0) return [];
  const rows = await db
    .insert(stepAssignees)
    .values(list.map(({ name: _, ...one }) => ({ ...one, stepId, assignedAt: at })))
    .returning();
  const names = new Map(list.map(({ personId, name }) => [personId, name]));
  return rows.map((row) => ({ ...row, name: mustGet(names, row.personId) }));
}

/** Replaces the rows of people who were assignees before. */
function withAssigneeRows(snapshot: TaskSnapshot, rows: readonly AssigneeRow[]): TaskSnapshot {
  const names = new Map(snapshot.assignees.map(({ personId, name }) => [personId, name]));
  return withChanges(snapshot, {
    assignees: rows.map((row) => ({ ...row, name: mustGet(names, row.personId) })),
  });
}
