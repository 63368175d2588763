import { Refusal } from '../../errors.ts';
import {
  listReminders,
  listUnansweredAssignees,
  lockReminders,
  type UnansweredAssignee,
} from '../../store/tasks/reminders.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction, readerZone } from '../context.ts';
import { notifyOpenSteps } from '../notifications/notify-or-digest.ts';
import { formatAgo, formatDate } from '../wording/relative-time.ts';
import { type OpenLink, openAnyLink } from './action-links.ts';

/** Whoever finds an old mail cannot fill its reader's mailbox. */
const betweenMs = 4 * 3_600_000;

/** What the page of a task's link says when the link has expired. */
export interface ExpiredPage {
  sentence: string;
  /** The task still waits for the link's person, who can be told of it anew. */
  isWaiting: boolean;
}

/** @returns undefined when the link has not expired. @throws Refusal as openLink. */
export async function readExpiredPage(ctx: Ctx, token: string): Promise<ExpiredPage | undefined> {
  const open = await openAnyLink(ctx, token, 'task');
  const { expiresAt, taskId } = open.link;
  if (expiresAt > ctx.now) return undefined;
  const isWaiting = (await findAwaited(ctx, open)) !== undefined;
  const state = isWaiting ? 'still waits' : 'does not wait';
  const until = `This link worked until ${formatDate(expiresAt, readerZone(open.ctx))}.`;
  return { sentence: `${until} Task #${taskId} ${state} for ${open.person.name}.`, isWaiting };
}

/**
 * Reminds the person of an expired link of the task, where they are reached: a mail then has a new link.
 * @throws Refusal as openLink; conflict (it waits for them no more, or they were reminded lately).
 */
export async function renewLink(ctx: Ctx, token: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openAnyLink(ctx, token, 'task');
    await lockReminders(ctx.db);
    const mine = await findAwaited(ctx, open);
    const { taskId } = open.link;
    if (!mine || taskId === null) {
      throw new Refusal('conflict', 'There is nothing that waits for an answer any more.');
    }
    const reminders = await listReminders(ctx.db, [mine.stepId]);
    const last = reminders.filter((one) => one.personId === mine.personId).at(-1)?.at;
    if (last && ctx.now.getTime() - last.getTime() < betweenMs) {
      const when = formatAgo(last, ctx.now);
      throw new Refusal(
        'conflict',
        `A new message was sent ${when}; look for it in Slack and mail.`,
      );
    }
    await notifyOpenSteps(ctx, [mine], { kind: 'reminder', askedBy: null });
    await audit(open.ctx, 'link.renew', subjectOf.task(taskId), {
      after: { step: mine.position },
    });
  });
}

/** The step that waits for the person of a link. */
async function findAwaited(
  ctx: Ctx,
  { link, person }: OpenLink,
): Promise<UnansweredAssignee | undefined> {
  const awaited = await listUnansweredAssignees(ctx.db, { taskId: link.taskId ?? 0 });
  return awaited.find((one) => one.personId === person.id);
}
