import { Refusal } from '../../errors.ts';
import {
  agreeToStep,
  closeOpenTask,
  decideActiveStep,
  setAccessEnd,
} from '../../store/tasks/task-changes.ts';
import { lockSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, readerZone } from '../context.ts';
import { redrawTask, redrawTasks } from '../notifications/redraw.ts';
import { findZone } from '../people/person-zones.ts';
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
import { endOfDay } from '../wording/calendar-days.ts';
import { formatAgo, formatEnd } from '../wording/relative-time.ts';
import { advanceTask, notifyOutcome } from './advance-task.ts';
import { addComment } from './comments.ts';

/** A choice on a card or a form. */
export interface StepDecision {
  positive: boolean;
  reason?: string | undefined;
  /** An earlier last day of the access than the request asks for, YYYY-MM-DD, in the time zone of the person. */
  lastDay?: string | undefined;
  /** The id that the audit rows of a bulk decision share. */
  bulkId?: string | undefined;
}

/**
 * Decides the step that a card shows. The first decision counts; if a step needs several agreements, the last of them
 * decides it. Later decisions are refused with the name of the decider.
 * @throws Refusal 'conflict' (decided, changed), 'forbidden' (not the assignee, own request), 'invalid' (no reason, a
 * later end)
 */
export async function decideStep(
  ctx: ActorCtx,
  ref: StepRef,
  decision: StepDecision,
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => (await decideInTransaction(ctx, ref, decision)).task);
}

/** Decides a step inside a transaction. @returns the changed task */
export async function decideInTransaction(
  ctx: ActorCtx,
  ref: StepRef,
  decision: StepDecision,
): Promise<TaskSnapshot> {
  const snapshot = await lockStepSnapshot(ctx, ref.stepId);
  const { step, task } = snapshot;
  await requireOpen(ctx, snapshot);
  const holders = await requireAssignee(ctx, snapshot);
  requireSurface(ctx, snapshot, decision.positive);
  const { choice, reason } = validateDecision(ctx, snapshot, decision);
  const needed = decision.positive ? quorumOf(step) : 1;
  const shortened = await shortenAccess(ctx, snapshot, decision.lastDay);
  const agreed = needed === 1 ? shortened : await agree(ctx, shortened, { ref, holders });
  if (needed > 1 && countAgreed(agreed, step) < needed) {
    // A decision in bulk adds its comment itself.
    if (reason && !decision.bulkId) await addComment(ctx, agreed, { body: reason });
    return waitForOthers(ctx, agreed, { step, needed, decision });
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
      ...(decision.lastDay ? { lastDay: decision.lastDay } : {}),
      bulkId: decision.bulkId,
    },
  });
  const changed = await advanceTask(ctx, decided, choice.state);
  await redrawTasks(ctx, changed, step.id);
  return changed[0];
}

/** Sets an earlier end of the requested access. @throws Refusal 'invalid' when it is past, or not earlier */
async function shortenAccess(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
  lastDay: string | undefined,
): Promise<StepSnapshot> {
  const { task, step } = snapshot;
  if (lastDay === undefined || step.kind !== 'approval') return snapshot;
  const until = endOfDay(lastDay, await findZone(ctx, task.personId));
  if (until <= ctx.now) throw new Refusal('invalid', 'Choose a date in the future.', 'last_day');
  if (task.accessUntil && until > task.accessUntil) {
    const end = formatEnd(task.accessUntil, readerZone(ctx));
    const sentence = `The request is for access until ${end}. Choose an earlier day.`;
    throw new Refusal('invalid', sentence, 'last_day');
  }
  const changed = await setAccessEnd(ctx.db, snapshot, until);
  return { ...snapshot, ...changed };
}

/** Records the agreement of the actor. @throws Refusal 'conflict' when they agreed before or the step has changed */
async function agree(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
  { ref, holders }: { ref: StepRef; holders: StepAssignees },
): Promise<TaskSnapshot> {
  const { agreedAt, personId } = holders.mine;
  if (agreedAt) {
    throw new Refusal(
      'conflict',
      `You agreed to this ${formatAgo(agreedAt, ctx.now)}; it needs the agreement of others.`,
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

/** Ends an agreement that does not decide the step yet. */
async function waitForOthers(
  ctx: ActorCtx,
  snapshot: TaskSnapshot,
  { step, needed, decision }: { step: TaskStep; needed: number; decision: StepDecision },
): Promise<TaskSnapshot> {
  const { bulkId, lastDay } = decision;
  await audit(ctx, 'step.agree', subjectOf.task(snapshot.task.id), {
    after: {
      step: step.position,
      agreed: countAgreed(snapshot, step),
      needed,
      ...(lastDay ? { lastDay } : {}),
      bulkId,
    },
  });
  await redrawTask(ctx, snapshot, step.id);
  return snapshot;
}

/**
 * Returns the words and the title of a step for the form that asks for a reason before the decision.
 * @throws Refusal when the actor cannot decide the step now
 */
export async function prepareDecision(
  ctx: ActorCtx,
  ref: StepRef,
): Promise<{ words: (typeof stepWords)[TaskStep['kind']]; title: string; task: Task }> {
  const snapshot = await findStepSnapshot(ctx, ref.stepId);
  const { step } = snapshot;
  await requireOpen(ctx, snapshot);
  await requireAssignee(ctx, snapshot);
  if (step.version !== ref.version) {
    throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  }
  const { title } = describeStep(await viewTask(ctx, snapshot), step.id, ctx.actor.personId);
  return { words: stepWords[step.kind], title, task: snapshot.task };
}

/** Cancels an open request for its requester or for the person it is for. */
export async function cancelRequest(ctx: ActorCtx, taskId: number): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const snapshot = await lockSnapshot(ctx.db, { taskId });
    if (!snapshot) throw new Refusal('missing', `There is no request #${taskId}.`);
    const { task, steps } = snapshot;
    const isOwnRequest = task.kind === 'grant' && task.personId === ctx.actor.personId;
    if (task.requesterId !== ctx.actor.personId && !isOwnRequest) {
      throw new Refusal(
        'forbidden',
        'Only the requester or the person it is for can cancel a request.',
      );
    }
    const end = { state: 'canceled', at: ctx.now, by: ctx.actor.personId } as const;
    const closed = await closeOpenTask(ctx.db, snapshot, end);
    if (!closed) throw new Refusal('conflict', `Request #${task.id} is already closed.`);
    await audit(ctx, 'task.cancel', subjectOf.task(task.id), { before: { state: 'open' } });
    await redrawTask(ctx, closed, steps.find((step) => step.state === 'active')?.id);
    // The person for whom somebody else asked may cancel the request; then the requester does not know yet.
    if (task.requesterId !== ctx.actor.personId) await notifyOutcome(ctx, task, [task.requesterId]);
    return closed.task;
  });
}
