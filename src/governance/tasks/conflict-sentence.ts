import { findPerson } from '../../store/people/people.ts';
import type { TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { TaskStep } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { decidedWords, isDecision } from '../policies/step-kinds.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { toSentence } from '../wording/sentences.ts';

/** Says in one sentence why a decision is too late: who decided the step, when, and where the task is now. */
export async function describeConflict(
  ctx: Ctx,
  snapshot: TaskSnapshot,
  step: TaskStep,
): Promise<string> {
  const { task } = snapshot;
  if (step.decidedBy !== null && step.decidedAt && isDecision(step.state)) {
    const decider = await nameOf(ctx, snapshot, step.decidedBy);
    const when = formatAgo(step.decidedAt, ctx.now);
    const isConfirmed = step.kind === 'revocation' && step.state === 'approved';
    const words = isConfirmed ? 'confirmed this' : decidedWords[step.state];
    return `${decider} ${words} ${when}; ${currentPlace(snapshot)}.`;
  }
  if (task.state === 'canceled') {
    const when = formatAgo(task.closedAt ?? ctx.now, ctx.now);
    return task.closedReason
      ? `This task was closed ${when}: ${toSentence(task.closedReason)}`
      : `This task was canceled ${when}.`;
  }
  if (step.state === 'active') {
    const assignees = formatAssignees(snapshot, step);
    return `This task has changed; it is now with ${assignees}. Look at the card again.`;
  }
  return 'This task is already closed.';
}

function currentPlace(snapshot: TaskSnapshot): string {
  const { id, state } = snapshot.task;
  if (state !== 'open') return `task #${id} is closed`;
  const active = snapshot.steps.find((step) => step.state === 'active');
  const assignees = active && formatAssignees(snapshot, active);
  return assignees ? `it is now with ${assignees}` : `task #${id} is open`;
}

/** "Kim Lee or Lee Park" */
function formatAssignees({ assignees }: TaskSnapshot, step: TaskStep): string {
  const active = assignees.filter((one) => one.stepId === step.id && one.active);
  return active.map(({ name }) => name).join(' or ');
}

/** The decider was an assignee, unless the assignees were replaced since then. */
async function nameOf(ctx: Ctx, { assignees }: TaskSnapshot, personId: number): Promise<string> {
  const name = assignees.find((one) => one.personId === personId)?.name;
  return name ?? (await findPerson(ctx.db, personId))?.name ?? 'Somebody';
}
