import type { PersonalMessage } from '../governance/messages/messages.ts';
import type { MailLinks } from './parts.ts';

/** RFC 5322 section 3.6.4 lets a long list be shortened: the first mail of a thread stays, and the newest ones. */
const maxReferences = 10;

export interface MailHeaders {
  /** With its angle brackets, as all ids here. */
  messageId: string;
  inReplyTo?: string;
  references?: string[];
  replyTo: string;
  headers: Record<string, string>;
}

/**
 * Builds the headers of a mail. They mark it as written by a machine, so that no other machine answers it. They
 * put it into the thread of its task, and name the page where its reader can turn mails off.
 * @param options.sender the address it comes from
 * @param options.thread Message-IDs of this person's mails about the same task, oldest first
 */
export function buildHeaders(
  personalMessage: PersonalMessage,
  options: {
    sender: string;
    thread: readonly string[];
    links?: MailLinks | undefined;
    replyTo?: string | undefined;
  },
): MailHeaders {
  const { sender, thread, links, replyTo } = options;
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const messageId = buildMessageId(personalMessage, domain);
  const [first, ...later] = thread.filter((id) => id !== messageId);
  const last = later.at(-1) ?? first;
  return {
    messageId,
    ...(first && last
      ? { inReplyTo: last, references: [first, ...later.slice(1 - maxReferences)] }
      : {}),
    // A reply to no-reply@ bounces, so its author learns that nobody read it. The sender's own mailbox, if it
    // exists, would swallow the reply.
    replyTo: replyTo ?? `no-reply@${domain}`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': `Rolemine <rolemine.${domain}>`,
      ...(links ? { 'List-Unsubscribe': `<${links.inbox}>` } : {}),
    },
  };
}

/**
 * Builds the same id each time a message is sent, so that a mailbox recognizes a repeat after a crash. Ids start
 * again at 1 in a new database, and a mailbox that saw the old id would drop the new mail. The time at which the
 * person was stored prevents that. News that is sent a second time gets an id of its own through `since`.
 */
function buildMessageId({ key, person, since }: PersonalMessage, domain: string): string {
  const store = person.createdAt.getTime().toString(36);
  const news = since ? `.${since.getTime().toString(36)}` : '';
  return `<rolemine.${key.kind}.${key.subjectId}.${key.recipientId}.${store}${news}@${domain}>`;
}

/** Finds the task that a mail is about. @returns undefined for a mail about several tasks or none. */
export function findTaskId({ message }: PersonalMessage): number | undefined {
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
