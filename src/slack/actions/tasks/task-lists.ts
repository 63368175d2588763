import type { ViewOutput } from '@slack/bolt';
import type { ModalView, WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import { readDetails } from '../../../governance/task-cards/details.ts';
import { loadInbox } from '../../../governance/task-cards/inbox.ts';
import { listOpenSteps, type OpenQuery } from '../../../governance/task-cards/open-steps.ts';
import { log } from '../../../log.ts';
import { updateModal } from '../../answers.ts';
import { openTasksView } from '../../blocks/tasks/all-tasks.ts';
import { inboxView } from '../../blocks/tasks/inbox.ts';
import { detailsView } from '../../blocks/tasks/task-details.ts';
import { slackErrorCode } from '../../clients.ts';
import { ids } from '../../ids.ts';
import { idForm } from '../../state/records.ts';
import { inboxPlaceForm, openQueryForm, type TaskList } from '../../state/tasks.ts';

const openOnPage = 15;

/** Draws a page of the list of all open tasks. */
export async function openTasksPage(ctx: ActorCtx, query: OpenQuery) {
  return openTasksView(await listOpenSteps(ctx, query, openOnPage));
}

/** Reads which list of tasks a window shows; undefined for a card, Home or another window. */
export function readTaskList(view: ViewOutput | undefined): TaskList | undefined {
  if (view?.callback_id === ids.inboxList) {
    return { list: 'inbox', place: inboxPlaceForm.decode(view.private_metadata) };
  }
  if (view?.callback_id === ids.taskDetails) {
    return { list: 'details', taskId: idForm.decode(view.private_metadata) };
  }
  if (view?.callback_id !== ids.openTurn) return undefined;
  return { list: 'open', query: openQueryForm.decode(view.private_metadata) };
}

async function drawTaskList(ctx: ActorCtx, list: TaskList): Promise<ModalView> {
  if (list.list === 'inbox') return inboxView(await loadInbox(ctx, list.place));
  if (list.list === 'open') return openTasksPage(ctx, list.query);
  const { fill } = await readDetails(ctx, list.taskId);
  return detailsView(await fill());
}

/** Draws a list in a modal again after a decision. A failure here must not make the decision look failed. */
export async function redrawTaskList(
  ctx: ActorCtx,
  client: WebClient,
  { viewId, list }: { viewId: string | null | undefined; list: TaskList | undefined },
): Promise<void> {
  if (!viewId || !list) return;
  try {
    await updateModal(client, viewId, await drawTaskList(ctx, list));
  } catch (error) {
    log.info('a list of tasks could not be redrawn', { error: slackErrorCode(error) ?? error });
  }
}
