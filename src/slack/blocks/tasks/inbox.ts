import type { Button, KnownBlock, ModalView } from '@slack/web-api';
import { stepKinds } from '../../../governance/policies/step-kinds.ts';
import {
  type DoneTask,
  type Inbox,
  type InboxPlace,
  stepKindOfTab,
  tabs,
  tabWords,
  type WaitingTask,
} from '../../../governance/task-cards/inbox.ts';
import type { TaskCard } from '../../../governance/task-cards/step-card.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { checkMessage } from '../../limits.ts';
import { answerRow, bulkButton, inboxPlaceButton, inboxPlaceForm } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeName,
  escapeText,
  formatTime,
  plainText,
  section,
} from '../kit/elements.ts';
import { pagingButtons } from '../kit/paging.ts';
import {
  decisionLine,
  detailsButton,
  marksLine,
  type SlackMessage,
  taskButtons,
  titleLine,
} from './task.ts';

/** "12 open tasks" */
export function inboxTitle({ counts }: Inbox): string {
  const total = stepKinds.reduce((sum, kind) => sum + counts[kind], 0);
  return total === 0 ? 'There are no open tasks' : formatCount(total, 'open task');
}

/** The lists as buttons with counts, and a page of the chosen list. Home and the modal show the same. */
export function inboxBlocks(inbox: Inbox): KnownBlock[] {
  const { place, pages } = inbox;
  const { tab, page } = place;
  const toValue = (to: number) => inboxPlaceButton.encode({ tab, page: to });
  const turn = [...pagingButtons(ids.inboxTurn, { page, pages }, toValue), ...selectButton(inbox)];
  return [
    actions(
      'inbox.tabs',
      shownTabs(inbox).map((tab) => tabButton(inbox, tab)),
    ),
    context(`${describeList(inbox)}${pages > 1 ? ` · page ${place.page + 1} of ${pages}` : ''}`),
    ...rowsOf(inbox),
    ...(turn.length > 0 ? [actions('inbox.pages', turn)] : []),
  ];
}

/** The inbox in a modal. The modal carries its list and page. */
export function inboxView(inbox: Inbox): ModalView {
  return {
    type: 'modal',
    callback_id: ids.inboxList,
    private_metadata: inboxPlaceForm.encode(inbox.place),
    title: plainText('My tasks', 24),
    close: plainText('Close', 24),
    blocks: [section(bold(inboxTitle(inbox))), ...inboxBlocks(inbox)],
  };
}

/** As many tasks of one list as a message holds, with the counts of all lists and a button for the rest. */
export function tasksMessage(inbox: Inbox): SlackMessage {
  const { counts, place } = inbox;
  const title = inboxTitle(inbox);
  const shown = inbox.waiting.length + inbox.done.length;
  const all = shownTabs(inbox).map((tab) => `${tabWords[tab]} ${counts[tab]}`);
  const more = counts[place.tab] > shown ? ` · ${shown} of ${counts[place.tab]} shown` : '';
  const message = {
    text: `${title}. ${all.join(', ')}.`,
    blocks: [
      section(bold(title)),
      context(all.join('  ·  ')),
      context(`${describeList(inbox)}${more}`),
      ...rowsOf(inbox, place.tab),
      actions('inbox.pages', [
        ...selectButton(inbox),
        button(
          `Show all ${tabWords[place.tab].toLowerCase()}`,
          `${ids.inboxTurn}.all`,
          inboxPlaceButton.encode({ ...place, page: 0 }),
        ),
      ]),
    ],
  };
  if (shown < 2 || checkMessage(message).length === 0) return message;
  return tasksMessage({
    ...inbox,
    waiting: inbox.waiting.slice(0, -1),
    done: inbox.done.slice(0, -1),
  });
}

/** The lists with tasks, the chosen one, and the completed tasks. Nothing assigns reviews yet. */
function shownTabs({ counts, place }: Inbox): InboxPlace['tab'][] {
  return tabs.filter((tab) => {
    if (tab === 'completed') return true;
    return (tab === place.tab || tab !== 'reviews') && counts[tab] > 0;
  });
}

/** Style and label show the chosen list. */
function tabButton({ counts, place }: Inbox, tab: InboxPlace['tab']): Button {
  const isShown = tab === place.tab;
  const words = `${tabWords[tab]} ${counts[tab]}`;
  const value = inboxPlaceButton.encode({ tab, page: 0 });
  return button(words, `${ids.inboxTurn}.${tab}`, value, {
    label: isShown ? `${words}, shown below` : `Show ${words}`,
    ...(isShown ? { style: 'primary' as const } : {}),
  });
}

function selectButton({ counts, place: { tab } }: Inbox): Button[] {
  const kind = stepKindOfTab(tab);
  if (!kind || counts[tab] < 2) return [];
  return [button('Select several', `${ids.bulkOpen}.${kind}`, bulkButton.encode(kind))];
}

function describeList({ counts, place: { tab } }: Inbox): string {
  const name = bold(tabWords[tab]);
  if (tab === 'reviews') {
    return `${name}: there are no access reviews yet. Reviews assigned to you appear here.`;
  }
  if (tab === 'completed') {
    return counts.completed === 0
      ? `${name}: you have no decisions yet`
      : `${name}: your decisions, newest first`;
  }
  return counts[tab] === 0 ? `${name}: no open tasks` : `${name}: most urgent first`;
}

/** @param answerTab the list of an answer to a command, whose buttons name it */
function rowsOf({ waiting, done }: Inbox, answerTab?: InboxPlace['tab']): KnownBlock[] {
  return [...waiting.flatMap((one) => waitingRow(one, answerTab)), ...done.map(doneRow)];
}

/** One task in a message about several. */
export function taskRow(card: TaskCard): KnownBlock[] {
  const ended = card.choice || card.canCancel ? [] : card.records.slice(-1);
  const row = waitingRow({ card, since: null, isLate: false, mailedAt: undefined });
  return ended.length > 0 ? [...row, context(ended.map(decisionLine).join('\n'))] : row;
}

/** A task in two blocks: title, number and one line of evidence; and the buttons. */
function waitingRow(
  { card, since, isLate, mailedAt }: WaitingTask,
  answerTab?: InboxPlace['tab'],
): KnownBlock[] {
  const fact = (label: string) => card.facts.find(([one]) => one === label)?.[1];
  const evidence = [
    fact('Peers') ?? fact('Account'),
    // The last note tells the state of a task that the reader has decided or requested.
    ...(card.choice ? [] : card.notes.slice(-1)),
  ].flatMap((words) => (words ? [escapeText(words)] : []));
  const reason = card.quote ? [`“${escapeName(card.quote)}”`] : [];
  const waits = since
    ? [`${isLate ? '*Overdue*: waiting' : 'Waiting'} since ${formatTime(since)}`]
    : [];
  const mailed = mailedAt ? [`e-mailed to you ${formatTime(mailedAt)}`] : [];
  const marks = marksLine(card);
  const line = [...(marks ? [marks] : []), ...reason, ...evidence, ...waits, ...mailed].join(' · ');
  const row = section(
    [`${titleLine(card)}  ${escapeText(card.number)}`, line].filter(Boolean).join('\n'),
  );
  const hasButtons = card.choice !== undefined || card.canCancel;
  const blockId =
    answerTab && card.choice
      ? answerRow.encode({ of: 'inbox', tab: answerTab, id: card.choice.stepId })
      : undefined;
  return hasButtons
    ? [row, taskButtons(card, blockId)]
    : [{ ...row, accessory: detailsButton(card) }];
}

function doneRow(task: DoneTask): KnownBlock {
  const { title, number, record, state } = task;
  const lines = [
    `${bold(title)}  ${escapeText(number)}`,
    decisionLine(record),
    ...(state ? [`Now: ${escapeText(state)}`] : []),
  ];
  return { ...section(lines.join('\n')), accessory: detailsButton(task) };
}
