import { Refusal } from '../../errors.ts';
import {
  agreeToStep,
  closeOpenTask,
  decideActiveStep,
  findTask,
  listSteps,
  lockSteps,
  skipOpenSteps,
  type Task,
  type TaskStep,
} from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { describeStep } from '../task-cards/step-card.ts';
import { loadTaskView } from '../task-cards/task-view.ts';
import { quorumOf } from '../tasks/approvers.ts';
import {
  checkDecision,
  type Holders,
  requireAssignee,
  requireSurface,
} from '../tasks/decision-rules.ts';
import { loadStep, requireOpen, type StepRef } from '../tasks/step-ref.ts';
import { whoDecided } from '../tasks/who-decided.ts';
import { ago } from '../wording/relative-time.ts';
import { advanceTask, notifyOutcome } from './advance-task.ts';

/**
 * Decides the step a card shows. The first decision counts (of a step that needs several to agree, the last
 * of them); whoever comes later is told who decided.
 * @throws Refusal conflict (decided, changed), forbidden (not the assignee, own request), invalid (no reason).
 */
export async function decideStep(
  ctx: ActorCtx,
  ref: StepRef,
  decision: {
    positive: boolean;
    reason?: string | undefined;
    /** Names what is decided together, in the audit log. */
    bulkId?: string | undefined;
  },
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const { step, task } = await loadStep(ctx, ref.stepId);
    const { bulkId } = decision;
    await requireOpen(ctx, step, task);
    const holders = await requireAssignee(ctx, step, task);
    await requireSurface(ctx, step, task);
    const { choice, reason } = checkDecision(ctx, step, task, decision);
    if (decision.positive && !(await isAgreed(ctx, ref, step, task, holders, bulkId))) return task;
    const decided = await decideActiveStep(ctx.db, ref, {
      state: choice.state,
      decidedBy: ctx.actor.personId,
      decidedVia: ctx.via,
      decidedAt: ctx.now,
      reason,
    });
    if (!decided) throw new Refusal('conflict', await whoDecided(ctx, step.id));
    const mine = holders.find(({ assignee }) => assignee.personId === ctx.actor.personId);
    await audit(ctx, `step.${choice.state}`, subjectOf.task(task.id), {
      before: { step: step.position, state: step.state },
      after: {
        step: step.position,
        state: choice.state,
        reason,
        ...(mine?.assignee.delegateOf ? { onBehalfOf: mine.assignee.delegateOf } : {}),
        bulkId,
      },
    });
    await advanceTask(ctx, task, choice.state);
    await redrawTask(ctx, task.id, step.id);
    return task;
  });
}

/** Whether a yes decides the step, or is one of several that it needs. */
async function isAgreed(
  ctx: ActorCtx,
  ref: StepRef,
  step: TaskStep,
  task: Task,
  holders: Holders,
  bulkId: string | undefined,
): Promise<boolean> {
  const needed = quorumOf(step, holders.length);
  if (needed === 1) return true;
  const mine = holders.find(({ assignee }) => assignee.personId === ctx.actor.personId);
  if (mine?.assignee.agreedAt) {
    throw new Refusal(
      'conflict',
      `You agreed to this ${ago(mine.assignee.agreedAt, ctx.now)}; it waits for the others.`,
    );
  }
  const agreed = await agreeToStep(ctx.db, ref, ctx.actor.personId, ctx.now);
  if (agreed === undefined) throw new Refusal('conflict', await whoDecided(ctx, step.id));
  if (agreed >= needed) return true;
  await audit(ctx, 'step.agree', subjectOf.task(task.id), {
    after: { step: step.position, agreed, needed, bulkId },
  });
  await redrawTask(ctx, task.id, step.id);
  return false;
}

/**
 * What a step would be decided about, for a form that asks why first.
 * @throws Refusal when the actor cannot decide it now, with the reason.
 */
export async function peekStep(
  ctx: ActorCtx,
  ref: StepRef,
): Promise<{ words: (typeof stepWords)[TaskStep['kind']]; title: string }> {
  const { step, task } = await loadStep(ctx, ref.stepId);
  await requireOpen(ctx, step, task);
  await requireAssignee(ctx, step, task);
  if (step.version !== ref.version) throw new Refusal('conflict', await whoDecided(ctx, step.id));
  const view = await loadTaskView(ctx, task.id);
  return {
    words: stepWords[step.kind],
    title: view ? describeStep(view, step.id, ctx.actor.personId).title : `task #${task.id}`,
  };
}

/** The requester (or the person it is for) takes an open request back. */
export async function cancelRequest(ctx: ActorCtx, taskId: number): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const task = await findTask(ctx.db, taskId);
    if (!task) throw new Refusal('missing', `There is no request #${taskId}.`);
    const isOwnRequest = task.kind === 'grant' && task.personId === ctx.actor.personId;
    if (task.requesterId !== ctx.actor.personId && !isOwnRequest) {
      throw new Refusal(
        'forbidden',
        'Only who asked for it, or who it is for, can cancel a request.',
      );
    }
    await lockSteps(ctx.db, task.id);
    const active = (await listSteps(ctx.db, task.id)).find((step) => step.state === 'active');
    const closed = await closeOpenTask(ctx.db, task.id, 'cancelled', ctx.now);
    if (!closed) throw new Refusal('conflict', `Request #${task.id} is closed already.`);
    await skipOpenSteps(ctx.db, task.id);
    await audit(ctx, 'task.cancel', subjectOf.task(task.id), { before: { state: 'open' } });
    await redrawTask(ctx, task.id, active?.id);
    // Who did it knows; the other of the two hears of it.
    if (task.requesterId !== ctx.actor.personId) await notifyOutcome(ctx, task, [task.requesterId]);
    return closed;
  });
}
