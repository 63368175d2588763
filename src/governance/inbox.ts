import { listActiveSteps, listActiveStepsOf, listDecidedBy } from '../store/task-lists.ts';
import type { StepKind } from '../store/tasks.ts';
import { type ActorCtx, requirePermission } from './context.ts';
import { describeStep, type TaskCard } from './describe.ts';
import { stateSentence } from './describe-trail.ts';
import { loadTaskView } from './task-view.ts';

/** What waits for one person, and what they have decided. */
export interface Inbox {
  counts: Record<StepKind, number>;
  /** The oldest open tasks, drawn as cards. */
  cards: TaskCard[];
  decided: { title: string; number: string; what: string; at: Date | null }[];
}

const shownCards = 5;

/** The inbox as a person's App Home shows it. */
export async function loadInbox(ctx: ActorCtx): Promise<Inbox> {
  const me = ctx.actor.personId;
  const waiting = await listActiveStepsOf(ctx.db, me);
  const decided = await listDecidedBy(ctx.db, me, 5);
  return {
    counts: countKinds(waiting.map(({ step }) => step.kind)),
    cards: await stepCards(ctx, waiting.slice(0, shownCards)),
    decided: (await stepCards(ctx, decided)).map((card, at) => ({
      title: card.title,
      number: card.number,
      what: card.records.find((line) => line.at)?.text ?? '',
      at: decided[at]?.step.decidedAt ?? null,
    })),
  };
}

function countKinds(kinds: readonly StepKind[]): Record<StepKind, number> {
  const counts = { approval: 0, provision: 0, revocation: 0, deprovision: 0 };
  for (const kind of kinds) counts[kind]++;
  return counts;
}

/** The tasks that wait for a person, for a list in a message: a page of cards and how many there are. */
export async function listMyTasks(ctx: ActorCtx, limit: number) {
  const waiting = await listActiveStepsOf(ctx.db, ctx.actor.personId);
  return { total: waiting.length, cards: await stepCards(ctx, waiting.slice(0, limit)) };
}

/** Every open task with whom it waits for, oldest first, for Super Admins, who may reassign it. */
export async function listOpenSteps(
  ctx: ActorCtx,
  limit: number,
): Promise<{ total: number; rows: OpenStep[] }> {
  await requirePermission(ctx, 'reassignAnyTask');
  const open = await listActiveSteps(ctx.db);
  const rows: OpenStep[] = [];
  for (const { step, task } of open.slice(0, limit)) {
    const view = await loadTaskView(ctx, task.id);
    if (!view) continue;
    rows.push({
      taskId: task.id,
      ref: { stepId: step.id, version: step.version },
      title: describeStep(view, step.id, ctx.actor.personId).title,
      state: stateSentence(view),
      since: step.activatedAt,
    });
  }
  return { total: open.length, rows };
}

export interface OpenStep {
  taskId: number;
  ref: { stepId: number; version: number };
  title: string;
  /** "waiting for Kim Lee to approve it" */
  state: string;
  since: Date | null;
}

async function stepCards(
  ctx: ActorCtx,
  steps: readonly { step: { id: number }; task: { id: number } }[],
): Promise<TaskCard[]> {
  const cards: TaskCard[] = [];
  for (const { step, task } of steps) {
    const view = await loadTaskView(ctx, task.id);
    if (view) cards.push(describeStep(view, step.id, ctx.actor.personId));
  }
  return cards;
}
