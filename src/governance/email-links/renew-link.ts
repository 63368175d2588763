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
import { joinSentences } from '../wording/sentences.ts';
import { type OpenLink, openAnyLink, taskIdOf } from './action-links.ts';

/** The time between two new links, so that somebody with an old mail cannot flood its reader's mailbox. */
const minRenewalIntervalMs = 4 * 3_600_000;

/** The page of an expired task link. */
export interface ExpiredPage {
  sentence: string;
  /** The link's person still has an open step in the task and can get a new link. */
  isWaiting: boolean;
}

/** @returns undefined when the link has not expired. @throws Refusal as openAnyLink. */
export async function readExpiredPage(ctx: Ctx, token: string): Promise<ExpiredPage | undefined> {
  const open = await openAnyLink(ctx, token, 'task');
  const { expiresAt } = open.link;
  if (expiresAt > ctx.now) return undefined;
  const isWaiting = (await findAwaited(ctx, open)) !== undefined;
  const state = isWaiting ? 'is still with' : 'is not with';
  const sentence = joinSentences([
    `This link expired on ${formatDate(expiresAt, readerZone(open.ctx))}`,
    `Task #${taskIdOf(open)} ${state} ${open.person.name}`,
  ]);
  return { sentence, isWaiting };
}

/**
 * Sends a reminder of the task to the person of an expired link, in Slack or by e-mail. A mail has a new link.
 * @throws Refusal as openAnyLink; conflict (they have no open step, or got a reminder in the last 4 hours).
 */
export async function renewLink(ctx: Ctx, token: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openAnyLink(ctx, token, 'task');
    await lockReminders(ctx.db);
    const mine = await findAwaited(ctx, open);
    const taskId = taskIdOf(open);
    if (!mine) {
      throw new Refusal('conflict', `Task #${taskId} no longer needs an answer.`);
    }
    const reminders = await listReminders(ctx.db, [mine.stepId]);
    const last = reminders.filter((one) => one.personId === mine.personId).at(-1)?.at;
    if (last && ctx.now.getTime() - last.getTime() < minRenewalIntervalMs) {
      const when = formatAgo(last, ctx.now);
      throw new Refusal(
        'conflict',
        `A new message was sent ${when}. Look for it in Slack and in your e-mail.`,
      );
    }
    await notifyOpenSteps(ctx, [mine], { kind: 'reminder', askedBy: null });
    await audit(open.ctx, 'link.renew', subjectOf.task(taskId), {
      after: { step: mine.position },
    });
  });
}

/** Finds the open step of the link's person. */
async function findAwaited(ctx: Ctx, open: OpenLink): Promise<UnansweredAssignee | undefined> {
  const awaited = await listUnansweredAssignees(ctx.db, { taskId: taskIdOf(open) });
  return awaited.find((one) => one.personId === open.person.id);
}
