import type { KnownBlock, ModalView } from '@slack/web-api';
import { type BulkOutcome, maxBulkTasks } from '../../../governance/decisions/bulk-decide.ts';
import { stepWords } from '../../../governance/policies/step-kinds.ts';
import type { BriefTask } from '../../../governance/task-cards/inbox.ts';
import type { StepRef } from '../../../governance/tasks/step-ref.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import {
  actions,
  bold,
  button,
  context,
  option,
  plainText,
  say,
  section,
  sections,
} from '../kit/elements.ts';

/** Tasks on one page: checkboxes take ten options. */
export const choicesOnPage = 50;
const groupSize = 10;
/** Lines of a result; the rest are counted. */
const shownLines = 60;

/** What has been ticked so far, over all pages. */
export interface Selection {
  kind: keyof typeof stepWords;
  page: number;
  chosen: StepRef[];
  /** Grows whenever ticks are set for the person: Slack keeps what was ticked under the same block id. */
  round: number;
}

/** Many tasks of one kind with a tick for each, one action and one comment. */
export function selectView(
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
      blocks: [section(`${bold(words.inbox)}: nothing waits for you here.`)],
    };
  }
  const pages = Math.ceil(total / choicesOnPage);
  const shown = new Set(tasks.map(({ stepId }) => stepId));
  const elsewhere = chosen.filter(({ stepId }) => !shown.has(stepId)).length;
  const some = Math.min(total, maxBulkTasks);
  return {
    type: 'modal',
    callback_id: ids.bulkDecide,
    private_metadata: writeSelection(selection),
    title: plainText('Select several', 24),
    submit: plainText('Decide', 24),
    close: plainText('Back', 24),
    blocks: [
      ...(problem ? [section(bold(problem))] : []),
      section(
        `${bold(words.inbox)}: ${formatCount(total, 'task')}, the most urgent first${pages > 1 ? ` · page ${selection.page + 1} of ${pages}` : ''}`,
      ),
      actions('bulk.all', [
        button(
          some < total ? `Select the first ${some}` : `Select all ${total}`,
          `${ids.bulkTurn}.all`,
          'all',
        ),
        button('Select none', `${ids.bulkTurn}.none`, 'none'),
      ]),
      ...tickGroups(tasks, selection),
      ...(elsewhere > 0
        ? [context(`${formatCount(elsewhere, 'task')} on other pages selected, too`)]
        : []),
      ...pagesOf(selection.page, pages),
      {
        type: 'input',
        block_id: 'decision',
        label: plainText('For all that are selected', 75),
        element: {
          type: 'radio_buttons',
          action_id: 'decision',
          options: [option(words.yes.button, 'yes'), option(words.no.button, 'no')],
        },
      },
      {
        type: 'input',
        block_id: 'comment',
        optional: true,
        label: plainText('Comment', 75),
        hint: plainText(
          `It is posted on each of these tasks. “${words.no.button}” needs one: it is the reason that is told.`,
          150,
        ),
        element: {
          type: 'plain_text_input',
          action_id: 'comment',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}

function tickGroups(tasks: readonly BriefTask[], { page, round, chosen }: Selection): KnownBlock[] {
  const ticked = new Set(chosen.map(({ stepId }) => stepId));
  const groups: KnownBlock[] = [];
  for (let at = 0; at < tasks.length; at += groupSize) {
    const options = tasks.slice(at, at + groupSize).map((task) => ({
      ticked: ticked.has(task.stepId),
      option: option(titleOf(task), `${task.stepId}.${task.version}`, noteOf(task)),
    }));
    const initial = options.flatMap((one) => (one.ticked ? [one.option] : []));
    const first = page * choicesOnPage + at + 1;
    groups.push({
      type: 'input',
      block_id: `ticks.${page}.${at}.${round}`,
      optional: true,
      label: plainText(rangeWords(first, options.length), 75),
      element: {
        type: 'checkboxes',
        action_id: ids.bulkTick,
        options: options.map((one) => one.option),
        ...(initial.length > 0 ? { initial_options: initial } : {}),
      },
    });
  }
  return groups;
}

/** "Tasks 11 to 20" */
function rangeWords(first: number, length: number): string {
  return length === 1 ? `Task ${first}` : `Tasks ${first} to ${first + length - 1}`;
}

function titleOf({ person, app, entitlement, emergency }: BriefTask): string {
  return `${emergency ? 'Emergency: ' : ''}${person} · ${app} · ${entitlement}`;
}

function noteOf({ taskId, risk, since }: BriefTask): string {
  const day = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  const waits = since ? ` · since ${since.toLocaleDateString('en-GB', day)}` : '';
  return `#${taskId}${risk ? ` · ${risk} risk` : ''}${waits}`;
}

function pagesOf(page: number, pages: number): KnownBlock[] {
  const turn = (text: string, to: number) => button(text, `${ids.bulkTurn}.${to}`, String(to));
  const buttons = [
    ...(page > 0 ? [turn('Previous page', page - 1)] : []),
    ...(page < pages - 1 ? [turn('Next page', page + 1)] : []),
  ];
  return buttons.length > 0 ? [actions('bulk.pages', buttons)] : [];
}

/** What became of each task: the numbers of those that are done, a sentence for each of the others. */
export function bulkResultView({ done, not }: BulkOutcome): ModalView {
  const numbers = done.slice(0, shownLines).map((taskId) => `#${taskId}`);
  const more = done.length - numbers.length;
  const lines = not.slice(0, shownLines).map(({ taskId, sentence }) => {
    const isNamed = taskId === undefined || sentence.startsWith(`Task #${taskId} `);
    return `• ${isNamed ? '' : `#${taskId}: `}${say(sentence)}`;
  });
  const others = not.length - lines.length;
  return {
    type: 'modal',
    title: plainText('Decided', 24),
    close: plainText('Close', 24),
    blocks: [
      section(
        bold(not.length === 0 ? `${done.length} done` : `${done.length} done, ${not.length} not`),
      ),
      ...(done.length > 0
        ? [section(`Done: ${numbers.join(', ')}${more > 0 ? ` and ${more} more` : ''}`)]
        : []),
      ...(not.length > 0
        ? sections(['Not done:', ...lines, ...(others > 0 ? [`and ${others} more`] : [])])
        : []),
    ],
  };
}

/**
 * A selection as a modal keeps it, in the 3,000 characters there are: `approval.0.2;1:5k,3,z`. The steps are
 * grouped by version and each is written as its distance from the one before, which keeps 500 below 2,500.
 */
function writeSelection({ kind, page, round, chosen }: Selection): string {
  const versions = [...new Set(chosen.map(({ version }) => version))];
  const groups = versions.map((version) => {
    const steps = chosen.filter((ref) => ref.version === version).map(({ stepId }) => stepId);
    steps.sort((a, b) => a - b);
    const gaps = steps.map((stepId, at) => (stepId - (steps[at - 1] ?? 0)).toString(36));
    return `${version}:${gaps.join(',')}`;
  });
  return [[kind, page, round].join('.'), ...groups].join(';');
}

export function readSelection(metadata: string): Selection {
  const [head = '', ...groups] = metadata.split(';');
  const [kind, page, round] = head.split('.');
  const chosen = groups.flatMap((group) => {
    const [version, gaps = ''] = group.split(':');
    let stepId = 0;
    return gaps.split(',').map((gap) => {
      stepId += Number.parseInt(gap, 36);
      return { stepId, version: Number(version) };
    });
  });
  return { kind: kind as Selection['kind'], page: Number(page), round: Number(round), chosen };
}
