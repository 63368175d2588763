import { Refusal } from '../errors.ts';
import { findPerson, type Person } from '../store/people.ts';
import { changeStep, listAssignees, reassign, type Task, type TaskStep } from '../store/tasks.ts';
import { redrawTask } from './announce.ts';
import { type ActorCtx, audit, inTransaction } from './context.ts';
import { describeStep, reassignedBy } from './describe.ts';
import { loadStep, requireOpen, type StepRef } from './open-step.ts';
import { permissionWords, rolesHave } from './permissions.ts';
import { stepWords } from './step-words.ts';
import { loadTaskView } from './task-view.ts';

/**
 * Hands a step to somebody else, by its assignee or a Super Admin, where the policy allows it.
 * @throws Refusal with the reason the chosen person cannot take it.
 */
export async function reassignStep(
  ctx: ActorCtx,
  ref: StepRef,
  to: { personId: number; reason: string },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { step, task, assignees, mine } = await loadReassignable(ctx, ref);
    const reason = to.reason.trim();
    if (!reason) throw new Refusal('invalid', 'Say why you reassign it, in a few words.');
    const holders = assignees
      .filter(({ assignee }) => assignee.active)
      .map(({ person }) => person.id);
    const taker = requireTaker(step, task, holders, await findPerson(ctx.db, to.personId));
    await reassign(
      ctx.db,
      mine ? { stepId: step.id, personId: ctx.actor.personId } : { stepId: step.id },
      {
        personId: taker.id,
        by: ctx.actor.personId,
        reason,
        at: ctx.now,
        why: `${reassignedBy}${ctx.actor.name}: "${reason}"`,
      },
    );
    await changeStep(ctx.db, step.id, {});
    await audit(ctx, 'step.reassign', `task:${task.id}`, {
      before: { step: step.position },
      after: { step: step.position, to: taker.id, reason },
    });
    await redrawTask(ctx, task.id, step.id);
  });
}

/**
 * What would be reassigned, for the form that asks to whom.
 * @throws Refusal when the actor cannot reassign it now.
 */
export async function peekReassignment(ctx: ActorCtx, ref: StepRef): Promise<{ title: string }> {
  const { step, task } = await loadReassignable(ctx, ref);
  const view = await loadTaskView(ctx, task.id);
  return { title: view ? describeStep(view, step.id, ctx.actor.personId).title : `#${task.id}` };
}

/** The step, if the actor may reassign it: its assignee or a Super Admin, where the policy lets them. */
async function loadReassignable(ctx: ActorCtx, ref: StepRef) {
  const { step, task } = await loadStep(ctx, ref.stepId);
  await requireOpen(ctx, step, task);
  const assignees = await listAssignees(ctx.db, [step.id]);
  const mine = assignees.some(
    ({ assignee }) => assignee.active && assignee.personId === ctx.actor.personId,
  );
  if (!mine && !rolesHave(ctx.actor.roles, 'reassignAnyTask')) {
    throw new Refusal('forbidden', permissionWords('reassignAnyTask'));
  }
  if (!step.reassignable) {
    throw new Refusal(
      'forbidden',
      `The policy "${task.policyName}" does not let this step be reassigned.`,
    );
  }
  return { step, task, assignees, mine };
}

function requireTaker(
  step: TaskStep,
  task: Task,
  holders: readonly number[],
  taker: Person | undefined,
): Person {
  if (!taker) throw new Refusal('invalid', 'That person is not known here.');
  const against = whyNotTake(step, task, holders, taker);
  if (against) throw new Refusal('invalid', against);
  return taker;
}

function whyNotTake(
  step: TaskStep,
  task: Task,
  holders: readonly number[],
  taker: Person,
): string | undefined {
  if (!taker.active || taker.closedAt) return `${taker.name} is not active and cannot take it.`;
  if (holders.includes(taker.id)) return `It is with ${taker.name} already.`;
  if (!stepWords[step.kind].decides) return undefined;
  if (taker.id === task.personId) return `It is for ${taker.name}, who cannot approve it.`;
  if (taker.id === task.requesterId) return `${taker.name} asked for it and cannot approve it.`;
  return undefined;
}
