import type { KnownBlock } from '@slack/web-api';
import type { DigestView } from '../../../governance/messages/digest.ts';
import { ids } from '../../ids.ts';
import { checkMessage } from '../../limits.ts';
import { bulkButton, inboxPlaceButton } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  formatTime,
  section,
  toMessageText,
} from '../kit/elements.ts';
import { taskRow } from './inbox.ts';
import { decisionLine, type SlackMessage, taskMessage } from './task.ts';

/** Several things as one message: their number, the first ones with their buttons, and the finished ones. */
export function digestMessage(digest: DigestView): SlackMessage {
  if (digest.only) return taskMessage(digest.only);
  const message = { text: toMessageText(digest.summary), blocks: digestBlocks(digest) };
  if (checkMessage(message).length === 0 || digest.cards.length < 2) return message;
  const cards = digest.cards.slice(0, -1);
  return digestMessage({ ...digest, cards, more: digest.more + 1 });
}

function digestBlocks(digest: DigestView): KnownBlock[] {
  const { title, detail, cards, more, waiting, tab, done } = digest;
  const about = reminderText(digest);
  const moreWords = `and ${more} more${waiting > cards.length ? ', shown as these are done' : ''}`;
  return [
    section(`${bold(title)}${detail ? `\n${escapeText(detail)}` : ''}`),
    ...(about ? [context(about)] : []),
    ...cards.flatMap(taskRow),
    ...(more > 0 ? [context(moreWords)] : []),
    ...doneBlocks(done),
    ...(tab && waiting > 1
      ? [
          actions('digest', [
            button(
              'Show all',
              `${ids.inboxTurn}.digest`,
              inboxPlaceButton.encode({ tab, page: 0 }),
              {
                label: 'Show all tasks',
              },
            ),
            button('Select several', `${ids.bulkOpen}.digest`, bulkButton.encode(tab)),
          ]),
        ]
      : []),
  ];
}

function doneBlocks(done: DigestView['done']): KnownBlock[] {
  const lines = [
    ...(done?.words ? [escapeText(done.words)] : []),
    ...(done?.lines ?? []).map(decisionLine),
  ];
  return lines.length > 0 ? [context(lines.join('\n'))] : [];
}

/** "Waiting since 20 Nov, 09:12. Ana Ruiz asks for your answer." */
function reminderText({ since, askedBy }: DigestView): string | undefined {
  const waits = since ? `Waiting since ${formatTime(since)}.` : undefined;
  const asks = askedBy ? `${escapeText(askedBy)} asks for your answer.` : undefined;
  return [waits, asks].filter(Boolean).join(' ') || undefined;
}

/** A reminder of one task, in the thread of its card. */
export function reminderReply(digest: DigestView): SlackMessage {
  const [card] = digest.cards;
  const about = [
    digest.since
      ? `*Reminder:* waiting since ${formatTime(digest.since)}.`
      : '*Reminder:* this task is open.',
    digest.askedBy ? `${escapeText(digest.askedBy)} asks for your answer.` : undefined,
    card ? `${escapeText(card.title)} (${escapeText(card.number)}).` : undefined,
    'Decide in the message above.',
  ];
  return {
    text: toMessageText(digest.summary),
    blocks: [section(about.filter(Boolean).join(' '))],
  };
}
