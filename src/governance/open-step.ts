import { Refusal } from '../errors.ts';
import { findStep, findTask, type Task, type TaskStep } from '../store/tasks.ts';
import type { Ctx } from './context.ts';
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
