import { Refusal } from '../errors.ts';
import { claimRemoval, extendGrant, insertClaimedGrant } from '../store/access.ts';
import {
  agreeToStep,
  changeStep,
  closeOpenTask,
  decideActiveStep,
  findTask,
  listAssignees,
  listSteps,
  replaceAssignees,
  skipOpenSteps,
  type Task,
  type TaskState,
  type TaskStep,
} from '../store/tasks.ts';
import { ago } from './ago.ts';
import { redrawTask } from './announce.ts';
import { chooseAssignees, quorumOf } from './approvers.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from './context.ts';
import { describeStep } from './describe.ts';
import { tell } from './digests.ts';
import { loadStep, requireOpen, type StepRef } from './open-step.ts';
import { barsOf, loadCircle } from './open-tasks.ts';
import { type Decision, stepWords, taskAfter } from './step-words.ts';
import { loadTaskView } from './task-view.ts';
import { whoDecided } from './trail.ts';

/**
 * Decides the step a card shows. The first decision counts (of a step that needs several to agree, the last
 * of them); whoever comes later is told who decided.
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
    const holders = await requireAssignee(ctx, step, task);
    const needsReason =
      choice.needsReason || (decision.positive && step.options.reasonToApprove === true);
    if (needsReason && !reason) {
      throw new Refusal('invalid', 'Say why, in a few words: the requester is told your reason.');
    }
    if (decision.positive && !(await isAgreed(ctx, ref, step, task, holders))) return task;
    const decided = await decideActiveStep(ctx.db, ref, {
      state: choice.state,
      decidedBy: ctx.actor.personId,
      decidedVia: ctx.via,
      decidedAt: ctx.now,
      reason,
    });
    if (!decided) throw new Refusal('conflict', await whoDecided(ctx, step.id));
    const mine = holders.find(({ assignee }) => assignee.personId === ctx.actor.personId);
    await audit(ctx, `step.${choice.state}`, `task:${task.id}`, {
      before: { step: step.position, state: step.state },
      after: {
        step: step.position,
        state: choice.state,
        reason,
        ...(mine?.assignee.delegateOf ? { onBehalfOf: mine.assignee.delegateOf } : {}),
      },
    });
    await goOn(ctx, task, choice.state);
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
  await audit(ctx, 'step.agree', `task:${task.id}`, {
    after: { step: step.position, agreed, needed },
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
    const active = (await listSteps(ctx.db, task.id)).find((step) => step.state === 'active');
    const closed = await closeOpenTask(ctx.db, task.id, 'cancelled', ctx.now);
    if (!closed) throw new Refusal('conflict', `Request #${task.id} is closed already.`);
    await skipOpenSteps(ctx.db, task.id);
    await audit(ctx, 'task.cancel', `task:${task.id}`, { before: { state: 'open' } });
    await redrawTask(ctx, task.id, active?.id);
    return closed;
  });
}

type Holders = Awaited<ReturnType<typeof listAssignees>>;

/** @returns who the step is with now. @throws Refusal 'forbidden' when the actor may not decide it. */
async function requireAssignee(ctx: ActorCtx, step: TaskStep, task: Task): Promise<Holders> {
  const me = ctx.actor.personId;
  const assignees = await listAssignees(ctx.db, [step.id]);
  const holders = assignees.filter(({ assignee }) => assignee.active);
  const mine = assignees.find(({ assignee }) => assignee.personId === me);
  const against = whyNotDecide(step, task, await listSteps(ctx.db, task.id), {
    me,
    delegateOf: mine?.assignee.delegateOf ?? null,
  });
  if (against) throw new Refusal('forbidden', against);
  if (mine?.assignee.active) return holders;
  const whose = holders.map(({ person }) => person.name).join(' or ') || 'nobody';
  throw new Refusal(
    'forbidden',
    mine ? `This was reassigned; it is now with ${whose}.` : `This is for ${whose} to decide.`,
  );
}

/** Why the policy keeps somebody from a step, whoever it was assigned to. */
function whyNotDecide(
  step: TaskStep,
  task: Task,
  steps: readonly TaskStep[],
  { me, delegateOf }: { me: number; delegateOf: number | null },
): string | undefined {
  const { decides } = stepWords[step.kind];
  const hasApproved = steps.some((one) => one.state === 'approved' && one.decidedBy === me);
  if (!decides) {
    const isBarred = hasApproved && step.options.approverMayProvision === false;
    return isBarred
      ? `You approved this; the policy "${task.policyName}" wants somebody else to carry it out.`
      : undefined;
  }
  if (hasApproved && step.options.distinctApprovers) {
    return `You approved an earlier step; the policy "${task.policyName}" wants somebody else here.`;
  }
  if (step.options.allowSelfApproval) return undefined;
  const own = [task.personId, task.requesterId];
  const what =
    task.kind === 'revoke' ? 'a revocation that you proposed or that is yours' : 'your own request';
  if (own.includes(me)) return `You cannot approve ${what}.`;
  return delegateOf !== null && own.includes(delegateOf)
    ? 'You cannot approve this for the person who asked for it or whom it is for.'
    : undefined;
}

/** After a decision: the next step begins, or the task ends. */
async function goOn(ctx: ActorCtx, task: Task, decision: Decision): Promise<void> {
  const end = taskAfter[decision];
  if (end === undefined) return beginNext(ctx, task);
  await endTask(ctx, task, end);
}

async function endTask(ctx: Ctx, task: Task, end: TaskState): Promise<void> {
  await closeOpenTask(ctx.db, task.id, end, ctx.now);
  await skipOpenSteps(ctx.db, task.id);
  if (end === 'deprovisioned') await claimRemoval(ctx.db, task, task.id, ctx.now);
  if (end === 'provisioned' && task.cause === 'extension') {
    await extendGrant(ctx.db, task, task.accessUntil);
  } else if (end === 'provisioned') {
    await insertClaimedGrant(
      ctx.db,
      {
        personId: task.personId,
        entitlementId: task.entitlementId,
        taskId: task.id,
        profileId: task.profileId,
        expiresAt: task.accessUntil,
      },
      ctx.now,
    );
  }
  await tellOutcome(ctx, task);
}

/** The requester and the person hear how a task ended. */
export async function tellOutcome(ctx: Ctx, task: Task): Promise<void> {
  const told = new Set([task.personId, ...(task.requesterId === null ? [] : [task.requesterId])]);
  await tell(
    ctx,
    [...told].map((recipientId) => ({
      recipientId,
      kind: 'outcome',
      subjectId: task.id,
      priority: 1,
      isNews: true,
      alone: task.emergency,
    })),
  );
}

/**
 * Starts the next step, or ends a task that has none left. Its assignees are chosen again, from how things are
 * now; an approval that enough people who approved before would give again is covered by their decisions.
 */
export async function beginNext(ctx: Ctx, task: Task): Promise<void> {
  const steps = await listSteps(ctx.db, task.id);
  const bars = barsOf(task, task, steps);
  const circle = await loadCircle(ctx, task);
  for (const step of steps.filter((one) => one.state === 'waiting')) {
    const assignment = circle
      ? chooseAssignees(step, circle, bars)
      : { assignees: [], note: undefined };
    const { assignees } = assignment;
    const before = stepWords[step.kind].decides
      ? assignees.filter(({ id }) => bars.approved.has(id))
      : [];
    if (before.length > 0 && before.length >= quorumOf(step, assignees.length)) {
      await changeStep(ctx.db, step.id, { state: 'covered', decidedAt: ctx.now });
      continue;
    }
    await replaceAssignees(
      ctx.db,
      step.id,
      assignees.map(({ id, why, delegateOf }) => ({
        stepId: step.id,
        personId: id,
        why,
        delegateOf,
        assignedAt: ctx.now,
        agreedAt: before.some((one) => one.id === id) ? ctx.now : null,
      })),
    );
    await changeStep(ctx.db, step.id, {
      state: 'active',
      activatedAt: ctx.now,
      note: assignment.note ?? null,
    });
    return;
  }
  await endTask(ctx, task, task.kind === 'grant' ? 'provisioned' : 'deprovisioned');
}
