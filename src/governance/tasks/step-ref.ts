import { Refusal } from '../../errors.ts';
import { wasSent } from '../../store/messages/outbox.ts';
import type { StepVersion } from '../../store/tasks/task-changes.ts';
import { findSnapshot, lockSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { TaskStep } from '../../store/tasks/tasks.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { describeConflict } from './conflict-sentence.ts';

/** The step that a card shows, in the version that it shows. */
export type StepRef = StepVersion;

/** A task at one moment, with one of its steps. */
export interface StepSnapshot extends TaskSnapshot {
  step: TaskStep;
}

/** Reads a step without a lock. @throws Refusal 'missing'. */
export async function findStepSnapshot(ctx: Ctx, stepId: number): Promise<StepSnapshot> {
  return atStep(await findSnapshot(ctx.db, { stepId }), stepId);
}

/** Reads a step and locks its task until the transaction ends. @throws Refusal 'missing'. */
export async function lockStepSnapshot(ctx: Ctx, stepId: number): Promise<StepSnapshot> {
  return atStep(await lockSnapshot(ctx.db, { stepId }), stepId);
}

function atStep(snapshot: TaskSnapshot | undefined, stepId: number): StepSnapshot {
  const step = snapshot?.steps.find(({ id }) => id === stepId);
  if (!snapshot || !step) throw new Refusal('missing', 'This task is no longer here.');
  return { ...snapshot, step };
}

/** @throws Refusal 'conflict' that says who was first, unless the step is active. */
export async function requireOpen(ctx: Ctx, snapshot: StepSnapshot): Promise<void> {
  if (snapshot.step.state === 'active' && snapshot.task.state === 'open') return;
  throw new Refusal('conflict', await describeConflict(ctx, snapshot, snapshot.step));
}

/** @throws Refusal 'forbidden' for people whom the task does not concern. */
export async function requireInvolved(
  ctx: ActorCtx,
  { task, assignees }: Pick<TaskSnapshot, 'task' | 'assignees'>,
): Promise<void> {
  const me = ctx.actor.personId;
  if (task.requesterId === me || task.personId === me || task.openedBy === me) return;
  const isAssignee = assignees.some((one) => one.personId === me || one.delegateOf === me);
  if (isAssignee || ctx.actor.roles.includes('super_admin')) return;
  // The approvers whom an emergency skipped were notified, so it concerns them, too.
  const message = { recipientId: me, kind: 'emergency', subjectId: task.id } as const;
  if (task.emergency && (await wasSent(ctx.db, message))) return;
  throw new Refusal(
    'forbidden',
    'Only people whom a task concerns and Super Admins can see it and comment on it.',
  );
}
