import type { ActionsBlock, Button, KnownBlock, Overflow, SectionBlock } from '@slack/web-api';
import type { Line } from '../../../governance/task-cards/history-lines.ts';
import type { TaskCard } from '../../../governance/task-cards/step-card.ts';
import { ids } from '../../ids.ts';
import { clampText } from '../../limits.ts';
import { idButton } from '../../state/records.ts';
import { stepButton, taskMenuOption } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  formatTime,
  option,
  quoteLines,
  quoteText,
  section,
  toMessageText,
  withConfirmation,
} from '../kit/elements.ts';

export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

const maxFactLength = 300;
/** Lines of a reason on a card. Details show all of it. */
const maxReasonLines = 3;

/** A task as a message: kind, title and reason, evidence, buttons; after a decision, the record. */
export function taskMessage(card: TaskCard): SlackMessage {
  return { text: toMessageText(card.summary), blocks: taskBlocks(card) };
}

function taskBlocks(card: TaskCard): KnownBlock[] {
  const blocks: KnownBlock[] = [titleOf(card)];
  const facts = factLines(card);
  if (facts.length > 0) blocks.push(section(facts.join('\n')));
  if (card.howTo) blocks.push(section(`*Instructions*\n${quoteText(card.howTo, 1_500)}`));
  if (card.notes.length > 0)
    blocks.push(context(card.notes.map((note) => escapeText(note)).join('\n')));
  if (card.records.length > 0) blocks.push(context(card.records.map(decisionLine).join('\n')));
  blocks.push(taskButtons(card));
  return blocks;
}

/** "Approved by Bo Chen · 21 Nov, 14:02 · "ok for the rotation"" */
export function decisionLine(line: Line): string {
  const at = line.at ? ` · ${formatTime(line.at)}` : '';
  return `${escapeText(line.text)}${at}${line.quote ? ` · “${clampText(escapeText(line.quote), 400)}”` : ''}`;
}

function titleOf(card: TaskCard): SectionBlock {
  const reason = card.quote ? [quoteLines(card.quote, maxReasonLines)] : [];
  const first = `${card.kind} · ${card.number}`;
  return section([escapeText(first), titleLine(card), ...reason].join('\n'));
}

/** "*Ana asks for GitHub · Admin* for Bo Chen": the last words name the person whom the reader stands in for. */
export function titleLine({ title, actsFor }: Pick<TaskCard, 'title' | 'actsFor'>): string {
  return actsFor ? `${bold(title)}  (for ${escapeText(actsFor)})` : bold(title);
}

/** "⚠️ *High risk* · Denied on 3 May 2026"; undefined without a mark. */
export function marksLine({ marks }: Pick<TaskCard, 'marks'>): string | undefined {
  return marks.length > 0 ? `⚠️ ${marks.map(bold).join(' · ')}` : undefined;
}

/** Facts that read well without their label. */
const bareFacts = new Set(['For', 'Person', 'Peers']);

/** The warnings, then the facts: the person on a line of their own, the rest in one. */
function factLines({ facts, marks }: TaskCard): string[] {
  const [person, ...rest] = facts.slice(0, 10).map(([label, value]) => {
    const words = clampText(escapeText(value), maxFactLength);
    return bareFacts.has(label) ? words : `${escapeText(label)}: ${words}`;
  });
  const lines = [marksLine({ marks }), person, rest.join(' · ')];
  return lines.flatMap((line) => (line ? [line] : []));
}

/** The buttons of a card: the decision, the requester's own, or what an ended task still offers. */
export function taskButtons(card: TaskCard, blockId?: string): ActionsBlock {
  if (card.canCancel) return requesterButtons(card);
  if (!card.choice) return endedButtons(card);
  return actions(blockId ?? `step.${card.choice.stepId}`, [
    ...choiceButtons(card, card.choice),
    detailsButton(card),
    decisionMenu(card, card.choice),
  ]);
}

type Choice = NonNullable<TaskCard['choice']>;

/** The two answers. Only the one that takes access away is red on a revocation. */
export function choiceButtons({ title }: Pick<TaskCard, 'title'>, choice: Choice): Button[] {
  const { stepId, version, yes, no, isDestructive } = choice;
  const step = stepButton.encode({ stepId, version });
  return [
    button(yes, ids.taskYes, step, {
      style: isDestructive ? 'danger' : 'primary',
      label: `${yes}: ${title}`,
    }),
    button(no, ids.taskNo, step, {
      ...(isDestructive ? {} : { style: 'danger' as const }),
      label: `${no}: ${title}`,
    }),
  ];
}

function decisionMenu({ taskId }: TaskCard, choice: Choice): Overflow {
  const { stepId, version, yes, hasOptions, reassignable } = choice;
  const toValue = (action: 'with' | 'reassign') =>
    taskMenuOption.encode({ action, stepId, version });
  return {
    type: 'overflow',
    action_id: ids.taskMore,
    options: [
      option(hasOptions ? 'Approve with…' : `${yes} with a comment…`, toValue('with')),
      ...(reassignable ? [option('Reassign to…', toValue('reassign'))] : []),
      option('Comment', taskMenuOption.encode({ action: 'comment', taskId })),
    ],
  };
}

function requesterButtons(card: TaskCard): ActionsBlock {
  const { taskId, title } = card;
  return actions(`task.${taskId}`, [
    button('Send reminder', ids.taskRemind, idButton.encode(taskId), {
      label: `Send reminder: ${title}`,
    }),
    detailsButton(card),
    commentButton(card),
    cancelButton(card),
  ]);
}

/** Asks before it cancels, since nobody can undo it. */
export function cancelButton(
  { taskId, title, kind }: Pick<TaskCard, 'taskId' | 'title' | 'kind'>,
  suffix = '',
): Button {
  const isProposal = kind === 'Revocation';
  const words = isProposal ? 'Withdraw proposal' : 'Cancel request';
  const pressed = button(words, `${ids.taskCancel}${suffix}`, idButton.encode(taskId), {
    label: `${words}: ${title}`,
  });
  return withConfirmation(pressed, {
    title: `${words}?`,
    text: `${title}. Its approvers are no longer asked.`,
    yes: words,
    no: isProposal ? 'Keep proposal' : 'Keep request',
  });
}

function endedButtons(card: TaskCard): ActionsBlock {
  const { taskId, title, next } = card;
  const value = idButton.encode(taskId);
  const again = {
    ask: button('Ask again', ids.taskAskAgain, value, { label: `Ask again: ${title}` }),
    revoke: button('Propose revocation', ids.taskRevoke, value, {
      label: `Propose revocation: ${title}`,
    }),
  };
  return actions(`task.${taskId}`, [...(next ? [again[next]] : []), detailsButton(card)]);
}

export function commentButton({ taskId, title }: { taskId: number; title: string }): Button {
  return button('Comment', ids.taskCommentOpen, idButton.encode(taskId), {
    label: `Comment: ${title}`,
  });
}

export function detailsButton({ taskId, title }: { taskId: number; title: string }): Button {
  return button('Details', ids.taskDetails, idButton.encode(taskId), {
    label: `Details: ${title}`,
  });
}
