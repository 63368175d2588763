import { Refusal } from '../../errors.ts';
import { listDigestItems } from '../../store/messages/digests.ts';
import { findCopyAt, listTaskCopies } from '../../store/messages/message-copies.ts';
import { insertComment, listComments } from '../../store/tasks/task-comments.ts';
import { findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import { findStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, notify } from '../context.ts';
import type { CommentView } from '../task-cards/details.ts';
import { assertCommentRate } from '../tasks/rates.ts';
import { requireInvolved } from '../tasks/step-ref.ts';

/** A message in Slack. */
export interface SlackRef {
  channelId: string;
  ts: string;
}

/** In characters. Comments are stored in full. */
const maxCommentLength = 12_000;

/** A comment to add; `from`: the Slack message that somebody wrote it as. */
export interface NewComment {
  body: string;
  from?: SlackRef | undefined;
}

/**
 * Adds a comment to a task. It appears in the threads of all cards of the task except the author's own; people who
 * have only a mail of the task get it by e-mail. Slack may report a message twice, so a Slack message is added once.
 * @throws Refusal 'forbidden' for people the task does not concern, 'invalid' for an empty comment or one of more than
 * 12,000 characters, 'conflict' for too many within a minute
 */
export async function commentOnTask(
  ctx: ActorCtx,
  { taskId, ...comment }: NewComment & { taskId: number },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await assertCommentRate(ctx);
    await addComment(ctx, await requireTask(ctx, taskId), comment);
  });
}

/** Adds a comment inside a transaction that has read the task. @throws Refusal like commentOnTask */
export async function addComment(
  ctx: ActorCtx,
  snapshot: TaskSnapshot,
  { body, from }: NewComment,
): Promise<void> {
  const taskId = snapshot.task.id;
  const text = requireBody(body);
  await requireInvolved(ctx, snapshot);
  const commentId = await insertComment(ctx.db, {
    taskId,
    authorId: ctx.actor.personId,
    body: text,
    createdAt: ctx.now,
    ...from,
  });
  if (commentId === undefined) return;
  await audit(ctx, 'task.comment', subjectOf.task(taskId), { after: { comment: commentId } });
  const copies = await listTaskCopies(
    ctx.db,
    taskId,
    snapshot.steps.map((step) => step.id),
  );
  const me = ctx.actor.personId;
  // An author who wrote in the thread sees the comment there. From a form it also goes to the author's own card, but
  // never to the author by e-mail.
  const isShown = (copy: (typeof copies)[number]) =>
    copy.recipientId !== me || (!from && copy.surface === 'slack');
  const readers = new Set(copies.filter(isShown).map((copy) => copy.recipientId));
  await notify(
    ctx,
    [...readers].map((recipientId) => ({
      recipientId,
      kind: 'comment',
      subjectId: commentId,
      // Decisions and new tasks go first.
      priority: 2,
    })),
  );
}

function requireBody(body: string): string {
  const text = body.trim();
  if (!text) throw new Refusal('invalid', 'Write a comment first.');
  if (text.length <= maxCommentLength) return text;
  const [has, max] = [text.length, maxCommentLength].map((one) => one.toLocaleString('en'));
  throw new Refusal(
    'invalid',
    `A comment can have ${max} characters; this one has ${has}. Nothing was saved. Send it in parts.`,
  );
}

async function requireTask(ctx: Ctx, taskId: number): Promise<TaskSnapshot> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  if (!snapshot) throw new Refusal('missing', `There is no task #${taskId}.`);
  return snapshot;
}

/**
 * Lists all comments of a task, the oldest first.
 * @throws Refusal 'forbidden' for people the task does not concern
 */
export async function listTaskComments(ctx: ActorCtx, taskId: number): Promise<CommentView[]> {
  await requireInvolved(ctx, await requireTask(ctx, taskId));
  const comments = await listComments(ctx.db, taskId);
  return comments.map(({ comment, author }) => ({
    author,
    body: comment.body,
    at: comment.createdAt,
  }));
}

/**
 * Adds a reply in the thread of a card as a comment on its task.
 * @returns false when the thread does not belong to a card of the actor
 * @throws Refusal 'invalid' when the thread is about several tasks
 */
export async function commentFromThread(
  ctx: ActorCtx,
  thread: SlackRef,
  reply: { ts: string; text: string },
): Promise<boolean> {
  const copy = await findCopyAt(ctx.db, thread.channelId, thread.ts);
  if (copy?.recipientId !== ctx.actor.personId) return false;
  const taskId = await findTaskOfCopy(ctx, copy);
  if (taskId === undefined) return false;
  const from = { channelId: thread.channelId, ts: reply.ts };
  await commentOnTask(ctx, { taskId, body: reply.text, from });
  return true;
}

/** Kinds of messages whose subject is a task. */
const taskMessageKinds = new Set(['request', 'outcome', 'emergency']);

/** Finds the task of a message. @throws Refusal 'invalid' for a digest of several tasks */
async function findTaskOfCopy(
  ctx: Ctx,
  copy: { kind: string; subjectId: number; recipientId: number },
): Promise<number | undefined> {
  const { kind, subjectId } = copy;
  if (taskMessageKinds.has(kind)) return subjectId;
  if (kind !== 'digest') {
    return kind === 'step' ? (await findStep(ctx.db, subjectId))?.taskId : undefined;
  }
  const digest = { id: subjectId, personId: copy.recipientId };
  const tasks = new Set((await listDigestItems(ctx.db, digest)).map((one) => one.taskId));
  const [only] = tasks;
  if (tasks.size === 1) return only;
  throw new Refusal(
    'invalid',
    'This message lists several tasks. Press ⋯ and Comment beside the task you mean.',
  );
}
