import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import type { MailContext, Part } from './parts.ts';
import { oneLine } from './text.ts';

/** Where a task can be answered or looked at: its page where the mail has a link to it, else Slack. */
export function answerParts(card: TaskCard, reader: MailContext): Part[] {
  const { personalMessage, links } = reader;
  const { choice } = card;
  const url = links?.tasks.get(card.taskId);
  if (url && choice?.byEmail) {
    const note = 'The page of the task opens, and you decide there. Opening it decides nothing.';
    return [{ type: 'buttons', labels: [choice.yes, choice.no], url, note }];
  }
  const where = choice && whereToDecide(card.taskId, choice, personalMessage);
  if (url) {
    const note = where && `It is not decided by e-mail. ${where}`;
    return [{ type: 'buttons', labels: ['Open the task'], url, note }];
  }
  if (where) return [{ type: 'where', text: where }];
  if (!card.canCancel) return [];
  return [
    { type: 'where', text: inSlack('To see where it is, or to cancel it,', personalMessage) },
  ];
}

function whereToDecide(
  taskId: number,
  { yes, no, reassignable }: NonNullable<TaskCard['choice']>,
  personalMessage: PersonalMessage,
): string {
  const help = reassignable
    ? `to reassign task #${taskId} to somebody who has one`
    : `for help with task #${taskId}`;
  return inSlack(`To decide (${yes} or ${no}),`, personalMessage, {
    word: 'tasks',
    without: `ask a Super Admin of Rolemine ${help}`,
  });
}

/**
 * @param more.word what to write to the app instead of looking for the place
 * @param more.without what to do without an account in Slack
 */
export function inSlack(
  what: string,
  { identity, person }: PersonalMessage,
  more: { word?: string; without?: string } = {},
): string {
  const write = more.word ? `, or write “${more.word}” to it` : '';
  const place = `${what} open Rolemine in Slack and look at its Home tab${write}.`;
  if (identity?.state === 'linked') return place;
  const account = `a member account with the address ${oneLine(person.email ?? '')}`;
  const without = more.without ? `; if you have none, ${more.without}` : '';
  return `${place} For that you need ${account}${without}.`;
}
