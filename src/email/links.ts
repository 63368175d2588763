import { type Ctx, inTransaction } from '../governance/context.ts';
import {
  createPreferencesLink,
  createTaskLink,
  linkUrl,
  requireAddress,
} from '../governance/email-links/action-links.ts';
import type { PersonalMessage } from '../governance/messages/messages.ts';
import { maxTaskRows } from './news-parts.ts';
import type { MailLinks } from './parts.ts';

/**
 * Creates the links of one mail: to the page of each task it lists, and to the person's inbox and
 * notification settings.
 * @param publicUrl without a slash at the end.
 * @throws Refusal conflict when the person's address has changed meanwhile.
 */
export async function createMailLinks(
  ctx: Ctx,
  { message, person, identity }: PersonalMessage,
  publicUrl: string,
): Promise<MailLinks> {
  const { id: personId } = person;
  return inTransaction(ctx, async (ctx) => {
    await requireAddress(ctx, person);
    const urls = new Map<number, string>();
    // A guest of the workspace cannot act, and the page would not open.
    const tasks = identity?.state === 'guest' ? [] : listTasks(message);
    for (const task of tasks.slice(0, maxTaskRows)) {
      const token = await createTaskLink(ctx, { personId, ...task });
      urls.set(task.taskId, linkUrl(publicUrl, 'task', token));
    }
    const token = await createPreferencesLink(ctx, { personId });
    return { tasks: urls, inbox: linkUrl(publicUrl, 'preferences', token) };
  });
}

/** Lists the tasks of a message, each with the step that its reader decides, if any. */
function listTasks(
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
