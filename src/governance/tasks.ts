import { Refusal } from '../errors.ts';
import { claimRemoval, insertClaimedGrant } from '../store/access.ts';
import {
  changeStep,
  closeOpenTask,
  decideActiveStep,
  findTask,
  listAssignees,
  listSteps,
  replaceAssignees,
  skipOpenSteps,
  type Task,
  type TaskStep,
} from '../store/tasks.ts';
import { redrawTask } from './announce.ts';
import { chooseAssignees } from './approvers.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, notify } from './context.ts';
import { describeStep } from './describe.ts';
import { loadStep, requireOpen, type StepRef } from './open-step.ts';
import { barsOf, loadCircle } from './open-tasks.ts';
import { type Decision, stepWords, taskAfter } from './step-words.ts';
import { loadTaskView } from './task-view.ts';
import { whoDecided } from './trail.ts';

/**
 * Decides the step a card shows. The first decision counts; whoever comes later is told who decided.
 * @throws Refusal conflict (decided, changed), forbidden (not the assignee, own request), invalid (no reason).
 */
export async function decideStep(
  ctx: ActorCtx,
  ref: StepRef,
  decision: { positive: boolean; reason?: string | undefined },
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const { step, task } = await loadStep(ctx, ref.stepId);
    const choice = decision.positive ? stepWords[step.kind].yes : stepWords[step.kind].no;
    const reason = decision.reason?.trim() || null;
    await requireOpen(ctx, step, task);
    await requireAssignee(ctx, step, task);
    if (choice.needsReason && !reason) {
      throw new Refusal('invalid', 'Say why, in a few words: the requester is told your reason.');
    }
    const decided = await decideActiveStep(ctx.db, ref, {
      state: choice.state,
      decidedBy: ctx.actor.personId,
      decidedVia: ctx.via,
      decidedAt: ctx.now,
      reason,
    });
    if (!decided) throw new Refusal('conflict', await whoDecided(ctx, step.id));
    await audit(ctx, `step.${choice.state}`, `task:${task.id}`, {
      before: { step: step.position, state: step.state },
      after: { step: step.position, state: choice.state, reason },
    });
    await goOn(ctx, task, choice.state);
    await redrawTask(ctx, task.id, step.id);
    return task;
  });
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
    const active = (await listSteps(ctx.db, task.id)).find((step) => step.state === 'active');
    const closed = await closeOpenTask(ctx.db, task.id, 'cancelled', ctx.now);
    if (!closed) throw new Refusal('conflict', `Request #${task.id} is closed already.`);
    await skipOpenSteps(ctx.db, task.id);
    await audit(ctx, 'task.cancel', `task:${task.id}`, { before: { state: 'open' } });
    await redrawTask(ctx, task.id, active?.id);
    return closed;
  });
}

async function requireAssignee(ctx: ActorCtx, step: TaskStep, task: Task): Promise<void> {
  const me = ctx.actor.personId;
  const assignees = await listAssignees(ctx.db, [step.id]);
  const mine = assignees.find(({ assignee }) => assignee.personId === me);
  const own = task.personId === me || task.requesterId === me;
  if (stepWords[step.kind].decides && own) {
    const what =
      task.kind === 'revoke'
        ? 'a revocation that you proposed or that is yours'
        : 'your own request';
    throw new Refusal('forbidden', `You cannot approve ${what}.`);
  }
  if (mine?.assignee.active) return;
  const now = assignees.filter(({ assignee }) => assignee.active).map(({ person }) => person.name);
  const whose = now.join(' or ') || 'nobody';
  throw new Refusal(
    'forbidden',
    mine ? `This was reassigned; it is now with ${whose}.` : `This is for ${whose} to decide.`,
  );
}

/** After a decision: the next step begins, or the task ends. */
async function goOn(ctx: ActorCtx, task: Task, decision: Decision): Promise<void> {
  const end = taskAfter[decision];
  if (end === undefined) return beginNext(ctx, task);
  await closeOpenTask(ctx.db, task.id, end, ctx.now);
  await skipOpenSteps(ctx.db, task.id);
  if (end === 'deprovisioned') await claimRemoval(ctx.db, task, task.id, ctx.now);
  if (end === 'provisioned') {
    await insertClaimedGrant(
      ctx.db,
      {
        personId: task.personId,
        entitlementId: task.entitlementId,
        taskId: task.id,
        profileId: task.profileId,
      },
      ctx.now,
    );
  }
  await tellOutcome(ctx, task);
}

/** The requester and the person hear how a task ended. */
export async function tellOutcome(ctx: Ctx, task: Task): Promise<void> {
  const told = new Set([task.personId, ...(task.requesterId === null ? [] : [task.requesterId])]);
  await notify(
    ctx,
    [...told].map((recipientId) => ({
      recipientId,
      kind: 'outcome',
      subjectId: task.id,
      priority: 1,
    })),
  );
}

/**
 * Starts the next step. Its assignees are chosen again, from how things are now; an approval that
 * somebody who approved before would give again is covered by that decision.
 */
export async function beginNext(ctx: Ctx, task: Task): Promise<void> {
  const steps = await listSteps(ctx.db, task.id);
  const approvers = new Set(
    steps.filter((step) => step.state === 'approved').map((step) => step.decidedBy),
  );
  const circle = await loadCircle(ctx, task);
  for (const step of steps.filter((one) => one.state === 'waiting')) {
    const assignment = circle
      ? chooseAssignees(step.kind, step.approvers, circle, barsOf(task, task))
      : { assignees: [], note: undefined };
    if (stepWords[step.kind].decides && assignment.assignees.some(({ id }) => approvers.has(id))) {
      await changeStep(ctx.db, step.id, { state: 'covered', decidedAt: ctx.now });
      continue;
    }
    await replaceAssignees(
      ctx.db,
      step.id,
      assignment.assignees.map(({ id, why }) => ({ stepId: step.id, personId: id, why })),
    );
    await changeStep(ctx.db, step.id, {
      state: 'active',
      activatedAt: ctx.now,
      note: assignment.note ?? null,
    });
    return;
  }
}
