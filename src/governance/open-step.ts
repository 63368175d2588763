import { Refusal } from '../errors.ts';
import {
  findStep,
  findTask,
  listAssignees,
  listSteps,
  type Task,
  type TaskStep,
} from '../store/tasks.ts';
import type { ActorCtx, Ctx } from './context.ts';
import { whoDecided } from './trail.ts';

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
  if (assignees.some(({ assignee }) => assignee.personId === me)) return;
  if (ctx.actor.roles.includes('super_admin')) return;
  throw new Refusal('forbidden', 'Only the people a task concerns can comment on it.');
}
