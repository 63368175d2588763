import type { PersonalMessage } from '../governance/messages/messages.ts';
import { runMessage } from './blocks/mining/suggestion.ts';
import { noticeMessage } from './blocks/people/notice.ts';
import { heldGrantsMessage } from './blocks/rules/held-grants.ts';
import { heldImportMessage } from './blocks/rules/held-import.ts';
import { simulationMessage } from './blocks/rules/simulation.ts';
import { commentMessage } from './blocks/tasks/comments.ts';
import { digestMessage, reminderReply } from './blocks/tasks/digest.ts';
import { expiryMessage } from './blocks/tasks/expiry.ts';
import { type SlackMessage, taskMessage } from './blocks/tasks/task.ts';
import { messageBlock } from './state/tasks.ts';

export interface ThreadReply {
  message: SlackMessage;
  channelId: string;
  threadTs: string;
}

/** Draws a message that belongs in the thread of a card; undefined for a message that stands alone. */
export function drawThreadReply(message: PersonalMessage['message']): ThreadReply | undefined {
  if (message.kind === 'comment') {
    const { thread } = message.comment;
    if (!thread) return undefined;
    const { channelId, ts } = thread;
    return { message: commentMessage(message.comment), channelId, threadTs: ts };
  }
  if (message.kind !== 'digest' || !message.digest.thread) return undefined;
  const { channelId, ts } = message.digest.thread;
  return { message: reminderReply(message.digest), channelId, threadTs: ts };
}

export function drawMessage(message: PersonalMessage['message']): SlackMessage {
  switch (message.kind) {
    case 'task':
      return taskMessage(message.card);
    case 'digest':
      return digestMessage(message.digest);
    case 'run':
      return runMessage(message.run);
    case 'simulation':
      return simulationMessage(message.simulation);
    case 'notice':
      return noticeMessage(message.notice);
    case 'expiring':
      return expiryMessage(message.expiry);
    case 'held_grants':
      return heldGrantsMessage(message.held);
    case 'held_import':
      return heldImportMessage(message.held);
    default:
      throw new Error(`A message of kind ${message.kind} does not stand alone.`);
  }
}

/** The id of the first block of a message. It names the subject, so that a lost message can be found. */
export function encodeMark({ key: { kind, subjectId } }: PersonalMessage): string {
  return messageBlock.encode({ kind, subjectId });
}

export function markMessage(message: SlackMessage, personalMessage: PersonalMessage): SlackMessage {
  const [first, ...rest] = message.blocks;
  if (!first) return message;
  return { ...message, blocks: [{ ...first, block_id: encodeMark(personalMessage) }, ...rest] };
}
