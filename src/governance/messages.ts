import {
  type CopyKey,
  findCopy,
  listTaskCopies,
  type OutboxRow,
  saveCopy,
} from '../store/outbox.ts';
import {
  findPerson,
  findSlackIdentity,
  listRoles,
  type Person,
  type SlackIdentity,
} from '../store/people.ts';
import { findComment, findStep, listSteps } from '../store/tasks.ts';
import type { ActorCtx, Ctx } from './context.ts';
import { describeStep, type TaskCard } from './describe.ts';
import { describeEmergency, describeOutcome, describeRequest } from './describe-outcome.ts';
import { type DigestView, loadDigest } from './digest-view.ts';
import { type Home, loadHome } from './home.ts';
import { type RunView, viewRun } from './suggestions.ts';
import { loadTaskView } from './task-view.ts';

/** What a message says now. Read when it is delivered, so that no old state is ever shown. */
type Message =
  | { kind: 'task'; card: TaskCard }
  | { kind: 'run'; run: RunView }
  | { kind: 'comment'; comment: CommentLine }
  | { kind: 'digest'; digest: DigestView }
  | { kind: 'home'; home: Home; name: string };

/** A comment for the thread of the reader's card. */
export interface CommentLine {
  taskId: number;
  author: string;
  body: string;
  /** The thread is that of a digest, so the comment has to say which task it is about. */
  inDigest: boolean;
  /** The reader's newest card of the task. */
  channelId: string;
  threadTs: string;
}

/** A message with the person it is for. */
export interface Letter {
  key: CopyKey;
  person: Person;
  identity: SlackIdentity | undefined;
  message: Message;
  /** Worth a new message; otherwise it only brings an existing copy up to date. */
  isNews: boolean;
  /** It was tried before, and may have arrived all the same. */
  isRetry: boolean;
  /** Somebody is looking at it. */
  urgent: boolean;
}

/** How a delivery ended, on Slack or by e-mail. */
export type Delivery =
  | { done: 'sent' | 'redrawn' | 'unchanged' | 'moot' }
  /** Try again then; `counted` when it was tried and failed, not only put off. */
  | { retryAt: Date; counted: boolean; error?: string }
  /** This person cannot be reached this way. */
  | { unreachable: string };

/** @returns undefined when there is nothing left to say. */
export async function loadLetter(ctx: Ctx, row: OutboxRow): Promise<Letter | undefined> {
  const person = await findPerson(ctx.db, row.recipientId);
  const read = person && (await readMessage(ctx, row, person));
  if (!person || !read) return undefined;
  const key = { recipientId: row.recipientId, kind: row.kind, subjectId: row.subjectId };
  return {
    ...read,
    key,
    person,
    identity: await findSlackIdentity(ctx.db, person.id),
    urgent: row.priority === 0,
    isRetry: row.attempts > 1,
  };
}

async function readMessage(
  ctx: Ctx,
  row: OutboxRow,
  person: Person,
): Promise<{ message: Message; isNews: boolean } | undefined> {
  switch (row.kind) {
    case 'step': {
      const step = await findStep(ctx.db, row.subjectId);
      const view = step && (await loadTaskView(ctx, step.taskId));
      if (!view) return undefined;
      const card = describeStep(view, step.id, person.id);
      return { message: { kind: 'task', card }, isNews: card.choice !== undefined };
    }
    case 'request':
    case 'outcome': {
      const view = await loadTaskView(ctx, row.subjectId);
      if (!view) return undefined;
      const card =
        row.kind === 'request'
          ? describeRequest(view, person.id)
          : describeOutcome(view, person.id);
      return {
        message: { kind: 'task', card },
        isNews: row.kind === 'outcome' || view.task.state === 'open',
      };
    }
    case 'emergency': {
      const view = await loadTaskView(ctx, row.subjectId);
      return view && { message: { kind: 'task', card: describeEmergency(view) }, isNews: true };
    }
    case 'comment': {
      const comment = await readComment(ctx, row.subjectId, person.id);
      return comment && { message: { kind: 'comment', comment }, isNews: true };
    }
    case 'digest': {
      const digest = await loadDigest(ctx, row.subjectId, person);
      return digest && { message: { kind: 'digest', digest }, isNews: digest.cards.length > 0 };
    }
    case 'run': {
      const run = await viewRun(ctx, row.subjectId, person.id);
      return run && { message: { kind: 'run', run }, isNews: true };
    }
    case 'home': {
      const actor = {
        personId: person.id,
        name: person.name,
        roles: await listRoles(ctx.db, person.id),
      };
      const reader: ActorCtx = { ...ctx, actor };
      return {
        message: { kind: 'home', home: await loadHome(reader), name: person.name },
        isNews: true,
      };
    }
  }
}

async function readComment(
  ctx: Ctx,
  commentId: number,
  readerId: number,
): Promise<CommentLine | undefined> {
  const found = await findComment(ctx.db, commentId);
  if (!found) return undefined;
  const { taskId, body } = found.comment;
  const steps = await listSteps(ctx.db, taskId);
  const copies = await listTaskCopies(
    ctx.db,
    taskId,
    steps.map((step) => step.id),
  );
  const mine = copies.filter((copy) => copy.recipientId === readerId);
  // Who was told of the task in a digest reads of it in the digest's thread.
  const card = mine.findLast((copy) => copy.kind !== 'digest') ?? mine.at(-1);
  if (!card?.channelId || !card.ts) return undefined;
  return {
    taskId,
    author: found.author,
    body,
    inDigest: card.kind === 'digest',
    channelId: card.channelId,
    threadTs: card.ts,
  };
}

/** The copy of a message that a person has on a surface, if any. */
export async function findLetterCopy(ctx: Ctx, key: CopyKey, surface: 'slack' | 'email') {
  return findCopy(ctx.db, key, surface);
}

/** Remembers what was delivered, so that it is redrawn in place and never sent a second time. */
export async function recordLetterCopy(
  ctx: Ctx,
  key: CopyKey,
  surface: 'slack' | 'email',
  copy: { channelId?: string; ts?: string; contentHash: string },
): Promise<void> {
  await saveCopy(ctx.db, key, surface, { ...copy, at: ctx.now });
}
