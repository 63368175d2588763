import { listOnlyMailed } from '../../store/messages/pending-news.ts';
import {
  countAssignedSteps,
  countDecidedBy,
  listAssignedStepRows,
  listAssignedSteps,
  listDecidedBy,
  type Slice,
} from '../../store/tasks/task-lists.ts';
import type { StepKind } from '../../store/tasks/tasks.ts';
import type { ActorCtx } from '../context.ts';
import { stepKinds, stepWords } from '../policies/step-kinds.ts';
import { describeDecision, describeState, type Line } from './history-lines.ts';
import { describeStep, type TaskCard } from './step-card.ts';
import { loadTaskView } from './task-view.ts';

/** The lists of an inbox: what waits, by kind of step, and what is done. */
export const tabs = [...stepKinds, 'reviews', 'completed'] as const;
export type Tab = (typeof tabs)[number];

/** Where in their inbox a person is; the first page is 0. */
export interface InboxPlace {
  tab: Tab;
  page: number;
}

/** What waits for one person and what they have decided: how much of each, and one page of one list. */
export interface Inbox {
  counts: Record<Tab, number>;
  place: InboxPlace;
  pages: number;
  /** Of a list of what waits, the most urgent first. */
  waiting: WaitingTask[];
  /** Of the completed ones, the newest first. */
  done: DoneTask[];
}

export interface WaitingTask {
  card: TaskCard;
  since: Date | null;
  /** Whether it has waited for so long that others are asked, too. */
  isLate: boolean;
  /** When it was told by e-mail, where it was not told in Slack. */
  mailedAt: Date | undefined;
}

export interface DoneTask {
  taskId: number;
  title: string;
  number: string;
  /** What the reader decided. */
  record: Line;
  /** What became of it since, where the decision was not the end. */
  state: string | undefined;
}

const pageLength = 10;
export const tabWords: Record<Tab, string> = {
  approval: stepWords.approval.inbox,
  provision: stepWords.provision.inbox,
  revocation: stepWords.revocation.inbox,
  deprovision: stepWords.deprovision.inbox,
  reviews: 'Reviews',
  completed: 'Completed',
};

/** The kind of step a tab lists; undefined for reviews and for what is completed. */
export function stepKindOfTab(tab: Tab): StepKind | undefined {
  return stepKinds.find((kind) => kind === tab);
}

/**
 * One page of the actor's inbox. Counted and cut in the database: somebody may have hundreds of tasks.
 * @param wanted where they are; left out or unknown: at the first list that is not empty.
 */
export async function loadInbox(
  ctx: ActorCtx,
  wanted?: { tab: string; page: number } | null,
  length = pageLength,
): Promise<Inbox> {
  const counts = await countTabs(ctx);
  const tab =
    tabs.find((one) => one === wanted?.tab) ??
    stepKinds.find((kind) => counts[kind] > 0) ??
    stepKinds[0];
  const pages = Math.max(1, Math.ceil(counts[tab] / length));
  // What was on a later page may be done by now.
  const page = Math.max(0, Math.min(wanted?.page || 0, pages - 1));
  const slice = { limit: length, offset: page * length };
  const kind = stepKindOfTab(tab);
  return {
    counts,
    place: { tab, page },
    pages,
    waiting: kind ? await readWaiting(ctx, kind, slice) : [],
    done: tab === 'completed' ? await readDone(ctx, slice) : [],
  };
}

async function countTabs(ctx: ActorCtx): Promise<Inbox['counts']> {
  const waiting = await countAssignedSteps(ctx.db, ctx.actor.personId);
  const of = (kind: StepKind) => waiting.find((row) => row.kind === kind)?.count ?? 0;
  return {
    approval: of('approval'),
    provision: of('provision'),
    revocation: of('revocation'),
    deprovision: of('deprovision'),
    reviews: 0,
    completed: await countDecidedBy(ctx.db, ctx.actor.personId),
  };
}

async function readWaiting(ctx: ActorCtx, kind: StepKind, slice: Slice): Promise<WaitingTask[]> {
  const me = ctx.actor.personId;
  const waiting: WaitingTask[] = [];
  const listed = await listAssignedSteps(ctx.db, { personId: me, kind, now: ctx.now, slice });
  const mailed = await listOnlyMailed(
    ctx.db,
    me,
    listed.map(({ step }) => step.id),
  );
  for (const { step, task, isLate } of listed) {
    const view = await loadTaskView(ctx, task.id);
    if (!view) continue;
    const card = describeStep(view, step.id, me);
    waiting.push({ card, since: step.activatedAt, isLate, mailedAt: mailed.get(step.id) });
  }
  return waiting;
}

async function readDone(ctx: ActorCtx, slice: Slice): Promise<DoneTask[]> {
  const me = ctx.actor.personId;
  const done: DoneTask[] = [];
  for (const { step, task } of await listDecidedBy(ctx.db, me, slice)) {
    const view = await loadTaskView(ctx, task.id);
    const decided = view?.steps.find((one) => one.id === step.id);
    if (!view || !decided) continue;
    const { title, number } = describeStep(view, step.id, me);
    const isEnd = decided.state === stepWords[step.kind].no.state;
    done.push({
      taskId: task.id,
      title,
      number,
      record: describeDecision(decided, view),
      state: isEnd ? undefined : describeState(view),
    });
  }
  return done;
}

/** A task in a list to choose from. */
export type BriefTask = Awaited<ReturnType<typeof listAssignedStepRows>>[number];

/** What of one kind waits for the actor, a page of it in a few words each, and how much there is. */
export async function listSelectableTasks(
  ctx: ActorCtx,
  kind: StepKind,
  wantedPage: number,
  length: number,
): Promise<{ total: number; page: number; tasks: BriefTask[] }> {
  const me = ctx.actor.personId;
  const waiting = await countAssignedSteps(ctx.db, me);
  const total = waiting.find((row) => row.kind === kind)?.count ?? 0;
  const page = Math.max(0, Math.min(wantedPage, Math.ceil(total / length) - 1));
  const slice = { limit: length, offset: page * length };
  return {
    total,
    page,
    tasks: await listAssignedStepRows(ctx.db, { personId: me, kind, now: ctx.now, slice }),
  };
}
