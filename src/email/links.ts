import { type Ctx, inTransaction } from '../governance/context.ts';
import {
  createPreferencesLink,
  createTaskLink,
  linkUrl,
  requireAddress,
} from '../governance/email-links/action-links.ts';
import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { MailLinks } from './parts.ts';

/** So many tasks of one mail are links; a mail names no more. */
const tasksMax = 30;

/**
 * Makes the links of one mail: to the page of each of its tasks and to the person's preferences.
 * @param publicUrl without a slash at the end.
 * @throws Refusal conflict when the person's address has changed meanwhile.
 */
export async function createLinks(
  ctx: Ctx,
  { message, person, identity }: PersonalMessage,
  publicUrl: string,
): Promise<MailLinks> {
  const { id: personId } = person;
  return inTransaction(ctx, async (ctx) => {
    await requireAddress(ctx, person);
    const tasks = new Map<number, string>();
    // A guest of the workspace cannot act, and the page would not open.
    const linked = identity?.state === 'guest' ? [] : tasksOf(message);
    for (const about of linked.slice(0, tasksMax)) {
      const token = await createTaskLink(ctx, { personId, ...about });
      tasks.set(about.taskId, linkUrl(publicUrl, 'task', token));
    }
    const token = await createPreferencesLink(ctx, { personId });
    return { tasks, preferences: linkUrl(publicUrl, 'preferences', token) };
  });
}

/** The tasks a message is about, with the step that its reader is asked about. */
function tasksOf(
  message: PersonalMessage['message'],
): { taskId: number; stepId?: number | null }[] {
  switch (message.kind) {
    case 'task': {
      const { taskId, choice } = message.card;
      return [{ taskId, stepId: choice?.stepId ?? null }];
    }
    case 'comment':
      return [{ taskId: message.comment.taskId }];
    case 'digest':
      return message.digest.titles.map(({ taskId, stepId }) => ({
        taskId,
        stepId: stepId ?? null,
      }));
    default:
      return [];
  }
}
