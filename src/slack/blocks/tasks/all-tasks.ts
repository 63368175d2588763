import type { KnownBlock, ModalView } from '@slack/web-api';
import { stepKinds, stepWords } from '../../../governance/policies/step-kinds.ts';
import type { OpenQuery, OpenStep, OpenSteps } from '../../../governance/task-cards/open-steps.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { checkMessage } from '../../limits.ts';
import {
  actions,
  bold,
  button,
  context,
  option,
  plainText,
  sayFirst,
  section,
  shortly,
  spoken,
  when,
} from '../kit/elements.ts';
import { detailsButton, type SlackMessage } from './task.ts';
import { interventions } from './task-forms.ts';

/** Open tasks for a Super Admin in a message: a summary, the first of them, and the way to the rest. */
export function openTasksMessage(open: OpenSteps): SlackMessage {
  const message = {
    text: spoken(titleOf(open)),
    blocks: [
      section(bold(titleOf(open))),
      ...(open.total > 0 ? [context(summaryOf(open))] : []),
      ...open.rows.flatMap(openRow),
      ...(open.total > open.rows.length
        ? [
            actions('open.all', [
              button(
                `Show all ${open.total}`,
                ids.openTurn,
                queryValue({ ...open.query, page: 0 }),
              ),
            ]),
          ]
        : []),
    ],
  };
  if (open.rows.length < 2 || checkMessage(message).length === 0) return message;
  return openTasksMessage({ ...open, rows: open.rows.slice(0, -1) });
}

/** The same in a modal, a page at a time. */
export function openTasksView(open: OpenSteps): ModalView {
  const { query, pages } = open;
  const turn = (text: string, page: number) =>
    button(text, `${ids.openTurn}.${page}`, queryValue({ ...query, page }));
  const buttons = [
    ...(query.page > 0 ? [turn('Previous page', query.page - 1)] : []),
    ...(query.page < pages - 1 ? [turn('Next page', query.page + 1)] : []),
  ];
  return {
    type: 'modal',
    callback_id: ids.openTurn,
    private_metadata: queryValue(query),
    title: plainText('Open tasks', 24),
    close: plainText('Close', 24),
    blocks: [
      section(bold(titleOf(open))),
      ...(open.total > 0 ? [context(summaryOf(open))] : []),
      ...open.rows.flatMap(openRow),
      ...(pages > 1
        ? [context(`Page ${query.page + 1} of ${pages}`), actions('open.pages', buttons)]
        : []),
    ],
  };
}

/** "42 tasks are open with Kim Lee, the oldest first" */
function titleOf({ total, person, query: { kind, order } }: OpenSteps): string {
  const whose = person ? ` with ${person}` : '';
  const where = kind ? ` (${stepWords[kind].inbox.toLowerCase()})` : '';
  if (total === 0) return `No task is open${whose}${where}`;
  return `${formatCount(total, 'task')} ${total === 1 ? 'is' : 'are'} open${whose}${where}, the ${order} first`;
}

/** How many of each kind, since when the oldest waits, and who has most. */
function summaryOf({ counts, oldest, busiest, person }: OpenSteps): string {
  const kinds = stepKinds.flatMap((kind) => {
    const row = counts.find((one) => one.kind === kind);
    return row ? [`${stepWords[kind].inbox} *${row.count}*`] : [];
  });
  return [
    ...kinds,
    ...(oldest ? [`the oldest waits since ${when(oldest)}`] : []),
    ...(busiest && !person ? [`most are with ${shortly(busiest.name)} (${busiest.count})`] : []),
  ].join(' · ');
}

function openRow({ taskId, ref, title, state, since }: OpenStep): KnownBlock[] {
  const step = `${ref.stepId}.${ref.version}`;
  return [
    section(
      `${bold(title)}  #${taskId}\n${sayFirst(state)}${since ? ` since ${when(since)}` : ''}`,
    ),
    actions(`open.${ref.stepId}`, [
      detailsButton({ taskId, title }),
      button('Reassign to…', ids.taskReassignOpen, step, { label: `Reassign: ${title}` }),
      {
        type: 'overflow',
        action_id: ids.taskIntervene,
        options: Object.entries(interventions).map(([what, words]) =>
          option(words, `${what}.${step}`),
        ),
      },
    ]),
  ];
}

/** `provision.12.oldest.2`, as buttons and the modal carry it; `all` and 0 stand for no filter. */
function queryValue({ kind, personId, order, page }: OpenQuery): string {
  return [kind ?? 'all', personId ?? 0, order, page].join('.');
}

export function readQuery(value: string): OpenQuery {
  const [kind, personId, order, page] = value.split('.');
  return {
    kind: stepKinds.find((one) => one === kind),
    personId: Number(personId) || undefined,
    order: order === 'newest' ? 'newest' : 'oldest',
    page: Number(page) || 0,
  };
}
