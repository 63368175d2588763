import { Refusal } from '../../errors.ts';
import {
  changeStep,
  closeOpenTask,
  reopenTask,
  resetSteps,
} from '../../store/tasks/task-changes.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { redrawTasks } from '../notifications/redraw.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { requireMayIntervene } from '../tasks/decision-rules.ts';
import {
  lockStepSnapshot,
  requireOpen,
  type StepRef,
  type StepSnapshot,
} from '../tasks/step-ref.ts';
import { type ChangedTasks, notifyOutcome, startNextStep } from './advance-task.ts';
import { addComment } from './comments.ts';
import { recordRefusedIntervention } from './refused-intervention.ts';

/** An action of a Super Admin on any task. It needs a reason, which all people of the task can read. */
export type Intervention = 'cancel' | 'skip' | 'restart';

/**
 * Cancels a task, skips its active step, or restarts its plan.
 * @throws Refusal 'forbidden' (not a Super Admin), 'invalid' (no reason, the last step), 'conflict' (closed, changed)
 */
export async function intervene(
  ctx: ActorCtx,
  ref: StepRef,
  { action, reason }: { action: Intervention; reason: string },
): Promise<Task> {
  await requirePermission(ctx, 'manageAnyTask');
  const words = reason.trim();
  if (!words) throw new Refusal('invalid', 'Enter a reason. All people of the task can read it.');
  return recordRefusedIntervention(ctx, ref.stepId, action, () =>
    interveneInTransaction(ctx, ref, { action, words }),
  );
}

async function interveneInTransaction(
  ctx: ActorCtx,
  ref: StepRef,
  { action, words }: { action: Intervention; words: string },
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const snapshot = await lockStepSnapshot(ctx, ref.stepId);
    const { step, task } = snapshot;
    if (!isHarmless(ctx, snapshot, action)) {
      await requireMayIntervene(ctx, snapshot, `${action} it`);
    }
    await addComment(ctx, snapshot, { body: `${interventionWords[action]}: ${words}` });
    if (action !== 'restart') await requireOpen(ctx, snapshot);
    const changed = await interventions[action](ctx, snapshot);
    await audit(ctx, `task.${action}`, subjectOf.task(task.id), {
      before: { state: task.state, step: step.position },
      after: { reason: words },
    });
    await redrawTasks(ctx, changed, step.id);
    return changed[0].task;
  });
}

/** A request may be canceled by its own people; a revocation of their own access may not. */
function isHarmless({ actor }: ActorCtx, { task }: StepSnapshot, action: Intervention): boolean {
  if (action !== 'cancel') return false;
  return task.kind === 'grant' || task.personId !== actor.personId;
}

const interventionWords = {
  cancel: 'Canceled',
  skip: 'Skipped this step',
  restart: 'Restarted',
} as const satisfies Record<Intervention, string>;

const interventions = { cancel, skip, restart } as const satisfies Record<
  Intervention,
  (ctx: ActorCtx, snapshot: StepSnapshot) => Promise<ChangedTasks>
>;

async function cancel(ctx: ActorCtx, snapshot: StepSnapshot): Promise<ChangedTasks> {
  const { task } = snapshot;
  const closed = await closeOpenTask(ctx.db, snapshot, {
    state: 'canceled',
    at: ctx.now,
    by: ctx.actor.personId,
  });
  if (!closed) throw new Error(`task ${task.id} was closed while its steps were locked`);
  await notifyOutcome(ctx, task);
  return [closed];
}

async function skip(ctx: ActorCtx, snapshot: StepSnapshot): Promise<ChangedTasks> {
  const { step, steps } = snapshot;
  if (!steps.some((one) => one.position > step.position)) {
    throw new Refusal('invalid', 'The last step cannot be skipped; cancel the task instead.');
  }
  const skipped = { state: 'skipped', note: `Skipped by ${ctx.actor.name}.` } as const;
  return startNextStep(ctx, await changeStep(ctx.db, snapshot, { stepId: step.id, ...skipped }));
}

async function restart(ctx: ActorCtx, snapshot: StepSnapshot): Promise<ChangedTasks> {
  const { task, steps } = snapshot;
  const isDone = steps.some(
    (step) => !stepWords[step.kind].decides && step.state === stepWords[step.kind].yes.state,
  );
  if (isDone) {
    throw new Refusal('conflict', `Task #${task.id} has been carried out and cannot be restarted.`);
  }
  const open = task.state === 'open' ? snapshot : await reopenTask(ctx.db, snapshot);
  if (!open) {
    throw new Refusal('conflict', 'Another task for this access is open. Close it first.');
  }
  return startNextStep(ctx, await resetSteps(ctx.db, open));
}
