import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { stepAssignees, taskSteps } from '../schema/tasks.ts';

/**
 * A step goes from one assignee (or, without `personId`, from all) to another, if it is still active and
 * unchanged since the card was drawn; the old rows stay, to say where it went.
 * @returns false when somebody else was first.
 */
export async function reassign(
  db: Db,
  from: { stepId: number; version: number; personId?: number },
  to: { personId: number; by: number; reason: string; why: string; at: Date },
): Promise<boolean> {
  const taken = await db
    .update(taskSteps)
    .set({ version: sql`${taskSteps.version} + 1` })
    .where(
      and(
        eq(taskSteps.id, from.stepId),
        eq(taskSteps.state, 'active'),
        eq(taskSteps.version, from.version),
      ),
    )
    .returning({ id: taskSteps.id });
  if (taken.length === 0) return false;
  await db
    .update(stepAssignees)
    .set({
      active: false,
      reassignedTo: to.personId,
      reassignedBy: to.by,
      reassignReason: to.reason,
    })
    .where(
      and(
        eq(stepAssignees.stepId, from.stepId),
        eq(stepAssignees.active, true),
        from.personId === undefined ? undefined : eq(stepAssignees.personId, from.personId),
      ),
    );
  await db
    .insert(stepAssignees)
    .values({ stepId: from.stepId, personId: to.personId, why: to.why, assignedAt: to.at })
    .onConflictDoUpdate({
      target: [stepAssignees.stepId, stepAssignees.personId],
      set: {
        active: true,
        why: to.why,
        assignedAt: to.at,
        agreedAt: null,
        delegateOf: null,
        reassignedTo: null,
        reassignedBy: null,
        reassignReason: null,
      },
    });
  return true;
}
