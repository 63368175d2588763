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
import { type ActorCtx, readerZone } from '../context.ts';
import { loadNames } from '../people/display-name.ts';
import { stepKinds, stepWords } from '../policies/step-kinds.ts';
import { mayDecideByEmail, riskOf } from '../tasks/decision-rules.ts';
import { formatDate } from '../wording/relative-time.ts';
import { describeState, describeStepDecision, type Line } from './history-lines.ts';
import { describeStep, type TaskCard } from './step-card.ts';
import { loadTaskView } from './task-view.ts';

/** The lists of an inbox: open tasks by kind of step, reviews and completed tasks. */
export const tabs = [...stepKinds, 'reviews', 'completed'] as const;
export type Tab = (typeof tabs)[number];

/** A page of a list of the inbox; the first page is 0. */
export interface InboxPlace {
  tab: Tab;
  page: number;
}

/** The counts of a person's open and completed tasks, and one page of one list. */
export interface Inbox {
  counts: Record<Tab, number>;
  place: InboxPlace;
  pages: number;
  /** Open tasks, the most urgent first. */
  waiting: WaitingTask[];
  /** Completed tasks, the newest first. */
  done: DoneTask[];
}

export interface WaitingTask {
  card: TaskCard;
  since: Date | null;
  /** Whether the task is so old that others are asked as well. */
  isLate: boolean;
  /** The time of the mail about it, if there was no message in Slack. */
  mailedAt: Date | undefined;
}

export interface DoneTask {
  taskId: number;
  title: string;
  number: string;
  /** The decision of the reader. */
  record: Line;
  /** The current state of the task; undefined if the decision ended it. */
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

/** The kind of step that a tab lists; undefined for reviews and completed tasks. */
export function stepKindOfTab(tab: Tab): StepKind | undefined {
  return stepKinds.find((kind) => kind === tab);
}

/**
 * Loads one page of the actor's inbox. The database counts and pages, because somebody may have hundreds of tasks.
 * @param place the page to load; without it, or with an unknown tab, the first list that is not empty
 */
export async function loadInbox(
  ctx: ActorCtx,
  place?: { tab: string; page: number } | null,
  length = pageLength,
): Promise<Inbox> {
  const counts = await countTabs(ctx);
  const tab =
    tabs.find((one) => one === place?.tab) ??
    stepKinds.find((kind) => counts[kind] > 0) ??
    stepKinds[0];
  const pages = Math.max(1, Math.ceil(counts[tab] / length));
  // The list may be shorter than when the page was chosen.
  const page = Math.max(0, Math.min(place?.page || 0, pages - 1));
  const slice = { limit: length, offset: page * length };
  const kind = stepKindOfTab(tab);
  return {
    counts,
    place: { tab, page },
    pages,
    waiting: kind ? await listWaitingTasks(ctx, kind, slice) : [],
    done: tab === 'completed' ? await listDoneTasks(ctx, slice) : [],
  };
}

async function countTabs(ctx: ActorCtx): Promise<Inbox['counts']> {
  const waiting = await countAssignedSteps(ctx.db, ctx.actor.personId);
  const countOf = (kind: StepKind) => waiting.find((row) => row.kind === kind)?.count ?? 0;
  return {
    approval: countOf('approval'),
    provision: countOf('provision'),
    revocation: countOf('revocation'),
    deprovision: countOf('deprovision'),
    reviews: 0,
    completed: await countDecidedBy(ctx.db, ctx.actor.personId),
  };
}

async function listWaitingTasks(
  ctx: ActorCtx,
  kind: StepKind,
  slice: Slice,
): Promise<WaitingTask[]> {
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

async function listDoneTasks(ctx: ActorCtx, slice: Slice): Promise<DoneTask[]> {
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
      record: describeStepDecision(decided, view),
      state: isEnd ? undefined : describeState(view),
    });
  }
  return done;
}

/** A task in a list for selection. */
export type BriefTask = Omit<
  Awaited<ReturnType<typeof listAssignedStepRows>>[number],
  'since' | 'options' | 'taskRisk' | 'personId'
> & {
  /** Since when the step waits, for the reader: "30 Jun 2027". */
  since: string | undefined;
  /** Whether a link in an e-mail, or the inbox behind it, can approve it. */
  byEmail: boolean;
};

/** Lists a page of the actor's open tasks of one kind in short form, and counts all of them. */
export async function listSelectableTasks(
  ctx: ActorCtx,
  kind: StepKind,
  shownPage: number,
  length: number,
): Promise<{ total: number; page: number; tasks: BriefTask[] }> {
  const me = ctx.actor.personId;
  const waiting = await countAssignedSteps(ctx.db, me);
  const total = waiting.find((row) => row.kind === kind)?.count ?? 0;
  const page = Math.max(0, Math.min(shownPage, Math.ceil(total / length) - 1));
  const slice = { limit: length, offset: page * length };
  const zone = readerZone(ctx);
  const rows = await listAssignedStepRows(ctx.db, { personId: me, kind, now: ctx.now, slice });
  const names = await loadNames(
    ctx,
    rows.map(({ personId }) => personId),
  );
  const tasks = rows.map(({ options, taskRisk, personId, ...row }) => ({
    ...row,
    person: names.get(personId) ?? row.person,
    since: row.since ? formatDate(row.since, zone) : undefined,
    byEmail: mayDecideByEmail({ options }, riskOf({ risk: taskRisk }, row.risk)),
  }));
  return { total, page, tasks };
}
