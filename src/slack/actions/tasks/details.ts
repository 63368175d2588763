import type { App } from '@slack/bolt';
import { commentOnTask, listTaskComments } from '../../../governance/decisions/comments.ts';
import { readDetails } from '../../../governance/task-cards/details.ts';
import { openModal, updateModal } from '../../answers.ts';
import { commentsView } from '../../blocks/tasks/comments.ts';
import { detailsView } from '../../blocks/tasks/task-details.ts';
import { commentView } from '../../blocks/tasks/task-forms.ts';
import { readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, idForm, pageButton } from '../../state/records.ts';
import { commentForm } from '../../state/tasks.ts';
import { openOnTop } from '../../windows.ts';
import { readTaskList, redrawTaskList } from './task-lists.ts';

/** Registers the details of a task and its comments. */
export function listenToDetails(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.taskDetails, showDetails);
  onAction(app, deps, ids.taskCommentOpen, openCommentForm);
  onAction(app, deps, ids.taskComments, showComments);
  onAction(app, deps, ids.taskCommentsPage, turnComments);
  onSubmit(app, deps, { id: ids.taskComment, field: 'comment', handle: submitComment });
}

/** The facts show first, since the evidence takes longer to read. */
async function showDetails({ ctx, client, value, triggerId, view }: Click): Promise<void> {
  const reading = readDetails(ctx, idButton.decode(value));
  await openModal({ client, triggerId }, async () => detailsView(await (await reading).fill()), {
    isOnTop: view?.type === 'modal',
    prepareFirst: async () => detailsView((await reading).known),
  });
}

async function openCommentForm(click: Click): Promise<void> {
  const taskId = idButton.decode(click.value);
  const below = readTaskList(click);
  await openOnTop(click, async () => commentView(taskId, below));
}

async function showComments(click: Click): Promise<void> {
  const taskId = idButton.decode(click.value);
  await openOnTop(click, async () =>
    commentsView(taskId, await listTaskComments(click.ctx, taskId)),
  );
}

async function turnComments({ ctx, client, value, view }: Click): Promise<void> {
  const taskId = idForm.decode(view?.private_metadata);
  const page = pageButton.decode(value);
  const comments = await listTaskComments(ctx, taskId);
  await updateModal(client, view?.id, commentsView(taskId, comments, page));
}

async function submitComment({ ctx, client, view }: Submission) {
  const { taskId, below } = commentForm.decode(view.private_metadata);
  await commentOnTask(ctx, { taskId, body: readTypedText(view.state.values, 'comment') });
  await redrawTaskList(ctx, client, { viewId: view.previous_view_id, list: below });
  return 'close' as const;
}
