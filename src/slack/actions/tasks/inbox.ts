import type { App } from '@slack/bolt';
import { turnHome } from '../../../governance/messages/home.ts';
import { loadInbox } from '../../../governance/task-cards/inbox.ts';
import { openModal, updateModal } from '../../answers.ts';
import { homeView } from '../../blocks/people/home.ts';
import { inboxView } from '../../blocks/tasks/inbox.ts';
import { ids } from '../../ids.ts';
import { assertView } from '../../limits.ts';
import { type Click, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { inboxPlaceButton, openQueryButton } from '../../state/tasks.ts';
import { openOnTop } from '../../windows.ts';
import {
  openBulkForm,
  selectAllTasks,
  selectNoTask,
  submitBulkDecision,
  turnBulkPage,
} from './bulk.ts';
import { openTasksPage } from './task-lists.ts';

/** Registers the lists of tasks: tabs, pages, and decisions about several tasks at once. */
export function listenToInbox(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.inboxTurn, turnInbox);
  onAction(app, deps, ids.openTurn, turnOpenTasks);
  onAction(app, deps, ids.bulkOpen, openBulkForm);
  onAction(app, deps, ids.bulkTurn, turnBulkPage);
  onAction(app, deps, ids.bulkAll, selectAllTasks);
  onAction(app, deps, ids.bulkNone, selectNoTask);
  onSubmit(app, deps, { id: ids.bulkDecide, field: 'comment', handle: submitBulkDecision });
}

/** Home and the modal show the page in place. A message opens the modal. */
async function turnInbox(click: Click): Promise<void> {
  const { ctx, client, userId, view } = click;
  const place = inboxPlaceButton.decode(click.value);
  if (view?.type === 'home') {
    const home = homeView(await turnHome(ctx, place));
    assertView(home);
    await client.views.publish({ user_id: userId, view: home });
    return;
  }
  const draw = async () => inboxView(await loadInbox(ctx, place));
  if (view?.callback_id === ids.inboxList) await updateModal(client, view.id, await draw());
  else await openOnTop(click, draw);
}

async function turnOpenTasks({ ctx, client, value, triggerId, view }: Click): Promise<void> {
  const query = openQueryButton.decode(value);
  const draw = () => openTasksPage(ctx, query);
  if (view?.callback_id === ids.openTurn) await updateModal(client, view.id, await draw());
  else await openModal({ client, triggerId }, draw);
}
