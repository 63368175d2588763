import type { ActionsBlock, KnownBlock, ModalView, SectionBlock } from '@slack/web-api';
import type { TaskCard } from '../../governance/describe.ts';
import type { Line } from '../../governance/describe-trail.ts';
import type { Details } from '../../governance/details.ts';
import type { OpenStep } from '../../governance/inbox.ts';
import type { CommentLine } from '../../governance/messages.ts';
import { ids } from '../ids.ts';
import { checkMessage, clamp } from '../limits.ts';
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
import { interventions } from './task-forms.ts';

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

/** What waits for a person, as many cards as one message holds. */
export function tasksMessage(total: number, cards: readonly TaskCard[]): SlackMessage {
  const text = `${total} ${total === 1 ? 'task waits' : 'tasks wait'} for you`;
  const more = total - cards.length;
  const blocks = [
    section(bold(text)),
    ...cards.flatMap((card) => taskBlocks({ ...card, howTo: undefined, notes: [] })),
    ...(more > 0 ? [context(`and ${more} more, oldest first; they follow as these are done`)] : []),
  ];
  const fits = checkMessage({ text, blocks }).length === 0;
  return fits || cards.length < 2 ? { text, blocks } : tasksMessage(total, cards.slice(0, -1));
}

/** The same in a window. */
export function tasksView(total: number, cards: readonly TaskCard[]): ModalView {
  const { blocks } = tasksMessage(total, cards);
  const title = plainText('Your tasks', 24);
  return { type: 'modal', title, close: plainText('Close', 24), blocks };
}

/** A comment in the thread of a card. */
export function commentMessage({ taskId, author, body, inDigest }: CommentLine): SlackMessage {
  const where = inDigest ? ` on #${taskId}` : '';
  return {
    text: spoken(`${author} on task ${taskId}: ${body}`),
    blocks: [section(`${bold(author)} commented${where}:\n${quote(body, 2_800)}`)],
  };
}

/** Every open task for a Super Admin: where it waits and since when, and the way to move it on. */
export function openTasksMessage(total: number, rows: readonly OpenStep[]): SlackMessage {
  const text = `${total} ${total === 1 ? 'task is' : 'tasks are'} open, the oldest first`;
  const more = total - rows.length;
  return {
    text,
    blocks: [
      section(bold(text)),
      ...rows.flatMap(({ taskId, ref, title, state, since }): KnownBlock[] => [
        section(`${bold(title)}  #${taskId}\n${say(state)}${since ? ` since ${when(since)}` : ''}`),
        actions(`open.${ref.stepId}`, [
          button('Details', ids.taskDetails, String(taskId), { label: `Details: ${title}` }),
          button('Reassign to…', ids.taskReassignOpen, `${ref.stepId}.${ref.version}`, {
            label: `Reassign: ${title}`,
          }),
          {
            type: 'overflow',
            action_id: ids.taskIntervene,
            options: Object.entries(interventions).map(([what, words]) =>
              option(words, `${what}.${ref.stepId}.${ref.version}`),
            ),
          },
        ]),
      ]),
      ...(more > 0 ? [context(`and ${more} more`)] : []),
    ],
  };
}

/** A task in a list: title and number, and its buttons; two blocks. */
export function taskRow(card: TaskCard): KnownBlock[] {
  const peers = card.facts.find(([label]) => label === 'Peers')?.[1];
  const lines = [`${bold(card.title)}  ${say(card.number)}`, ...(peers ? [say(peers)] : [])];
  const row = section(lines.join('\n'));
  const buttons = buttonsOf(card);
  return buttons ? [row, buttons] : [row];
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

function buttonsOf(card: TaskCard): ActionsBlock | undefined {
  const { choice } = card;
  if (card.canCancel) {
    return actions(`task.${card.taskId}`, [
      button('Cancel request', ids.taskCancel, String(card.taskId), {
        label: `Cancel request: ${card.title}`,
      }),
      button('Send reminder', ids.taskRemind, String(card.taskId), {
        label: `Send reminder: ${card.title}`,
      }),
      button('Details', ids.taskDetails, String(card.taskId), { label: `Details: ${card.title}` }),
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
    button('Details', ids.taskDetails, String(card.taskId), { label: `Details: ${card.title}` }),
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
