import { Refusal } from '../../errors.ts';
import { listDigestItems } from '../../store/messages/digests.ts';
import { findCopyAt, listTaskCopies } from '../../store/messages/message-copies.ts';
import { insertComment, listComments } from '../../store/tasks/task-comments.ts';
import { findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import { findStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, notify } from '../context.ts';
import type { CommentView } from '../task-cards/details.ts';
import { requireInvolved } from '../tasks/step-ref.ts';

/** A message in Slack. */
export interface SlackRef {
  channelId: string;
  ts: string;
}

/** Characters of a comment, kept whole. */
const maxCommentLength = 12_000;

/** What somebody wrote about a task; `from`: the Slack message that it was written as. */
export interface NewComment {
  body: string;
  from?: SlackRef | undefined;
}

/**
 * Adds a comment to a task; it appears in the thread of every card of the task except the author's own, and goes by
 * e-mail to people who have only a mail of the task. A comment that was written as a Slack message counts once,
 * however often Slack reports it.
 * @throws Refusal forbidden (not concerned by the task), invalid (empty, or longer than 12,000 characters).
 */
export async function commentOnTask(
  ctx: ActorCtx,
  { taskId, ...comment }: NewComment & { taskId: number },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await addComment(ctx, await requireTask(ctx, taskId), comment);
  });
}

/** The same inside a transaction that has read the task. @throws Refusal as commentOnTask. */
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
  // An author who wrote in the thread sees it there; from a form it comes to their card, too, but not by e-mail.
  const isShown = (copy: (typeof copies)[number]) =>
    copy.recipientId !== me || (!from && copy.surface === 'slack');
  const readers = new Set(copies.filter(isShown).map((copy) => copy.recipientId));
  await notify(
    ctx,
    [...readers].map((recipientId) => ({
      recipientId,
      kind: 'comment',
      subjectId: commentId,
      priority: 1,
    })),
  );
}

function requireBody(body: string): string {
  const text = body.trim();
  if (!text) throw new Refusal('invalid', 'Only words become a comment, and this has none.');
  if (text.length <= maxCommentLength) return text;
  const [has, max] = [text.length, maxCommentLength].map((one) => one.toLocaleString('en'));
  throw new Refusal(
    'invalid',
    `A comment can have ${max} characters and this has ${has}; it was not kept. Send it in parts.`,
  );
}

async function requireTask(ctx: Ctx, taskId: number): Promise<TaskSnapshot> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  if (!snapshot) throw new Refusal('missing', `There is no task #${taskId}.`);
  return snapshot;
}

/**
 * All comments of a task, the oldest first.
 * @throws Refusal 'forbidden' for people the task does not concern.
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
 * A reply in the thread of a card is a comment on its task.
 * @returns false when the thread is not that of a card of the actor's.
 * @throws Refusal 'invalid' where the thread is about several tasks.
 */
export async function commentFromThread(
  ctx: ActorCtx,
  thread: SlackRef,
  reply: { ts: string; text: string },
): Promise<boolean> {
  const copy = await findCopyAt(ctx.db, thread.channelId, thread.ts);
  if (copy?.recipientId !== ctx.actor.personId) return false;
  const taskId = await taskOf(ctx, copy);
  if (taskId === undefined) return false;
  const from = { channelId: thread.channelId, ts: reply.ts };
  await commentOnTask(ctx, { taskId, body: reply.text, from });
  return true;
}

/** Messages that are about a task as a whole. */
const ofTask = new Set(['request', 'outcome', 'emergency']);

/** @throws Refusal 'invalid' for a digest of several tasks. */
async function taskOf(
  ctx: Ctx,
  copy: { kind: string; subjectId: number; recipientId: number },
): Promise<number | undefined> {
  const { kind, subjectId } = copy;
  if (ofTask.has(kind)) return subjectId;
  if (kind !== 'digest') {
    return kind === 'step' ? (await findStep(ctx.db, subjectId))?.taskId : undefined;
  }
  const digest = { id: subjectId, personId: copy.recipientId };
  const tasks = new Set((await listDigestItems(ctx.db, digest)).map((one) => one.taskId));
  const [only] = tasks;
  if (tasks.size === 1) return only;
  throw new Refusal(
    'invalid',
    'This message tells of several tasks; press ⋯ and Comment beside the one you mean.',
  );
}
