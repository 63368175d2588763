import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Details } from '../../../governance/task-cards/details.ts';
import type { PlanStep } from '../../../governance/task-cards/execution-plan.ts';
import type { Insight } from '../../../governance/task-cards/insight.ts';
import { ids } from '../../ids.ts';
import { clampText } from '../../limits.ts';
import { idButton, idForm } from '../../state/records.ts';
import { stepButton } from '../../state/tasks.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  escapeText,
  formatTime,
  mrkdwn,
  plainText,
  quoteText,
  section,
  sections,
} from '../kit/elements.ts';
import { isCutAt } from './comments.ts';
import { choiceButtons, commentButton, decisionLine, marksLine, titleLine } from './task.ts';

const maxComments = 10;
/** Characters of one comment. *All comments* shows the rest. */
const maxCommentLength = 600;
const severityWords = { warning: '*Warning:* ', notice: '*Notice:* ', fact: '' } as const;

/** Everything about a task: title and reason, evidence, facts, execution plan, comments, and the decision. */
export function detailsView(details: Details): ModalView {
  const asked = decisionLine({ text: details.asked.text, at: details.asked.at });
  const reason = details.asked.quote ? `\n${quoteText(details.asked.quote, 1_000)}` : '';
  return {
    type: 'modal',
    callback_id: ids.taskDetails,
    private_metadata: idForm.encode(details.taskId),
    title: plainText('Details', 24),
    close: plainText('Close', 24),
    blocks: [
      section(
        `${escapeText(`${details.kind} · ${details.number}`)}\n${titleLine(details)}\n${asked}${reason}`,
      ),
      ...marksOf(details),
      ...evidenceOf(details),
      divider,
      ...factsOf(details),
      ...(details.instructions
        ? sections([`*Instructions*\n${quoteText(details.instructions, 2_900)}`])
        : []),
      divider,
      ...sections([
        `*Execution plan* (policy “${escapeText(details.policy)}”)`,
        ...details.plan.flatMap(planLines),
      ]),
      divider,
      ...commentsOf(details),
      ...decisionOf(details),
    ],
  };
}

function marksOf(details: Details): KnownBlock[] {
  const marks = marksLine(details);
  return marks ? [section(marks)] : [];
}

/** The same buttons as on the card, with the same checks. */
function decisionOf({ choice, title }: Details): KnownBlock[] {
  if (!choice) return [];
  const { stepId, version, reassignable, yes, hasOptions } = choice;
  const step = stepButton.encode({ stepId, version });
  const options = hasOptions ? 'Approve with…' : `${yes} with a comment…`;
  return [
    divider,
    actions(`decide.${stepId}`, [
      ...choiceButtons({ title }, choice),
      button(options, ids.taskWith, step, { label: `${options} ${title}` }),
      ...(reassignable
        ? [button('Reassign to…', ids.taskReassignOpen, step, { label: `Reassign: ${title}` })]
        : []),
    ]),
  ];
}

function evidenceOf({ insights, recommendation }: Details): KnownBlock[] {
  if (!insights) return [context('Loading the evidence…')];
  const lines = insights.map(({ severity, sentence }: Insight) => {
    return `• ${severityWords[severity]}${escapeText(sentence)}`;
  });
  return [
    ...(recommendation
      ? [section(bold(recommendation)), context('Advice only. People decide.')]
      : []),
    ...sections(['*Insights*', ...lines]),
  ];
}

/** Slack allows ten fields in a section. */
function factsOf({ facts }: Details): KnownBlock[] {
  const fields = facts.map(([label, value]) =>
    mrkdwn(`${bold(label)}\n${clampText(escapeText(value), 300)}`),
  );
  const blocks: KnownBlock[] = [];
  for (let at = 0; at < fields.length; at += 10) {
    blocks.push({ type: 'section', fields: fields.slice(at, at + 10) });
  }
  return blocks;
}

function planLines({ line, notes }: PlanStep, index: number): string[] {
  const step = `${index + 1}. ${decisionLine(line)}`;
  return [step, ...notes.slice(0, 8).map((note) => `    • ${decisionLine(note)}`)];
}

function commentsOf({ taskId, title, comments }: Details): KnownBlock[] {
  const shown = comments.slice(-maxComments);
  const lines = shown.map(
    ({ author, body, at }) =>
      `${bold(author)} · ${formatTime(at)}\n${quoteText(body, maxCommentLength)}`,
  );
  const isCut =
    comments.length > shown.length || shown.some(({ body }) => isCutAt(body, maxCommentLength));
  return [
    ...sections(['*Comments*', ...(lines.length > 0 ? lines : ['No comments yet.'])]),
    actions(`comments.${taskId}`, [
      commentButton({ taskId, title }),
      ...(isCut
        ? [
            button(`All comments (${comments.length})`, ids.taskComments, idButton.encode(taskId), {
              label: `All comments: ${title}`,
            }),
          ]
        : []),
    ]),
  ];
}
