import type { ActionsBlock, Button, KnownBlock, ModalView, SectionBlock } from '@slack/web-api';
import type { TaskCard } from '../../governance/describe.ts';
import type { Line } from '../../governance/describe-trail.ts';
import type { Details } from '../../governance/details.ts';
import type { CommentLine } from '../../governance/messages.ts';
import { ids } from '../ids.ts';
import { clamp } from '../limits.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  mrkdwn,
  option,
  plainText,
  quote,
  say,
  section,
  sections,
  spoken,
  when,
} from './elements.ts';

export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

const longestFact = 300;

/** A task as a message: the question, the evidence, the buttons; after a decision, the record. */
export function taskMessage(card: TaskCard): SlackMessage {
  return { text: spoken(card.summary), blocks: taskBlocks(card) };
}

function taskBlocks(card: TaskCard): KnownBlock[] {
  const blocks: KnownBlock[] = [titleOf(card)];
  if (card.facts.length > 0) blocks.push(factsOf(card));
  if (card.howTo) blocks.push(section(`*How*\n${quote(card.howTo, 1_500)}`));
  if (card.notes.length > 0) blocks.push(context(card.notes.map((note) => say(note)).join('\n')));
  if (card.records.length > 0) blocks.push(context(card.records.map(recordLine).join('\n')));
  const buttons = buttonsOf(card);
  if (buttons) blocks.push(buttons);
  return blocks;
}

/** A comment in the thread of a card. */
export function commentMessage({ taskId, author, body }: CommentLine): SlackMessage {
  return {
    text: spoken(`${author} on task ${taskId}: ${body}`),
    blocks: [section(`${bold(author)} commented:\n${quote(body, 2_800)}`)],
  };
}

/** "Approved by Bo Chen · 21 Nov, 14:02 · "ok for the rotation"" */
export function recordLine(line: Line): string {
  const at = line.at ? ` · ${when(line.at)}` : '';
  return `${say(line.text)}${at}${line.quote ? ` · “${clamp(say(line.quote), 400)}”` : ''}`;
}

function titleOf(card: TaskCard): SectionBlock {
  const said = card.quote ? `\n${quote(card.quote)}` : '';
  return section(`${bold(card.title)}   ${say(card.number)}${said}`);
}

function factsOf({ facts }: Pick<TaskCard, 'facts'>): SectionBlock {
  return {
    type: 'section',
    fields: facts
      .slice(0, 10)
      .map(([label, value]) => mrkdwn(`${bold(label)}\n${clamp(say(value), longestFact)}`)),
  };
}

export function buttonsOf(card: TaskCard): ActionsBlock | undefined {
  const { choice } = card;
  if (card.canCancel) {
    return actions(`task.${card.taskId}`, [
      button('Cancel request', ids.taskCancel, String(card.taskId), {
        label: `Cancel request: ${card.title}`,
      }),
      detailsButton(card),
    ]);
  }
  if (!choice) return undefined;
  const ref = `${choice.stepId}.${choice.version}`;
  return actions(`step.${choice.stepId}`, [
    button(choice.yes, ids.taskYes, ref, {
      style: 'primary',
      label: `${choice.yes}: ${card.title}`,
    }),
    button(choice.no, ids.taskNo, ref, { style: 'danger', label: `${choice.no}: ${card.title}` }),
    detailsButton(card),
    {
      type: 'overflow',
      action_id: ids.taskMore,
      options: [
        ...(choice.reassignable ? [option('Reassign to…', `reassign.${ref}`)] : []),
        option('Comment', `comment.${card.taskId}`),
      ],
    },
  ]);
}

export function detailsButton({ taskId, title }: { taskId: number; title: string }): Button {
  return button('Details', ids.taskDetails, String(taskId), { label: `Details: ${title}` });
}

export function detailsView(details: Details): ModalView {
  const steps = details.plan.map((line, at) => `${at + 1}. ${recordLine(line)}`);
  const comments = details.comments
    .slice(-15)
    .map(({ author, body, at }) => `${bold(author)} · ${when(at)}\n${quote(body)}`);
  const blocks: KnownBlock[] = [
    section(
      `${bold(details.title)}   ${say(details.number)}${details.quote ? `\n${quote(details.quote)}` : ''}`,
    ),
    ...(details.facts.length > 0 ? [factsOf(details)] : []),
  ];
  if (details.instructions) {
    blocks.push(section(`*Instructions*\n${quote(details.instructions, 2_000)}`));
  }
  blocks.push(
    divider,
    ...sections([`*Execution plan* (policy “${say(details.policy)}”)`, ...steps]),
    divider,
    ...sections(['*Comments*', ...(comments.length > 0 ? comments : ['None yet.'])]),
  );
  return {
    type: 'modal',
    title: plainText('Details', 24),
    close: plainText('Close', 24),
    blocks,
  };
}
