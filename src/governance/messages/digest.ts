import { findDigest, listDigestItems } from '../../store/messages/digests.ts';
import { findCopy } from '../../store/messages/message-copies.ts';
import type { Person } from '../../store/people/people.ts';
import type { StepKind, TaskState } from '../../store/schema/tasks.ts';
import type { Ctx } from '../context.ts';
import { type Decision, isDecision, stepKinds, stepWords } from '../policies/step-kinds.ts';
import type { Line } from '../task-cards/history-lines.ts';
import { describeOutcome, describeRequest } from '../task-cards/outcome-card.ts';
import { describeStep, type TaskCard } from '../task-cards/step-card.ts';
import { loadTaskView } from '../task-cards/task-view.ts';
import { formatCount } from '../wording/counts.ts';
import { joinSentences } from '../wording/sentences.ts';

/** Several tasks in one message, as they are now. */
export interface DigestView {
  /** "You have 20 open tasks" */
  title: string;
  /** The start of the title while tasks are left: "Reminder: ", or nothing. */
  opening: string;
  /** "18 requests, 2 to provision" */
  detail: string | undefined;
  /** The name of the person who asked for the reminder. */
  askedBy: string | undefined;
  /** Of a reminder or summary: since when the oldest task has waited. */
  since: Date | undefined;
  /** The first tasks, with their buttons. */
  cards: TaskCard[];
  /** All tasks that are not done, for surfaces without buttons. */
  titles: { taskId: number; stepId: number | undefined; words: string }[];
  more: number;
  /** The number of open tasks of the reader among them, and the kind of step that most of them are at. */
  waiting: number;
  tab: StepKind | undefined;
  /** "Done: 2 approved, 1 denied", undefined when the title says it; and the last decisions. */
  done: { words: string | undefined; lines: Line[] } | undefined;
  /** Everything in one sentence: notification, screen reader, e-mail subject. */
  summary: string;
  /** The card of the only task, which takes the place of the list; undefined for a reminder or summary. */
  only: TaskCard | undefined;
  /** The thread of the card, if there is one, for the reminder of a single task. */
  thread: { channelId: string; ts: string } | undefined;
}

type Item = Awaited<ReturnType<typeof listDigestItems>>[number];

const maxShownCards = 5;
const maxDoneLines = 3;
const openings = { news: '', reminder: 'Reminder: ', summary: 'Summary: ' } as const;

/** @returns undefined when the reader has no such digest. */
export async function loadDigest(
  ctx: Ctx,
  id: number,
  reader: Person,
): Promise<DigestView | undefined> {
  const found = await findDigest(ctx.db, id);
  if (found?.digest.personId !== reader.id) return undefined;
  const items = await listDigestItems(ctx.db, found.digest);
  const sorted = sortItems(items);
  const { waiting, done } = sorted;
  const open = [...waiting, ...sorted.outcomes, ...sorted.requests];
  const cards = await describeCards(ctx, open.slice(0, maxShownCards), reader.id);
  const { kind } = found.digest;
  const isAlone = kind === 'news' && items.length === 1;
  const [only] = isAlone ? await describeCards(ctx, items, reader.id) : [];
  const isReminder = kind === 'reminder';
  const isOpen = open.length > 0;
  const words = describeItems(sorted);
  const opening = isOpen ? openings[kind] : '';
  const title = `${opening}${words.title}`;
  const shownDone = isOpen && done.length > 0 ? `Done: ${countResults(done)}` : undefined;
  return {
    title,
    opening,
    detail: words.detail,
    askedBy: isReminder && isOpen ? (found.askedBy ?? undefined) : undefined,
    since: kind === 'news' ? undefined : findOldest(waiting),
    cards,
    titles: open.map((one) => ({
      taskId: one.taskId,
      stepId: one.kind === 'step' ? one.subjectId : undefined,
      words: formatTitle(one),
    })),
    more: open.length - cards.length,
    waiting: waiting.length,
    tab: findMostFrequentKind(waiting),
    done: done.length === 0 ? undefined : { words: shownDone, lines: listLastDecisions(done) },
    summary:
      only?.summary ??
      summarize([title, words.detail, shownDone], items.length === 1 ? cards[0] : undefined),
    only,
    thread: isReminder ? await findCardThread(ctx, items, reader.id) : undefined,
  };
}

/**
 * "You have 20 open tasks: 18 requests, 2 to provision. Done: 3 approved."
 * @param only the card of a single task, whose summary replaces the counts
 */
function summarize([title, detail, done]: (string | undefined)[], only: TaskCard | undefined) {
  if (only) return joinSentences([title, only.summary]);
  return joinSentences([[title, detail].filter(Boolean).join(': '), done]);
}

function findMostFrequentKind(waiting: readonly Item[]): StepKind | undefined {
  const countOf = (kind: StepKind) => waiting.filter((one) => one.stepKind === kind).length;
  const [most] = [...stepKinds].sort((a, b) => countOf(b) - countOf(a));
  return waiting.length > 0 ? most : undefined;
}

interface SortedItems {
  /** Steps that the reader has to decide or carry out. */
  waiting: Item[];
  /** Closed tasks whose outcome the reader gets. */
  outcomes: Item[];
  /** The reader's own open requests. */
  requests: Item[];
  done: Item[];
}

function sortItems(items: readonly Item[]): SortedItems {
  const sorted: SortedItems = { waiting: [], outcomes: [], requests: [], done: [] };
  for (const one of items) {
    if (one.kind === 'outcome') sorted.outcomes.push(one);
    else if (one.kind === 'request')
      sorted[one.taskState === 'open' ? 'requests' : 'done'].push(one);
    else sorted[one.isMine ? 'waiting' : 'done'].push(one);
  }
  return sorted;
}

function describeItems(items: SortedItems): { title: string; detail?: string } {
  const { waiting, outcomes, requests, done } = items;
  const kinds = stepKinds.flatMap((kind) => {
    const count = waiting.filter((one) => one.stepKind === kind).length;
    return count > 0 ? [kindCounts[kind](count)] : [];
  });
  const closed = formatCount(outcomes.length, 'task is closed', 'tasks are closed');
  const open = formatCount(
    requests.length,
    'request of yours is open',
    'requests of yours are open',
  );
  const others = [...(outcomes.length > 0 ? [closed] : []), ...(requests.length > 0 ? [open] : [])];
  if (waiting.length > 0) {
    const title = `You have ${formatCount(waiting.length, 'open task')}`;
    return { title, detail: [...kinds, ...others].join(', ') };
  }
  const [first, second] = others;
  if (first) return { title: first, ...(second ? { detail: second } : {}) };
  return { title: 'Nothing left to do', detail: countResults(done) };
}

/** The results of steps and of closed requests, in the order in which a digest counts them. */
const results = [
  'approved',
  'confirmed',
  'provisioned',
  'deprovisioned',
  'denied',
  'not provisioned',
  'not deprovisioned',
  'canceled',
  'with others',
] as const;

/** "2 approved, 1 denied" */
function countResults(done: readonly Item[]): string {
  const found = done.map(resultOf);
  const counts = results.map(
    (one) => [found.filter((other) => other === one).length, one] as const,
  );
  return counts.flatMap(([count, one]) => (count > 0 ? [`${count} ${one}`] : [])).join(', ');
}

function resultOf({ kind, stepKind, stepState, taskState }: Item): (typeof results)[number] {
  if (kind !== 'step') return resultWords[taskState];
  if (stepState === 'approved') return stepKind === 'revocation' ? 'confirmed' : 'approved';
  if (stepState && isDecision(stepState)) return resultWords[stepState];
  return taskState === 'open' ? 'with others' : resultWords[taskState];
}

const resultWords = {
  open: 'with others',
  approved: 'approved',
  provisioned: 'provisioned',
  denied: 'denied',
  not_provisioned: 'not provisioned',
  deprovisioned: 'deprovisioned',
  not_deprovisioned: 'not deprovisioned',
  canceled: 'canceled',
} as const satisfies Record<TaskState | Decision, (typeof results)[number]>;

/** Counts the steps of a kind in words. */
const kindCounts = {
  approval: (count) => formatCount(count, 'request'),
  provision: (count) => `${count} to provision`,
  revocation: (count) => formatCount(count, 'revocation'),
  deprovision: (count) => `${count} to deprovision`,
} as const satisfies Record<StepKind, (count: number) => string>;

async function describeCards(
  ctx: Ctx,
  items: readonly Item[],
  readerId: number,
): Promise<TaskCard[]> {
  const cards: TaskCard[] = [];
  for (const { kind, subjectId, taskId } of items) {
    const view = await loadTaskView(ctx, taskId);
    if (!view) continue;
    if (kind === 'step') cards.push(describeStep(view, subjectId, readerId));
    else if (kind === 'request') cards.push(describeRequest(view, readerId));
    else cards.push(describeOutcome(view, readerId));
  }
  return cards;
}

/** "Request: GitHub · Admin for Ana Ruiz" */
function formatTitle({ kind, stepKind, app, entitlement, person }: Item): string {
  const subject = `${app} · ${entitlement} for ${person}`;
  if (kind === 'outcome') return `Closed: ${subject}`;
  return stepKind ? `${stepWords[stepKind].label}: ${subject}` : `Your request: ${subject}`;
}

/** Lists the last decisions, with their deciders. */
function listLastDecisions(done: readonly Item[]): Line[] {
  return done
    .filter((one) => one.decidedAt !== null)
    .toSorted((a, b) => Number(b.decidedAt) - Number(a.decidedAt))
    .slice(0, maxDoneLines)
    .flatMap(({ stepKind, stepState, decider, decidedAt, taskId, ...item }) => {
      if (!stepKind || !decidedAt) return [];
      const { yes, no } = stepWords[stepKind];
      const record = stepState === no.state ? no.record : yes.record;
      const text = `#${taskId} ${item.app} · ${item.entitlement} for ${item.person}: ${record} ${decider ?? 'somebody'}`;
      return [{ text, at: decidedAt }];
    });
}

/** Finds the time since which the oldest step has been with the reader. */
function findOldest(waiting: readonly Item[]): Date | undefined {
  const times = waiting.map(({ activatedAt, assignedAt }) =>
    Math.max(Number(activatedAt), Number(assignedAt)),
  );
  return times.length > 0 ? new Date(Math.min(...times)) : undefined;
}

/** Finds the thread of the reader's own card, for the reminder of a single task. */
async function findCardThread(ctx: Ctx, items: readonly Item[], recipientId: number) {
  const [only, ...others] = items;
  if (!only || others.length > 0) return undefined;
  const key = { recipientId, kind: only.kind, subjectId: only.subjectId };
  const copy = await findCopy(ctx.db, key, 'slack');
  return copy?.channelId && copy.ts ? { channelId: copy.channelId, ts: copy.ts } : undefined;
}
