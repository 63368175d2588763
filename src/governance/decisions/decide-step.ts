import { Refusal } from '../../errors.ts';
import { agreeToStep, closeOpenTask, decideActiveStep } from '../../store/tasks/task-changes.ts';
import { lockSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction } from '../context.ts';
import { redrawTask, redrawTasks } from '../notifications/redraw.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { describeStep } from '../task-cards/step-card.ts';
import { viewTask } from '../task-cards/task-view.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { describeConflict } from '../tasks/conflict-sentence.ts';
import {
  requireAssignee,
  requireSurface,
  type StepAssignees,
  validateDecision,
} from '../tasks/decision-rules.ts';
import {
  findStepSnapshot,
  lockStepSnapshot,
  requireOpen,
  type StepRef,
  type StepSnapshot,
} from '../tasks/step-ref.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { advanceTask, notifyOutcome } from './advance-task.ts';

/** What somebody chose on a card or a form. */
export interface StepDecision {
  positive: boolean;
  reason?: string | undefined;
  /** Names in the audit log what is decided together. */
  bulkId?: string | undefined;
}

/**
 * Decides the step a card shows. The first decision counts (of a step that several have to agree to, the last
 * of them); later ones are refused with the name of who decided.
 * @throws Refusal conflict (decided, changed), forbidden (not the assignee, own request), invalid (no reason).
 */
export async function decideStep(
  ctx: ActorCtx,
  ref: StepRef,
  decision: StepDecision,
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => (await decideInTransaction(ctx, ref, decision)).task);
}

/** The same inside a transaction. @returns the task as it is afterwards. */
export async function decideInTransaction(
  ctx: ActorCtx,
  ref: StepRef,
  decision: StepDecision,
): Promise<TaskSnapshot> {
  const snapshot = await lockStepSnapshot(ctx, ref.stepId);
  const { step, task } = snapshot;
  await requireOpen(ctx, snapshot);
  const holders = requireAssignee(ctx, snapshot);
  requireSurface(ctx, snapshot);
  const { choice, reason } = validateDecision(ctx, snapshot, decision);
  const needed = decision.positive ? quorumOf(step, holders.all.length) : 1;
  const agreed = needed === 1 ? snapshot : await agree(ctx, snapshot, { ref, holders });
  if (needed > 1 && countAgreed(agreed, step) < needed) {
    return waitForOthers(ctx, agreed, { step, needed, bulkId: decision.bulkId });
  }
  const decided = await decideActiveStep(ctx.db, agreed, {
    ...ref,
    state: choice.state,
    decidedBy: ctx.actor.personId,
    decidedVia: ctx.via,
    decidedAt: ctx.now,
    reason,
  });
  if (!decided) throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  const { delegateOf } = holders.mine;
  await audit(ctx, `step.${choice.state}`, subjectOf.task(task.id), {
    before: { step: step.position, state: step.state },
    after: {
      step: step.position,
      state: choice.state,
      reason,
      ...(delegateOf === null ? {} : { onBehalfOf: delegateOf }),
      bulkId: decision.bulkId,
    },
  });
  const changed = await advanceTask(ctx, decided, choice.state);
  await redrawTasks(ctx, changed, step.id);
  return changed[0];
}

/** @throws Refusal 'conflict' when the actor agreed before, or the step has changed. */
async function agree(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
  { ref, holders }: { ref: StepRef; holders: StepAssignees },
): Promise<TaskSnapshot> {
  const { agreedAt, personId } = holders.mine;
  if (agreedAt) {
    throw new Refusal(
      'conflict',
      `You agreed to this ${formatAgo(agreedAt, ctx.now)}; it waits for the others.`,
    );
  }
  const agreed = await agreeToStep(ctx.db, snapshot, { ...ref, personId, at: ctx.now });
  if (agreed) return agreed;
  throw new Refusal('conflict', await describeConflict(ctx, snapshot, snapshot.step));
}

function countAgreed({ assignees }: TaskSnapshot, step: TaskStep): number {
  return assignees.filter(
    ({ stepId, active, agreedAt }) => stepId === step.id && active && agreedAt !== null,
  ).length;
}

/** Records one of several agreements that a step needs. */
async function waitForOthers(
  ctx: ActorCtx,
  snapshot: TaskSnapshot,
  { step, needed, bulkId }: { step: TaskStep; needed: number; bulkId: string | undefined },
): Promise<TaskSnapshot> {
  await audit(ctx, 'step.agree', subjectOf.task(snapshot.task.id), {
    after: { step: step.position, agreed: countAgreed(snapshot, step), needed, bulkId },
  });
  await redrawTask(ctx, snapshot, step.id);
  return snapshot;
}

/**
 * The step that would be decided, for a form that asks for the reason first.
 * @throws Refusal when the actor cannot decide it now, with the reason.
 */
export async function prepareDecision(
  ctx: ActorCtx,
  ref: StepRef,
): Promise<{ words: (typeof stepWords)[TaskStep['kind']]; title: string }> {
  const snapshot = await findStepSnapshot(ctx, ref.stepId);
  const { step } = snapshot;
  await requireOpen(ctx, snapshot);
  requireAssignee(ctx, snapshot);
  if (step.version !== ref.version) {
    throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  }
  const { title } = describeStep(await viewTask(ctx, snapshot), step.id, ctx.actor.personId);
  return { words: stepWords[step.kind], title };
}

/** The requester (or the person it is for) takes an open request back. */
export async function cancelRequest(ctx: ActorCtx, taskId: number): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const snapshot = await lockSnapshot(ctx.db, { taskId });
    if (!snapshot) throw new Refusal('missing', `There is no request #${taskId}.`);
    const { task, steps } = snapshot;
    const isOwnRequest = task.kind === 'grant' && task.personId === ctx.actor.personId;
    if (task.requesterId !== ctx.actor.personId && !isOwnRequest) {
      throw new Refusal(
        'forbidden',
        'Only who asked for it, or who it is for, can cancel a request.',
      );
    }
    const end = { state: 'cancelled', at: ctx.now } as const;
    const closed = await closeOpenTask(ctx.db, snapshot, end);
    if (!closed) throw new Refusal('conflict', `Request #${task.id} is closed already.`);
    await audit(ctx, 'task.cancel', subjectOf.task(task.id), { before: { state: 'open' } });
    await redrawTask(ctx, closed, steps.find((step) => step.state === 'active')?.id);
    // The person who cancels it knows; the requester may be somebody else.
    if (task.requesterId !== ctx.actor.personId) await notifyOutcome(ctx, task, [task.requesterId]);
    return closed.task;
  });
}
