import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { MailLinks } from './parts.ts';

/** The mails before it about the same task: the first, and so many of the newest (RFC 5322 section 3.6.4). */
const referencesMax = 10;

export interface MailHeaders {
  /** With its angle brackets, as all ids here. */
  messageId: string;
  inReplyTo?: string;
  references?: string[];
  replyTo: string;
  headers: Record<string, string>;
}

/**
 * What a mail says to mail programs: that a machine wrote it and that nobody is to answer by machine, which
 * conversation it belongs to, and where it can be ordered off.
 * @param about.sender the address it comes from
 * @param about.thread the mails this person has about the same task, the oldest first
 */
export function headersOf(
  personalMessage: PersonalMessage,
  about: {
    sender: string;
    thread: readonly string[];
    links?: MailLinks | undefined;
    replyTo?: string | undefined;
  },
): MailHeaders {
  const domain = about.sender.slice(about.sender.lastIndexOf('@') + 1);
  const messageId = messageIdOf(personalMessage, domain);
  const [first, ...later] = about.thread.filter((id) => id !== messageId);
  const last = later.at(-1) ?? first;
  return {
    messageId,
    ...(first && last
      ? { inReplyTo: last, references: [first, ...later.slice(1 - referencesMax)] }
      : {}),
    // Whoever answers is to find out that nobody reads it; a sender with a mailbox would swallow it.
    replyTo: about.replyTo ?? `no-reply@${domain}`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `Rolemine <rolemine.${domain}>`,
      ...(about.links ? { 'List-Unsubscribe': `<${about.links.preferences}>` } : {}),
    },
  };
}

/**
 * The same for every sending of a letter, so that a mailbox can tell a repeat after a crash. The moment the
 * person was stored is in it because ids begin anew in a new database, and a mailbox that saw
 * an old one's id would drop the new mail unseen; and what is told a second time is a mail of its own.
 */
function messageIdOf({ key, person, since }: PersonalMessage, domain: string): string {
  const store = person.createdAt.getTime().toString(36);
  const news = since ? `.${since.getTime().toString(36)}` : '';
  return `<rolemine.${key.kind}.${key.subjectId}.${key.recipientId}.${store}${news}@${domain}>`;
}

/** The one task a mail is about; undefined for several, or none. */
export function taskOf({ message }: PersonalMessage): number | undefined {
  switch (message.kind) {
    case 'task':
      return message.card.taskId;
    case 'comment':
      return message.comment.taskId;
    case 'digest': {
      const [only, ...others] = message.digest.titles;
      return others.length === 0 ? only?.taskId : undefined;
    }
    default:
      return undefined;
  }
}
