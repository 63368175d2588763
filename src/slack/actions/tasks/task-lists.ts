import type { ModalView, WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import { readDetails } from '../../../governance/task-cards/details.ts';
import { loadInbox } from '../../../governance/task-cards/inbox.ts';
import { listMyRequests } from '../../../governance/task-cards/my-requests.ts';
import { listOpenSteps, type OpenQuery } from '../../../governance/task-cards/open-steps.ts';
import { log } from '../../../log.ts';
import { replaceAnswer, updateModal } from '../../answers.ts';
import { context } from '../../blocks/kit/elements.ts';
import { openTasksView } from '../../blocks/tasks/all-tasks.ts';
import { inboxView, tasksMessage } from '../../blocks/tasks/inbox.ts';
import { requestsMessage } from '../../blocks/tasks/my-requests.ts';
import type { SlackMessage } from '../../blocks/tasks/task.ts';
import { detailsView } from '../../blocks/tasks/task-details.ts';
import { slackErrorCode } from '../../clients.ts';
import { ids } from '../../ids.ts';
import type { Click } from '../../listen.ts';
import { idForm } from '../../state/records.ts';
import { answerRow, inboxPlaceForm, openQueryForm, type TaskList } from '../../state/tasks.ts';

const openOnPage = 15;

/** Draws a page of the list of all open tasks. */
export async function openTasksPage(ctx: ActorCtx, query: OpenQuery) {
  return openTasksView(await listOpenSteps(ctx, query, openOnPage));
}

/** Reads which list of tasks the click was in; undefined for a card, Home or another window. */
export function readTaskList({
  view,
  blockId,
  responseUrl,
}: Pick<Click, 'view' | 'blockId' | 'responseUrl'>): TaskList | undefined {
  if (responseUrl && blockId.startsWith('answer.')) {
    const row = answerRow.decode(blockId);
    return row.of === 'inbox'
      ? { list: 'inboxAnswer', tab: row.tab, url: responseUrl }
      : { list: 'requestsAnswer', url: responseUrl };
  }
  if (view?.callback_id === ids.inboxList) {
    return { list: 'inbox', place: inboxPlaceForm.decode(view.private_metadata) };
  }
  if (view?.callback_id === ids.taskDetails) {
    return { list: 'details', taskId: idForm.decode(view.private_metadata) };
  }
  if (view?.callback_id !== ids.openTurn) return undefined;
  return { list: 'open', query: openQueryForm.decode(view.private_metadata) };
}

type AnswerList = Extract<TaskList, { url: string }>;

/** A message shows this many rows. Its modal shows the rest. */
export const answerRows = { inbox: 5, requests: 8 } as const;

async function drawAnswer(ctx: ActorCtx, list: AnswerList): Promise<SlackMessage> {
  if (list.list === 'requestsAnswer') {
    return requestsMessage(await listMyRequests(ctx, answerRows.requests));
  }
  return tasksMessage(await loadInbox(ctx, { tab: list.tab, page: 0 }, answerRows.inbox));
}

async function drawTaskList(
  ctx: ActorCtx,
  list: Exclude<TaskList, AnswerList>,
): Promise<ModalView> {
  if (list.list === 'inbox') return inboxView(await loadInbox(ctx, list.place));
  if (list.list === 'open') return openTasksPage(ctx, list.query);
  const { fill } = await readDetails(ctx, list.taskId);
  return detailsView(await fill());
}

/** Draws a list in a modal again after a decision. A failure here must not make the decision look failed. */
export async function redrawTaskList(
  ctx: ActorCtx,
  client: WebClient,
  {
    viewId,
    list,
    note,
  }: {
    viewId: string | null | undefined;
    list: TaskList | undefined;
    /** What has just happened, for the answer to a command. */
    note?: string | undefined;
  },
): Promise<void> {
  if (!list) return;
  try {
    if (list.list === 'inboxAnswer' || list.list === 'requestsAnswer') {
      const answer = await drawAnswer(ctx, list);
      const said = note ? [context(note)] : [];
      await replaceAnswer(list.url, { ...answer, blocks: [...said, ...answer.blocks] });
    } else if (viewId) {
      await updateModal(client, viewId, await drawTaskList(ctx, list));
    }
  } catch (error) {
    log.info('a list of tasks could not be redrawn', { error: slackErrorCode(error) ?? error });
  }
}
