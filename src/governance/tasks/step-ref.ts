import { Refusal } from '../../errors.ts';
import { wasSent } from '../../store/messages/outbox.ts';
import {
  findStep,
  findTask,
  listAssignees,
  listSteps,
  type Task,
  type TaskStep,
} from '../../store/tasks/tasks.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { whoDecided } from './who-decided.ts';

/** The step a card was drawn for, as it was then. */
export interface StepRef {
  stepId: number;
  version: number;
}

export async function loadStep(ctx: Ctx, stepId: number): Promise<{ step: TaskStep; task: Task }> {
  const step = await findStep(ctx.db, stepId);
  const task = step && (await findTask(ctx.db, step.taskId));
  if (!step || !task) throw new Refusal('missing', 'This task is no longer here.');
  return { step, task };
}

export async function requireOpen(ctx: Ctx, step: TaskStep, task: Task): Promise<void> {
  if (step.state !== 'active' || task.state !== 'open') {
    throw new Refusal('conflict', await whoDecided(ctx, step.id));
  }
}

/** @throws Refusal 'forbidden' for people a task does not concern. */
export async function requireInvolved(ctx: ActorCtx, task: Task): Promise<void> {
  const me = ctx.actor.personId;
  if (task.requesterId === me || task.personId === me || task.openedBy === me) return;
  const steps = await listSteps(ctx.db, task.id);
  const assignees = await listAssignees(
    ctx.db,
    steps.map((step) => step.id),
  );
  const isTheirs = assignees.some(
    ({ assignee }) => assignee.personId === me || assignee.delegateOf === me,
  );
  if (isTheirs || ctx.actor.roles.includes('super_admin')) return;
  // Those whose approval an emergency went past were told of it.
  const told = { recipientId: me, kind: 'emergency', subjectId: task.id } as const;
  if (task.emergency && (await wasSent(ctx.db, told))) return;
  throw new Refusal(
    'forbidden',
    'Only the people a task concerns, and Super Admins, can see it and comment on it.',
  );
}
