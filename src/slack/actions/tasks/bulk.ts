import type { ViewOutput } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import { decideMany, maxBulkTasks } from '../../../governance/decisions/bulk-decide.ts';
import { listSelectableTasks } from '../../../governance/task-cards/inbox.ts';
import { updateModal } from '../../answers.ts';
import { bulkResultView, bulkSelectionView, tasksOnPage } from '../../blocks/tasks/bulk.ts';
import { readTickedPage, readTypedText, requireChoice } from '../../form.ts';
import type { Click, Submission } from '../../listen.ts';
import { pageButton } from '../../state/records.ts';
import {
  bulkButton,
  decisionOption,
  type Selection,
  selectionForm,
  stepOption,
} from '../../state/tasks.ts';
import { openOnTop, requireWindow } from '../../windows.ts';
import { redrawTaskList } from './task-lists.ts';

export async function openBulkForm(click: Click): Promise<void> {
  const kind = bulkButton.decode(click.value);
  await openOnTop(click, () => drawSelection(click.ctx, { kind, page: 0, round: 0, chosen: [] }));
}

export async function turnBulkPage(click: Click): Promise<void> {
  const page = pageButton.decode(click.value);
  await redrawSelection(click, async (selection) => ({ ...selection, page }));
}

export async function selectAllTasks(click: Click): Promise<void> {
  await redrawSelection(click, async (selection) => {
    const { tasks } = await listSelectableTasks(click.ctx, selection.kind, 0, maxBulkTasks);
    return { ...selection, round: selection.round + 1, chosen: tasks };
  });
}

export async function selectNoTask(click: Click): Promise<void> {
  await redrawSelection(click, async (selection) => ({
    ...selection,
    round: selection.round + 1,
    chosen: [],
  }));
}

export async function submitBulkDecision({ ctx, client, view }: Submission) {
  const selection = readSelection(view);
  if (selection.chosen.length === 0) {
    return drawSelection(ctx, selection, 'Select at least one task.');
  }
  const { values } = view.state;
  const outcome = await decideMany(ctx, {
    steps: selection.chosen,
    positive: requireChoice(values, 'decision', decisionOption) === 'yes',
    comment: readTypedText(values, 'comment'),
  });
  const place = { tab: selection.kind, page: 0 };
  await redrawTaskList(ctx, client, {
    viewId: view.previous_view_id,
    list: { list: 'inbox', place },
  });
  return bulkResultView(outcome);
}

async function redrawSelection(
  click: Click,
  change: (selection: Selection) => Promise<Selection>,
): Promise<void> {
  const window = requireWindow(click);
  const changed = await change(readSelection(window));
  await updateModal(click.client, window.id, await drawSelection(click.ctx, changed));
}

async function drawSelection(ctx: ActorCtx, selection: Selection, problem?: string) {
  const choices = await listSelectableTasks(ctx, selection.kind, selection.page, tasksOnPage);
  return bulkSelectionView(choices, { ...selection, page: choices.page }, problem);
}

/** Reads the selection: the modal carries the ticks of other pages, and the boxes have those of the shown page. */
function readSelection(view: ViewOutput): Selection {
  const selection = selectionForm.decode(view.private_metadata);
  const { shown, ticked } = readTickedPage(view, stepOption);
  const shownIds = new Set(shown.map(({ stepId }) => stepId));
  const elsewhere = selection.chosen.filter(({ stepId }) => !shownIds.has(stepId));
  return { ...selection, chosen: [...elsewhere, ...ticked] };
}
