import type { ActionsBlock, Button, KnownBlock, SectionBlock } from '@slack/web-api';
import type { Line } from '../../../governance/task-cards/history-lines.ts';
import type { TaskCard } from '../../../governance/task-cards/step-card.ts';
import { ids } from '../../ids.ts';
import { clampText } from '../../limits.ts';
import { idButton } from '../../state/records.ts';
import { commentButton, stepButton, taskMenuOption } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  formatTime,
  mrkdwn,
  option,
  quoteText,
  section,
  toMessageText,
} from '../kit/elements.ts';

export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

const maxFactLength = 300;

/** A task as a message: title, evidence and buttons; after a decision, the record. */
export function taskMessage(card: TaskCard): SlackMessage {
  return { text: toMessageText(card.summary), blocks: taskBlocks(card) };
}

function taskBlocks(card: TaskCard): KnownBlock[] {
  const blocks: KnownBlock[] = [titleOf(card)];
  if (card.facts.length > 0) blocks.push(factsOf(card));
  if (card.howTo) blocks.push(section(`*Instructions*\n${quoteText(card.howTo, 1_500)}`));
  if (card.notes.length > 0)
    blocks.push(context(card.notes.map((note) => escapeText(note)).join('\n')));
  if (card.records.length > 0) blocks.push(context(card.records.map(decisionLine).join('\n')));
  const buttons = taskButtons(card);
  if (buttons) blocks.push(buttons);
  return blocks;
}

/** "Approved by Bo Chen · 21 Nov, 14:02 · "ok for the rotation"" */
export function decisionLine(line: Line): string {
  const at = line.at ? ` · ${formatTime(line.at)}` : '';
  return `${escapeText(line.text)}${at}${line.quote ? ` · “${clampText(escapeText(line.quote), 400)}”` : ''}`;
}

function titleOf(card: TaskCard): SectionBlock {
  const reason = card.quote ? `\n${quoteText(card.quote)}` : '';
  return section(`${bold(card.title)}   ${escapeText(card.number)}${reason}`);
}

function factsOf({ facts }: Pick<TaskCard, 'facts'>): SectionBlock {
  return {
    type: 'section',
    fields: facts
      .slice(0, 10)
      .map(([label, value]) =>
        mrkdwn(`${bold(label)}\n${clampText(escapeText(value), maxFactLength)}`),
      ),
  };
}

export function taskButtons(card: TaskCard): ActionsBlock | undefined {
  const { choice, taskId, title } = card;
  if (card.canCancel) {
    const value = idButton.encode(taskId);
    return actions(`task.${taskId}`, [
      button('Cancel request', ids.taskCancel, value, { label: `Cancel request: ${title}` }),
      button('Send reminder', ids.taskRemind, value, { label: `Send reminder: ${title}` }),
      detailsButton(card),
      button('Comment', ids.taskCommentOpen, commentButton.encode({ taskId, below: 'card' }), {
        label: `Comment: ${title}`,
      }),
    ]);
  }
  if (!choice) return undefined;
  const { stepId, version } = choice;
  const step = stepButton.encode({ stepId, version });
  const reassign = taskMenuOption.encode({ action: 'reassign', stepId, version });
  const comment = taskMenuOption.encode({ action: 'comment', taskId });
  return actions(`step.${stepId}`, [
    button(choice.yes, ids.taskYes, step, { style: 'primary', label: `${choice.yes}: ${title}` }),
    button(choice.no, ids.taskNo, step, { style: 'danger', label: `${choice.no}: ${title}` }),
    detailsButton(card),
    {
      type: 'overflow',
      action_id: ids.taskMore,
      options: [
        ...(choice.reassignable ? [option('Reassign to…', reassign)] : []),
        option('Comment', comment),
      ],
    },
  ]);
}

export function detailsButton({ taskId, title }: { taskId: number; title: string }): Button {
  return button('Details', ids.taskDetails, idButton.encode(taskId), {
    label: `Details: ${title}`,
  });
}
