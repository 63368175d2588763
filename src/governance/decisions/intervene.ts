import { Refusal } from '../../errors.ts';
import {
  changeStep,
  closeOpenTask,
  findTask,
  listSteps,
  lockSteps,
  reopenTask,
  resetSteps,
  skipOpenSteps,
  type Task,
} from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { loadStep, requireOpen, type StepRef } from '../tasks/step-ref.ts';
import { notifyOutcome, startNextStep } from './advance-task.ts';
import { commentOnTask } from './comments.ts';

/** What a Super Admin can do to any task, each with a reason that everybody concerned can read. */
export type Intervention = 'cancel' | 'skip' | 'restart';

/**
 * Cancels a task, skips its active step, or starts its plan anew.
 * @throws Refusal forbidden (not a Super Admin), invalid (no reason, the last step), conflict (closed, changed).
 */
export async function intervene(
  ctx: ActorCtx,
  what: Intervention,
  ref: StepRef,
  reason: string,
): Promise<Task> {
  await requirePermission(ctx, 'manageAnyTask');
  const words = reason.trim();
  if (!words) throw new Refusal('invalid', 'Say why; everybody the task concerns can read it.');
  return inTransaction(ctx, async (ctx) => {
    const { taskId } = (await loadStep(ctx, ref.stepId)).step;
    await lockSteps(ctx.db, taskId);
    // Read again: somebody may have decided meanwhile.
    const { step, task } = await loadStep(ctx, ref.stepId);
    await commentOnTask(ctx, task.id, `${interventionWords[what]}: ${words}`);
    if (what === 'restart') await restart(ctx, task);
    else {
      await requireOpen(ctx, step, task);
      if (what === 'cancel') await cancel(ctx, task);
      else await skip(ctx, task, step.id, step.position);
    }
    await audit(ctx, `task.${what}`, subjectOf.task(task.id), {
      before: { state: task.state, step: step.position },
      after: { reason: words },
    });
    await redrawTask(ctx, task.id, step.id);
    return (await findTask(ctx.db, task.id)) ?? task;
  });
}

const interventionWords = {
  cancel: 'Cancelled',
  skip: 'Skipped this step',
  restart: 'Started anew',
} as const satisfies Record<Intervention, string>;

async function cancel(ctx: ActorCtx, task: Task): Promise<void> {
  await closeOpenTask(ctx.db, task.id, 'cancelled', ctx.now);
  await skipOpenSteps(ctx.db, task.id);
  await notifyOutcome(ctx, task);
}

async function skip(ctx: ActorCtx, task: Task, stepId: number, position: number): Promise<void> {
  const steps = await listSteps(ctx.db, task.id);
  if (!steps.some((step) => step.position > position)) {
    throw new Refusal('invalid', 'The last step cannot be skipped; cancel the task instead.');
  }
  await changeStep(ctx.db, stepId, { state: 'skipped', note: `Skipped by ${ctx.actor.name}.` });
  await startNextStep(ctx, task);
}

async function restart(ctx: ActorCtx, task: Task): Promise<void> {
  const steps = await listSteps(ctx.db, task.id);
  const isDone = steps.some(
    (step) => !stepWords[step.kind].decides && step.state === stepWords[step.kind].yes.state,
  );
  if (isDone) {
    throw new Refusal('conflict', `Task #${task.id} has been carried out; it cannot start anew.`);
  }
  if (task.state !== 'open' && !(await reopenTask(ctx.db, task.id))) {
    throw new Refusal('conflict', 'There is another open task for the same; it has to end first.');
  }
  await resetSteps(ctx.db, task.id);
  await startNextStep(ctx, task);
}
