import { findDigest, listDigestItems } from '../../store/messages/digests.ts';
import { findCopy } from '../../store/messages/message-copies.ts';
import type { Person } from '../../store/people/people.ts';
import type { StepKind } from '../../store/schema/tasks.ts';
import type { Ctx } from '../context.ts';
import { stepKinds, stepWords } from '../policies/step-kinds.ts';
import type { Line } from '../task-cards/history-lines.ts';
import { describeOutcome, describeRequest } from '../task-cards/outcome-card.ts';
import { describeStep, type TaskCard } from '../task-cards/step-card.ts';
import { loadTaskView } from '../task-cards/task-view.ts';

/** Several things told in one message, as they are now. */
export interface DigestView {
  /** "20 tasks wait for you" */
  title: string;
  /** What a title of it begins with while something is left: "Reminder: ", or nothing. */
  opening: string;
  /** "18 requests, 2 to provision" */
  detail: string | undefined;
  /** Who asked for a reminder. */
  askedBy: string | undefined;
  /** Of a reminder or summary: since when the oldest waits. */
  since: Date | undefined;
  /** The first things, with their buttons. */
  cards: TaskCard[];
  /** Every thing that is not done, for where there are no buttons. */
  titles: { taskId: number; stepId: number | undefined; words: string }[];
  more: number;
  /** What waits for the reader among them, and the list in which most of it is. */
  waiting: number;
  tab: StepKind | undefined;
  /** "3 of 20 are done", which the title says where all are, and the last of these. */
  done: { words: string | undefined; lines: Line[] } | undefined;
  /** The full sense in one sentence: notification, screen reader, e-mail subject. */
  summary: string;
  /** A reminder of one thing is a reply in the thread of its card, where there is one. */
  thread: { channelId: string; ts: string } | undefined;
}

type Thing = Awaited<ReturnType<typeof listDigestItems>>[number];

const shownCards = 5;
const linesOfDone = 3;
const openings = { news: '', reminder: 'Reminder: ', summary: 'Summary: ' } as const;

/** @returns undefined when there is no such digest. */
export async function loadDigest(
  ctx: Ctx,
  id: number,
  reader: Person,
): Promise<DigestView | undefined> {
  const found = await findDigest(ctx.db, id);
  if (found?.digest.personId !== reader.id) return undefined;
  const things = await listDigestItems(ctx.db, found.digest);
  const sorted = sortOut(things);
  const { waiting, done } = sorted;
  const open = [...waiting, ...sorted.ended, ...sorted.asked];
  const cards = await cardsOf(ctx, open.slice(0, shownCards), reader.id);
  const { kind } = found.digest;
  const isReminder = kind === 'reminder';
  const isOpen = open.length > 0;
  const words = wordsOf(sorted);
  const opening = isOpen ? openings[kind] : '';
  const title = `${opening}${words.title}`;
  const doneWords = `${done.length} of ${things.length} ${done.length === 1 ? 'is' : 'are'} done`;
  const shownDone = isOpen && done.length > 0 ? doneWords : undefined;
  return {
    title,
    opening,
    detail: words.detail,
    askedBy: isReminder && isOpen ? (found.askedBy ?? undefined) : undefined,
    since: kind === 'news' ? undefined : oldestOf(waiting),
    cards,
    titles: open.map((one) => ({
      taskId: one.taskId,
      stepId: one.kind === 'step' ? one.subjectId : undefined,
      words: titleOf(one),
    })),
    more: open.length - cards.length,
    waiting: waiting.length,
    tab: describeMix(waiting),
    done: done.length === 0 ? undefined : { words: shownDone, lines: lastDone(done) },
    summary: summaryOf(
      [title, words.detail, shownDone],
      things.length === 1 ? cards[0] : undefined,
    ),
    thread: isReminder ? await threadOf(ctx, things, reader.id) : undefined,
  };
}

/** "20 tasks wait for you: 18 requests, 2 to provision. 3 of 23 are done."; of one thing, what its card says. */
function summaryOf([title, detail, done]: (string | undefined)[], only: TaskCard | undefined) {
  if (only) return `${title}. ${only.summary}`;
  return `${[title, detail].filter(Boolean).join(': ')}.${done ? ` ${done}.` : ''}`;
}

function describeMix(waiting: readonly Thing[]): StepKind | undefined {
  const countOf = (kind: StepKind) => waiting.filter((one) => one.stepKind === kind).length;
  const [most] = [...stepKinds].sort((a, b) => countOf(b) - countOf(a));
  return waiting.length > 0 ? most : undefined;
}

interface Sorted {
  /** Steps that wait for the reader. */
  waiting: Thing[];
  /** Tasks of which the reader hears how they ended. */
  ended: Thing[];
  /** The reader's own requests on their way. */
  asked: Thing[];
  done: Thing[];
}

function sortOut(things: readonly Thing[]): Sorted {
  const sorted: Sorted = { waiting: [], ended: [], asked: [], done: [] };
  for (const one of things) {
    if (one.kind === 'outcome') sorted.ended.push(one);
    else if (one.kind === 'request') sorted[one.taskState === 'open' ? 'asked' : 'done'].push(one);
    else sorted[one.isMine ? 'waiting' : 'done'].push(one);
  }
  return sorted;
}

function wordsOf({ waiting, ended, asked, done }: Sorted): { title: string; detail?: string } {
  const kinds = stepKinds.flatMap((kind) => {
    const count = waiting.filter((one) => one.stepKind === kind).length;
    return count > 0 ? [kindWords[kind](count)] : [];
  });
  const requests = `${plural(asked.length, 'request')} of yours ${asked.length === 1 ? 'is' : 'are'} on ${asked.length === 1 ? 'its' : 'their'} way`;
  const outcomes = `${plural(ended.length, 'task')} ${ended.length === 1 ? 'has' : 'have'} ended`;
  const others = [...(ended.length > 0 ? [outcomes] : []), ...(asked.length > 0 ? [requests] : [])];
  if (waiting.length > 0) {
    const title = `${plural(waiting.length, 'task')} ${waiting.length === 1 ? 'waits' : 'wait'} for you`;
    return { title, detail: [...kinds, ...others].join(', ') };
  }
  const [first, second] = others;
  if (first) return { title: first, ...(second ? { detail: second } : {}) };
  return { title: done.length === 1 ? 'This is done' : `All ${done.length} of these are done` };
}

/** How a digest counts the steps of a kind. */
const kindWords = {
  approval: (count) => plural(count, 'request'),
  provision: (count) => `${count} to provision`,
  revocation: (count) => plural(count, 'revocation'),
  deprovision: (count) => `${count} to deprovision`,
} as const satisfies Record<StepKind, (count: number) => string>;

async function cardsOf(ctx: Ctx, things: readonly Thing[], readerId: number): Promise<TaskCard[]> {
  const cards: TaskCard[] = [];
  for (const { kind, subjectId, taskId } of things) {
    const view = await loadTaskView(ctx, taskId);
    if (!view) continue;
    if (kind === 'step') cards.push(describeStep(view, subjectId, readerId));
    else if (kind === 'request') cards.push(describeRequest(view, readerId));
    else cards.push(describeOutcome(view, readerId));
  }
  return cards;
}

/** "Request: GitHub · Admin for Ana Ruiz" */
function titleOf({ kind, stepKind, app, entitlement, person }: Thing): string {
  const what = `${app} · ${entitlement} for ${person}`;
  if (kind === 'outcome') return `Ended: ${what}`;
  return stepKind ? `${stepWords[stepKind].label}: ${what}` : `Your request: ${what}`;
}

/** What was decided last, by whoever it was. */
function lastDone(done: readonly Thing[]): Line[] {
  return done
    .filter((one) => one.decidedAt !== null)
    .toSorted((a, b) => Number(b.decidedAt) - Number(a.decidedAt))
    .slice(0, linesOfDone)
    .flatMap(({ stepKind, stepState, decider, decidedAt, taskId, ...about }) => {
      if (!stepKind || !decidedAt) return [];
      const { yes, no } = stepWords[stepKind];
      const record = stepState === no.state ? no.record : yes.record;
      const text = `#${taskId} ${about.app} · ${about.entitlement} for ${about.person}: ${record} ${decider ?? 'somebody'}`;
      return [{ text, at: decidedAt }];
    });
}

function oldestOf(waiting: readonly Thing[]): Date | undefined {
  const times = waiting.map(({ activatedAt, assignedAt }) =>
    Math.max(Number(activatedAt), Number(assignedAt)),
  );
  return times.length > 0 ? new Date(Math.min(...times)) : undefined;
}

/** The thread of the reader's own card of the one thing a reminder is about. */
async function threadOf(ctx: Ctx, things: readonly Thing[], recipientId: number) {
  const [only, ...others] = things;
  if (!only || others.length > 0) return undefined;
  const key = { recipientId, kind: only.kind, subjectId: only.subjectId };
  const copy = await findCopy(ctx.db, key, 'slack');
  return copy?.channelId && copy.ts ? { channelId: copy.channelId, ts: copy.ts } : undefined;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
