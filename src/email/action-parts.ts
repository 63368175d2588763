import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import type { MailButton, MailContext, Part } from './parts.ts';
import { toOneLine } from './text.ts';

/**
 * Builds the end of a task's mail: buttons that open the task's page where the mail has a link to it,
 * else the place in Slack where the reader can decide or cancel.
 */
export function buildActionParts(card: TaskCard, reader: MailContext): Part[] {
  const { personalMessage, links } = reader;
  const { choice } = card;
  const url = links?.tasks.get(card.taskId);
  if (url && choice?.byEmail) {
    const note = 'You decide on the next page.';
    return [{ type: 'buttons', buttons: buttonsOf(choice, url), note }];
  }
  const place = choice && describeDecisionPlace(card.taskId, choice, personalMessage);
  if (url) {
    const open = { label: 'Open task', url };
    if (!choice) return [{ type: 'buttons', buttons: [open], note: undefined }];
    const note = `By e-mail you can only choose ${choice.no} or send it on. ${place ?? ''}`.trim();
    return [{ type: 'buttons', buttons: [open], note }];
  }
  if (place) return [{ type: 'place', text: place }];
  if (!card.canCancel) return [];
  return [
    {
      type: 'place',
      text: describeSlackPlace('To see the status of your request or cancel it,', personalMessage),
    },
  ];
}

/** Each button opens the form of its own decision. */
function buttonsOf({ yes, no }: NonNullable<TaskCard['choice']>, url: string): MailButton[] {
  return [
    { label: yes, url: `${url}?decide=yes` },
    { label: no, url: `${url}?decide=no` },
  ];
}

function describeDecisionPlace(
  taskId: number,
  { yes, no, reassignable }: NonNullable<TaskCard['choice']>,
  personalMessage: PersonalMessage,
): string {
  const help = reassignable ? `to reassign task #${taskId}` : `for help with task #${taskId}`;
  return describeSlackPlace(`To decide (${yes} or ${no}),`, personalMessage, {
    command: 'tasks',
    withoutAccount: `ask a Super Admin ${help}`,
  });
}

/**
 * Says where in Slack the reader can act, and which account that needs unless the reader has one.
 * @param purpose the start of the sentence, such as "To decide,"
 * @param options.command a message to the app that leads to the same place
 * @param options.withoutAccount advice for readers without an account in Slack
 */
export function describeSlackPlace(
  purpose: string,
  { identity, person }: PersonalMessage,
  options: { command?: string; withoutAccount?: string } = {},
): string {
  const { command, withoutAccount } = options;
  const message = command ? ` or send Rolemine the message “${command}”` : '';
  const place = `${purpose} open the Home tab of Rolemine in Slack${message}.`;
  if (identity?.state === 'linked') return place;
  const account = `You need a Slack member account with the address ${toOneLine(person.email ?? '')}.`;
  const advice = withoutAccount ? ` If you have none, ${withoutAccount}.` : '';
  return `${place} ${account}${advice}`;
}
