import type { ModalView } from '@slack/web-api';
import type { CommentLine } from '../../../governance/messages/messages.ts';
import { choosePage, paginateComments } from '../../../governance/task-cards/comment-pages.ts';
import type { CommentView } from '../../../governance/task-cards/details.ts';
import { ids } from '../../ids.ts';
import { escapeMrkdwn } from '../../limits.ts';
import { idForm } from '../../state/records.ts';
import {
  bold,
  context,
  formatTime,
  plainText,
  quoteText,
  section,
  sections,
  toMessageText,
} from '../kit/elements.ts';
import { pagingBlocks } from '../kit/paging.ts';
import type { SlackMessage } from './task.ts';

/** Characters of a comment in a thread. Details show the rest. */
const maxThreadLength = 2_800;

/** A comment in the thread of a card. */
export function commentMessage({ taskId, author, body, inDigest }: CommentLine): SlackMessage {
  const where = inDigest ? ` on #${taskId}` : '';
  return {
    text: toMessageText(`${author} on task ${taskId}: ${body}`),
    blocks: [
      section(`${bold(author)} commented${where}:\n${quoteText(body, maxThreadLength)}`),
      ...(isCutAt(body, maxThreadLength) ? [context('Details show the whole comment.')] : []),
    ],
  };
}

/** Whether a quotation of at most `max` characters cuts the text. */
export function isCutAt(body: string, max: number): boolean {
  return quoteText(body, Number.MAX_SAFE_INTEGER).length > max;
}

/** All comments of a task in full, with as many on a page as a modal takes. The last page has the newest. */
export function commentsView(
  taskId: number,
  comments: readonly CommentView[],
  chosenPage?: number,
): ModalView {
  const pages = paginateComments(comments);
  const page = choosePage(pages, chosenPage);
  const shown = pages[page] ?? [];
  return {
    type: 'modal',
    private_metadata: idForm.encode(taskId),
    title: plainText('Comments', 24),
    close: plainText('Back', 24),
    blocks: [
      ...(shown.length === 0 ? [section('No comments yet.')] : []),
      ...shown.flatMap(({ author, body, at }) =>
        sections([`${bold(author)} · ${formatTime(at)}`, ...quotedLines(body)]),
      ),
      ...pagingBlocks(ids.taskCommentsPage, { page, pages: pages.length }),
    ],
  };
}

/** Breaks a quotation between words into lines that fit into a section. */
function quotedLines(body: string): string[] {
  const lines = body.replace(/\r\n?/g, '\n').trim().split('\n');
  return lines.flatMap((line) =>
    (line.match(/.{1,499}(?:\s|$)|.{1,500}/gsu) ?? ['']).map((part) => `> ${escapeMrkdwn(part)}`),
  );
}
