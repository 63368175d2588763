import { findPerson } from '../../store/people/people.ts';
import { findStep, findTask, listAssignees, listSteps } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { decidedWords } from '../policies/step-kinds.ts';
import { ago } from '../wording/relative-time.ts';

/** One sentence for who comes too late: who decided a step, when, and where the task is now. */
export async function whoDecided(ctx: Ctx, stepId: number): Promise<string> {
  const step = await findStep(ctx.db, stepId);
  const task = step && (await findTask(ctx.db, step.taskId));
  if (!step || !task) return 'This task is no longer here.';
  if (step.decidedBy !== null && step.decidedAt && step.state in decidedWords) {
    const who = await findPerson(ctx.db, step.decidedBy);
    const words = decidedWords[step.state as keyof typeof decidedWords];
    return `${who?.name ?? 'Somebody'} ${words} ${ago(step.decidedAt, ctx.now)}; ${await whereNow(ctx, task.id)}.`;
  }
  if (task.state === 'cancelled') {
    const when = ago(task.closedAt ?? ctx.now, ctx.now);
    return task.closedReason
      ? `Task #${task.id} was closed ${when}: ${task.closedReason}`
      : `Task #${task.id} was cancelled ${when}.`;
  }
  if (step.state === 'active') {
    const holders = await listAssignees(ctx.db, [step.id]);
    const names = holders
      .filter(({ assignee }) => assignee.active)
      .map(({ person }) => person.name);
    return `This changed while you were looking; it is now with ${names.join(' or ')}. Look at the card again.`;
  }
  return `Task #${task.id} is closed already.`;
}

async function whereNow(ctx: Ctx, taskId: number): Promise<string> {
  const task = await findTask(ctx.db, taskId);
  if (task?.state !== 'open') return `task #${taskId} is closed`;
  const active = (await listSteps(ctx.db, taskId)).find((step) => step.state === 'active');
  const holders = active ? await listAssignees(ctx.db, [active.id]) : [];
  const names = holders.filter(({ assignee }) => assignee.active).map(({ person }) => person.name);
  return names.length > 0 ? `it is now with ${names.join(' or ')}` : `task #${taskId} is open`;
}
