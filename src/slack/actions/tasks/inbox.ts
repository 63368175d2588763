import type { App, ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import { decideMany, maxBulkTasks } from '../../../governance/decisions/bulk-decide.ts';
import { turnHome } from '../../../governance/messages/home.ts';
import {
  type InboxPlace,
  listChoices,
  loadInbox,
  stepKindOfTab,
  tabs,
} from '../../../governance/task-cards/inbox.ts';
import { listOpenSteps } from '../../../governance/task-cards/open-steps.ts';
import { log } from '../../../log.ts';
import { openModal, updateModal } from '../../answers.ts';
import { homeView } from '../../blocks/people/home.ts';
import { openTasksView, readQuery } from '../../blocks/tasks/all-tasks.ts';
import {
  bulkResultView,
  choicesOnPage,
  readSelection,
  type Selection,
  selectView,
} from '../../blocks/tasks/bulk.ts';
import { inboxView } from '../../blocks/tasks/inbox.ts';
import { slackErrorCode } from '../../clients.ts';
import { ids } from '../../ids.ts';
import { assertView } from '../../limits.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** Rows of the Super Admins' list on one page of its modal. */
const openOnPage = 15;

/** The lists of tasks: turning to a tab or page, and deciding about several at once. */
export function listenToInbox(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.inboxTurn, async ({ ctx, client, userId, value, triggerId, view }) => {
    const place = readPlace(value);
    if (view?.type === 'home') {
      const drawn = homeView(await turnHome(ctx, place));
      assertView(drawn);
      await client.views.publish({ user_id: userId, view: drawn });
      return;
    }
    const draw = async () => inboxView(await loadInbox(ctx, place));
    if (view?.callback_id === ids.inboxList) return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onAction(app, deps, ids.openTurn, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => openTasksView(await listOpenSteps(ctx, readQuery(value), openOnPage));
    if (view?.callback_id === ids.openTurn) return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw);
  });

  onAction(app, deps, ids.bulkOpen, async ({ ctx, client, value, triggerId, view }) => {
    const kind = stepKindOfTab(readPlace(value).tab) ?? 'approval';
    const selection = { kind, page: 0, round: 0, chosen: [] };
    await openModal(client, triggerId, () => drawSelection(ctx, selection), view?.type === 'modal');
  });

  onAction(app, deps, ids.bulkTurn, async ({ ctx, client, value, view }) => {
    if (!view) return;
    const selection = readTicks(view);
    const round = selection.round + 1;
    if (value === 'none') {
      return updateModal(
        client,
        view.id,
        await drawSelection(ctx, { ...selection, round, chosen: [] }),
      );
    }
    if (value === 'all') {
      const { tasks: chosen } = await listChoices(ctx, selection.kind, 0, maxBulkTasks);
      return updateModal(
        client,
        view.id,
        await drawSelection(ctx, { ...selection, round, chosen }),
      );
    }
    const page = Number(value);
    await updateModal(client, view.id, await drawSelection(ctx, { ...selection, page }));
  });

  onSubmit(app, deps, ids.bulkDecide, 'comment', async ({ ctx, client, view }) => {
    const selection = readTicks(view);
    if (selection.chosen.length === 0) {
      return drawSelection(ctx, selection, 'Select at least one task.');
    }
    const { values } = view.state;
    const outcome = await decideMany(ctx, {
      steps: selection.chosen,
      positive: fieldOf(values, 'decision')?.selected_option?.value === 'yes',
      comment: fieldOf(values, 'comment')?.value ?? undefined,
    });
    await redrawList(ctx, client, view.previous_view_id, `.${selection.kind}.0`);
    return bulkResultView(outcome);
  });
}

/** Where the list in this modal is, after a dot: forms that lie on it carry that, to draw it again. */
export function placeIn(view: ViewOutput | undefined): string {
  const isList = view?.callback_id === ids.inboxList || view?.callback_id === ids.openTurn;
  return isList ? `.${view.private_metadata}` : '';
}

/**
 * Draws a list in a modal again after a decision. `place` is what `placeIn` said; empty: there is none. A list that
 * cannot be drawn, since it has been closed, is no reason to call the decision a failure.
 */
export async function redrawList(
  ctx: ActorCtx,
  client: WebClient,
  viewId: string | null | undefined,
  place: string,
): Promise<void> {
  if (!viewId || place === '') return;
  const where = place.slice(1);
  try {
    const view =
      where.split('.').length === 2
        ? inboxView(await loadInbox(ctx, readPlace(where)))
        : openTasksView(await listOpenSteps(ctx, readQuery(where), openOnPage));
    await updateModal(client, viewId, view);
  } catch (error) {
    log.info('a list was not drawn again', { error: slackErrorCode(error) ?? error });
  }
}

async function drawSelection(ctx: ActorCtx, selection: Selection, problem?: string) {
  const choices = await listChoices(ctx, selection.kind, selection.page, choicesOnPage);
  return selectView(choices, { ...selection, page: choices.page }, problem);
}

/** `approval.2`; an unknown tab is the first. */
function readPlace(value: string): InboxPlace {
  const [tab, page] = value.split('.');
  return { tab: tabs.find((one) => one === tab) ?? tabs[0], page: Number(page) || 0 };
}

/** Those ticked on other pages are kept in the modal; of the page that is shown, what is ticked counts. */
function readTicks(view: ViewOutput): Selection {
  const selection = readSelection(view.private_metadata);
  const shown = new Set(
    view.blocks.flatMap((block) => {
      const element = 'element' in block ? block.element : undefined;
      return element?.type === 'checkboxes' && 'options' in element
        ? element.options.map((option) => Number.parseInt(option.value ?? '', 10))
        : [];
    }),
  );
  const ticked = Object.entries(view.state.values)
    .filter(([blockId]) => blockId.startsWith('ticks.'))
    .flatMap(([, fields]) => Object.values(fields))
    .flatMap((field) => field.selected_options ?? [])
    .map((option) => {
      const [stepId, version] = (option.value ?? '').split('.').map(Number);
      return { stepId: stepId ?? 0, version: version ?? 0 };
    });
  const elsewhere = selection.chosen.filter(({ stepId }) => !shown.has(stepId));
  return { ...selection, chosen: [...elsewhere, ...ticked] };
}
