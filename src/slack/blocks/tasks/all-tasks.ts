import type { KnownBlock, ModalView } from '@slack/web-api';
import { stepKinds, stepWords } from '../../../governance/policies/step-kinds.ts';
import type { OpenStep, OpenSteps } from '../../../governance/task-cards/open-steps.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { checkMessage } from '../../limits.ts';
import {
  interventionKinds,
  interventionOption,
  openQueryButton,
  openQueryForm,
  stepButton,
} from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeName,
  escapeSentence,
  formatTime,
  option,
  plainText,
  section,
  toMessageText,
} from '../kit/elements.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { detailsButton, type SlackMessage } from './task.ts';
import { interventionLabels } from './task-forms.ts';

/** All open tasks for a Super Admin in a message: a summary, the first tasks, and a button for the rest. */
export function openTasksMessage(open: OpenSteps): SlackMessage {
  const message = {
    text: toMessageText(titleOf(open)),
    blocks: [
      section(bold(titleOf(open))),
      ...(open.total > 0 ? [context(summaryOf(open))] : []),
      ...open.rows.flatMap(openStepBlocks),
      ...(open.total > open.rows.length
        ? [
            actions('open.all', [
              button(
                `Show all ${open.total}`,
                ids.openTurn,
                openQueryButton.encode({ ...queryOf(open), page: 0 }),
              ),
            ]),
          ]
        : []),
    ],
  };
  if (open.rows.length < 2 || checkMessage(message).length === 0) return message;
  return openTasksMessage({ ...open, rows: open.rows.slice(0, -1) });
}

/** The same list in a modal, page by page. */
export function openTasksView(open: OpenSteps): ModalView {
  const { pages } = open;
  const query = queryOf(open);
  const { page } = query;
  return {
    type: 'modal',
    callback_id: ids.openTurn,
    private_metadata: openQueryForm.encode(query),
    title: plainText('Open tasks', 24),
    close: plainText('Close', 24),
    blocks: [
      section(bold(titleOf(open))),
      ...(open.total > 0 ? [context(summaryOf(open))] : []),
      ...open.rows.flatMap(openStepBlocks),
      ...(pages > 1 ? [context(`Page ${page + 1} of ${pages}`)] : []),
      ...pagingBlocks(ids.openTurn, { page, pages }, (to) =>
        openQueryButton.encode({ ...query, page: to }),
      ),
    ],
  };
}

/** "42 open tasks of Kim Lee (requests), oldest first" */
function titleOf({ total, person, query: { kind, order } }: OpenSteps): string {
  const filter = [
    person ? ` of ${person}` : '',
    kind ? ` (${stepWords[kind].inbox.toLowerCase()})` : '',
  ].join('');
  if (total === 0) return `No open tasks${filter}`;
  return `${formatCount(total, 'open task')}${filter}, ${order} first`;
}

/** The number of tasks of each kind, the age of the oldest, and the busiest assignee. */
function summaryOf({ counts, oldest, busiest, person }: OpenSteps): string {
  const kinds = stepKinds.flatMap((kind) => {
    const row = counts.find((one) => one.kind === kind);
    return row ? [`${stepWords[kind].inbox} *${row.count}*`] : [];
  });
  return [
    ...kinds,
    ...(oldest ? [`oldest waiting since ${formatTime(oldest)}`] : []),
    ...(busiest && !person
      ? [`most assigned to ${escapeName(busiest.name)} (${busiest.count})`]
      : []),
  ].join(' · ');
}

function openStepBlocks({ taskId, ref, title, state, since }: OpenStep): KnownBlock[] {
  return [
    section(
      `${bold(title)}  #${taskId}\n${escapeSentence(state)}${since ? ` since ${formatTime(since)}` : ''}`,
    ),
    actions(`open.${ref.stepId}`, [
      detailsButton({ taskId, title }),
      button('Reassign to…', ids.taskReassignOpen, stepButton.encode(ref), {
        label: `Reassign: ${title}`,
      }),
      {
        type: 'overflow',
        action_id: ids.taskIntervene,
        options: interventionKinds.map((intervention) =>
          option(
            interventionLabels[intervention],
            interventionOption.encode({ intervention, ...ref }),
          ),
        ),
      },
    ]),
  ];
}

/** The query with every filter, which buttons and the modal carry. */
function queryOf({ query: { kind, personId, order, page } }: OpenSteps) {
  return { kind, personId, order, page };
}
