import type { KnownBlock, ModalView } from '@slack/web-api';
import { type BulkOutcome, maxBulkTasks } from '../../../governance/decisions/bulk-decide.ts';
import { stepWords } from '../../../governance/policies/step-kinds.ts';
import type { BriefTask } from '../../../governance/task-cards/inbox.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { decisionOption, type Selection, selectionForm, stepOption } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  option,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import { inputBlock } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { tickGroups } from '../kit/ticks.ts';

export const tasksOnPage = 50;
/** A result lists this many tasks and counts the rest. */
const maxLines = 60;

/** Tasks of one kind to select, with one decision and one comment for all of them. */
export function bulkSelectionView(
  { total, tasks }: { total: number; tasks: readonly BriefTask[] },
  selection: Selection,
  problem?: string,
): ModalView {
  const { kind, chosen } = selection;
  const words = stepWords[kind];
  if (total === 0) {
    return {
      type: 'modal',
      title: plainText('Select several', 24),
      close: plainText('Close', 24),
      blocks: [section(`${bold(words.inbox)}: no open tasks`)],
    };
  }
  const pages = Math.ceil(total / tasksOnPage);
  const shown = new Set(tasks.map(({ stepId }) => stepId));
  const elsewhere = chosen.filter(({ stepId }) => !shown.has(stepId)).length;
  const some = Math.min(total, maxBulkTasks);
  return {
    type: 'modal',
    callback_id: ids.bulkDecide,
    private_metadata: selectionForm.encode(selection),
    title: plainText('Select several', 24),
    submit: plainText('Decide', 24),
    close: plainText('Cancel', 24),
    blocks: [
      ...(problem ? [section(bold(problem))] : []),
      section(
        `${bold(words.inbox)}: ${formatCount(total, 'task')}, most urgent first${pages > 1 ? ` · page ${selection.page + 1} of ${pages}` : ''}`,
      ),
      actions('bulk.all', [
        button(
          some < total ? `Select the first ${some}` : `Select all ${total}`,
          ids.bulkAll,
          'all',
        ),
        button('Select none', ids.bulkNone, 'none'),
      ]),
      ...taskBoxes(tasks, selection),
      ...(elsewhere > 0
        ? [context(`${formatCount(elsewhere, 'task')} selected on other pages`)]
        : []),
      ...pagingBlocks(ids.bulkTurn, { page: selection.page, pages }),
      ...decisionFields(words),
    ],
  };
}

/** The decision and the comment for all selected tasks. */
function decisionFields({ yes, no }: (typeof stepWords)[Selection['kind']]): KnownBlock[] {
  return [
    inputBlock('decision', 'Decision', {
      type: 'radio_buttons',
      action_id: 'decision',
      options: [
        option(yes.button, decisionOption.encode('yes')),
        option(no.button, decisionOption.encode('no')),
      ],
    }),
    inputBlock(
      'comment',
      'Comment',
      {
        type: 'plain_text_input',
        action_id: 'comment',
        multiline: true,
        max_length: 1_000,
      },
      {
        hint: `Posted on each task. Required for “${no.button}”: the requester sees it as your reason.`,
        optional: true,
      },
    ),
  ];
}

function taskBoxes(tasks: readonly BriefTask[], { page, round, chosen }: Selection): KnownBlock[] {
  const chosenIds = new Set(chosen.map(({ stepId }) => stepId));
  const rows = tasks.map((task) => ({
    option: option(titleOf(task), stepOption.encode(task), noteOf(task)),
    isTicked: chosenIds.has(task.stepId),
  }));
  return tickGroups(rows, {
    actionId: ids.bulkTick,
    mark: (at) => `${page}.${at}.${round}`,
    labelOf: (at, length) => formatRange(page * tasksOnPage + at + 1, length),
  });
}

/** "Tasks 11 to 20" */
function formatRange(first: number, length: number): string {
  return length === 1 ? `Task ${first}` : `Tasks ${first} to ${first + length - 1}`;
}

function titleOf({ person, app, entitlement, emergency }: BriefTask): string {
  return `${emergency ? 'Emergency: ' : ''}${person} · ${app} · ${entitlement}`;
}

function noteOf({ taskId, risk, since }: BriefTask): string {
  const waits = since ? ` · since ${since}` : '';
  return `#${taskId}${risk ? ` · ${risk} risk` : ''}${waits}`;
}

/** The result for each task: the numbers of decided tasks, and a sentence for each of the others. */
export function bulkResultView({ done, refused }: BulkOutcome): ModalView {
  const numbers = done.slice(0, maxLines).map((taskId) => `#${taskId}`);
  const more = done.length - numbers.length;
  const lines = refused.slice(0, maxLines).map(({ taskId, sentence }) => {
    return `• ${taskId === undefined ? '' : `#${taskId}: `}${escapeText(sentence)}`;
  });
  const others = refused.length - lines.length;
  return {
    type: 'modal',
    title: plainText('Decided', 24),
    close: plainText('Close', 24),
    blocks: [
      section(
        bold(
          refused.length === 0
            ? `${done.length} done`
            : `${done.length} done, ${refused.length} not done`,
        ),
      ),
      ...(done.length > 0
        ? [section(`Done: ${numbers.join(', ')}${more > 0 ? ` and ${more} more` : ''}`)]
        : []),
      ...(refused.length > 0
        ? sections(['Not done:', ...lines, ...(others > 0 ? [`and ${others} more`] : [])])
        : []),
    ],
  };
}
