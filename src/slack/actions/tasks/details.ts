import type { App } from '@slack/bolt';
import { commentOnTask, listTaskComments } from '../../../governance/decisions/comments.ts';
import { readDetails } from '../../../governance/task-cards/details.ts';
import { openModal, updateModal } from '../../answers.ts';
import { commentsView } from '../../blocks/tasks/comments.ts';
import { detailsView } from '../../blocks/tasks/task-details.ts';
import { commentView } from '../../blocks/tasks/task-forms.ts';
import { carried, ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** Details of a task, and comments on it. */
export function listenToDetails(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.taskDetails, async ({ ctx, client, value, triggerId, view }) => {
    const reading = readDetails(ctx, Number(value));
    await openModal(
      client,
      triggerId,
      async () => detailsView(await (await reading).fill()),
      view?.type === 'modal',
      async () => detailsView((await reading).known),
    );
  });

  onAction(app, deps, ids.taskCommentOpen, async ({ client, value, triggerId, view, actionId }) => {
    const place = carried(actionId) === 'details' ? 'details' : 'card';
    const form = commentView(Number(value), place);
    await openModal(client, triggerId, async () => form, view?.type === 'modal');
  });

  onAction(
    app,
    deps,
    ids.taskComments,
    async ({ ctx, client, value, triggerId, view, actionId }) => {
      if (carried(actionId) === 'all') {
        const taskId = Number(value);
        const draw = async () => commentsView(taskId, await listTaskComments(ctx, taskId));
        return openModal(client, triggerId, draw, view?.type === 'modal');
      }
      const taskId = Number(view?.private_metadata);
      const comments = await listTaskComments(ctx, taskId);
      await updateModal(client, view?.id, commentsView(taskId, comments, Number(value)));
    },
  );

  onSubmit(app, deps, ids.taskComment, 'comment', async ({ ctx, client, view }) => {
    const [taskId, place] = view.private_metadata.split('.');
    const body = fieldOf(view.state.values, 'comment')?.value ?? '';
    await commentOnTask(ctx, { taskId: Number(taskId), body });
    if (place === 'details' && view.previous_view_id) {
      const { fill } = await readDetails(ctx, Number(taskId));
      await updateModal(client, view.previous_view_id, detailsView(await fill()));
    }
    return 'close';
  });
}
