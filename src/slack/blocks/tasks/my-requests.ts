import type { KnownBlock, ModalView } from '@slack/web-api';
import type { MyRequest, MyRequests } from '../../../governance/task-cards/my-requests.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { idButton } from '../../state/records.ts';
import { offsetButton } from '../../state/requests.ts';
import { answerRow } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeSentence,
  escapeText,
  header,
  plainText,
  section,
} from '../kit/elements.ts';
import { cancelButton, detailsButton, type SlackMessage } from './task.ts';

export const requestsPage = 20;

const noRequests = context('You have no requests yet.');

/** The reader's requests in their Home. */
export function requestBlocks(requests: MyRequests): KnownBlock[] {
  const { total, rows } = requests;
  return [
    header('My requests'),
    ...(rows.length > 0 ? rows.flatMap((row) => rowBlocks(row)) : [noRequests]),
    actions('home.request', [
      button('Request access', ids.requestOpen, 'home', { style: 'primary' }),
      ...(total > rows.length ? [showAll(total)] : []),
    ]),
  ];
}

/** The answer to `/rolemine requests`. */
export function requestsMessage({ total, rows }: MyRequests): SlackMessage {
  const open = rows.filter(({ card }) => card.canCancel).length;
  return {
    text: `You have ${formatCount(total, 'request')}; ${open} of the newest ${rows.length} are open.`,
    blocks: [
      ...(rows.length > 0 ? rows.flatMap((row) => rowBlocks(row, true)) : [noRequests]),
      ...(total > rows.length ? [actions('requests.all', [showAll(total)])] : []),
    ],
  };
}

/** The whole list, page by page. */
export function requestsView({ total, from, rows }: MyRequests): ModalView {
  const last = from + rows.length;
  const pages = [
    ...(from > 0 ? [pageButton('Newer', Math.max(0, from - requestsPage))] : []),
    ...(last < total ? [pageButton('Older', last)] : []),
  ];
  return {
    type: 'modal',
    title: plainText('My requests', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(rows.length > 0 ? [context(`${from + 1}–${last} of ${total}`)] : [noRequests]),
      ...rows.flatMap((row) => rowBlocks(row)),
      ...(pages.length > 0 ? [actions('requests.pages', pages)] : []),
    ],
  };
}

function rowBlocks({ card, state, canRemind }: MyRequest, isAnswer = false): KnownBlock[] {
  const { taskId, title, number, canCancel, next } = card;
  const value = idButton.encode(taskId);
  const buttons = [
    ...(canRemind
      ? [button('Send reminder', ids.taskRemind, value, { label: `Send reminder: ${title}` })]
      : []),
    ...(next === 'ask'
      ? [button('Ask again', ids.taskAskAgain, value, { label: `Ask again: ${title}` })]
      : []),
    detailsButton(card),
    ...(canCancel ? [cancelButton(card, '.home')] : []),
  ];
  return [
    section(`${bold(title)}  ${escapeText(number)}\n${escapeSentence(state)}`),
    actions(
      isAnswer ? answerRow.encode({ of: 'requests', id: taskId }) : `request.${taskId}`,
      buttons,
    ),
  ];
}

function showAll(total: number) {
  return button(`Show all ${total}`, ids.requestList, offsetButton.encode(0), {
    label: 'Show all my requests',
  });
}

function pageButton(text: string, from: number) {
  return button(text, `${ids.requestList}.${text}`, offsetButton.encode(from), {
    label: `${text} requests`,
  });
}
