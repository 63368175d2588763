import { Refusal } from '../../errors.ts';
import { listDigestThings } from '../../store/messages/digests.ts';
import { findCopyAt, listTaskCopies } from '../../store/messages/message-copies.ts';
import {
  findStep,
  findTask,
  insertComment,
  listComments,
  listSteps,
} from '../../store/tasks/tasks.ts';
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

/**
 * Adds a comment to a task; it appears in the thread of every card of the task but the author's own, and is mailed to those who have only a mail of it. A comment
 * that was written as a Slack message counts once, however often Slack tells of it.
 * @throws Refusal forbidden (not concerned by the task), invalid (empty, or longer than 12,000 characters).
 */
export async function commentOnTask(
  ctx: ActorCtx,
  taskId: number,
  body: string,
  from?: SlackRef,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const task = await findTask(ctx.db, taskId);
    if (!task) throw new Refusal('missing', `There is no task #${taskId}.`);
    const text = body.trim();
    if (!text) throw new Refusal('invalid', 'Only words become a comment, and this has none.');
    if (text.length > maxCommentLength) {
      const [has, most] = [text.length, maxCommentLength].map((one) => one.toLocaleString('en'));
      throw new Refusal(
        'invalid',
        `A comment can have ${most} characters and this has ${has}; it was not kept. Send it in parts.`,
      );
    }
    await requireInvolved(ctx, task);
    const commentId = await insertComment(ctx.db, {
      taskId,
      authorId: ctx.actor.personId,
      body: text,
      createdAt: ctx.now,
      ...from,
    });
    if (commentId === undefined) return;
    await audit(ctx, 'task.comment', subjectOf.task(task.id), { after: { comment: commentId } });
    const steps = await listSteps(ctx.db, taskId);
    const copies = await listTaskCopies(
      ctx.db,
      taskId,
      steps.map((step) => step.id),
    );
    const me = ctx.actor.personId;
    // Who wrote it in the thread sees it there; from a form it comes to their card, too, but is not mailed to them.
    const seesIt = (copy: (typeof copies)[number]) =>
      copy.recipientId !== me || (!from && copy.surface === 'slack');
    const readers = new Set(copies.filter(seesIt).map((copy) => copy.recipientId));
    await notify(
      ctx,
      [...readers].map((recipientId) => ({
        recipientId,
        kind: 'comment',
        subjectId: commentId,
        priority: 1,
      })),
    );
  });
}

/**
 * All comments of a task, the oldest first.
 * @throws Refusal 'forbidden' for people the task does not concern.
 */
export async function listTaskComments(ctx: ActorCtx, taskId: number): Promise<CommentView[]> {
  const task = await findTask(ctx.db, taskId);
  if (!task) throw new Refusal('missing', `There is no task #${taskId}.`);
  await requireInvolved(ctx, task);
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
  await commentOnTask(ctx, taskId, reply.text, { channelId: thread.channelId, ts: reply.ts });
  return true;
}

/** Messages that are about a task as a whole. */
const ofTask = new Set(['request', 'outcome', 'emergency']);

/** @throws Refusal 'invalid' for a digest, which tells of several. */
async function taskOf(
  ctx: Ctx,
  copy: { kind: string; subjectId: number; recipientId: number },
): Promise<number | undefined> {
  const { kind, subjectId } = copy;
  if (ofTask.has(kind)) return subjectId;
  if (kind !== 'digest') {
    return kind === 'step' ? (await findStep(ctx.db, subjectId))?.taskId : undefined;
  }
  const told = { id: subjectId, personId: copy.recipientId };
  const tasks = new Set((await listDigestThings(ctx.db, told)).map((one) => one.taskId));
  const [only] = tasks;
  if (tasks.size === 1) return only;
  throw new Refusal(
    'invalid',
    'This message tells of several tasks; press ⋯ and Comment beside the one you mean.',
  );
}
