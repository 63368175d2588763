import { findPerson } from '../../store/people/people.ts';
import type { TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { TaskStep } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { decidedWords, isDecision } from '../policies/step-kinds.ts';
import { formatAgo } from '../wording/relative-time.ts';

/** One sentence for somebody who comes too late: who decided a step, when, and where the task is now. */
export async function describeConflict(
  ctx: Ctx,
  snapshot: TaskSnapshot,
  step: TaskStep,
): Promise<string> {
  const { task } = snapshot;
  if (step.decidedBy !== null && step.decidedAt && isDecision(step.state)) {
    const decider = await nameOf(ctx, snapshot, step.decidedBy);
    const when = formatAgo(step.decidedAt, ctx.now);
    return `${decider} ${decidedWords[step.state]} ${when}; ${currentPlace(snapshot)}.`;
  }
  if (task.state === 'cancelled') {
    const when = formatAgo(task.closedAt ?? ctx.now, ctx.now);
    return task.closedReason
      ? `Task #${task.id} was closed ${when}: ${task.closedReason}`
      : `Task #${task.id} was cancelled ${when}.`;
  }
  if (step.state === 'active') {
    const holders = holdersOf(snapshot, step);
    return `This changed while you were looking; it is now with ${holders}. Look at the card again.`;
  }
  return `Task #${task.id} is closed already.`;
}

function currentPlace(snapshot: TaskSnapshot): string {
  const { id, state } = snapshot.task;
  if (state !== 'open') return `task #${id} is closed`;
  const active = snapshot.steps.find((step) => step.state === 'active');
  const holders = active && holdersOf(snapshot, active);
  return holders ? `it is now with ${holders}` : `task #${id} is open`;
}

/** "Kim Lee or Lee Park" */
function holdersOf({ assignees }: TaskSnapshot, step: TaskStep): string {
  const holders = assignees.filter((one) => one.stepId === step.id && one.active);
  return holders.map(({ name }) => name).join(' or ');
}

/** Whoever decided a step was one of its assignees, unless these were replaced since then. */
async function nameOf(ctx: Ctx, { assignees }: TaskSnapshot, personId: number): Promise<string> {
  const name = assignees.find((one) => one.personId === personId)?.name;
  return name ?? (await findPerson(ctx.db, personId))?.name ?? 'Somebody';
}
