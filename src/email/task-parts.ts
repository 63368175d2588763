import type { CommentLine } from '../governance/messages/messages.ts';
import type { Line } from '../governance/task-cards/history-lines.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import { answerParts } from './acting.ts';
import { formatTime, type MailContext, type MailParts, type Part, quotation } from './parts.ts';
import { cut, oneLine } from './text.ts';

// Gmail hides what comes after the first 102 KB of a mail, and the buttons come last.
const titleMax = 300;
const lineMax = 500;

/** The parts of a task's mail: the same lines as its card, and where it can be answered. */
export function taskParts(card: TaskCard, reader: MailContext): MailParts {
  const body: Part[] = [];
  if (card.quote) body.push(...quotation(card.quote));
  if (card.facts.length > 0) {
    const facts = card.facts.map(([label, value]): [string, string] => [
      cut(oneLine(label), 100),
      cut(oneLine(value), lineMax),
    ]);
    body.push({ type: 'facts', facts });
  }
  if (card.howTo) body.push(...quotation(card.howTo, 'How'));
  if (card.notes.length > 0) {
    body.push({
      type: 'lines',
      lines: card.notes.map((note) => cut(oneLine(note), lineMax)),
      quiet: false,
    });
  }
  if (card.records.length > 0) {
    const lines = card.records.map((line) => recordLine(line, reader.timeZone));
    // How it ended is the news of a mail in which nothing is asked.
    body.push({ type: 'lines', lines, quiet: card.choice !== undefined });
  }
  body.push(...answerParts(card, reader));
  return { title: cut(oneLine(card.title), titleMax), under: cut(oneLine(card.number), 60), body };
}

/** The parts of a mail that brings a comment. */
export function commentParts(comment: CommentLine, { links }: MailContext): MailParts {
  const url = links?.tasks.get(comment.taskId);
  const body = quotation(comment.body);
  if (url) {
    const note = 'There you can read all of them and answer.';
    body.push({ type: 'buttons', labels: ['Open the task'], url, note });
  }
  return {
    title: cut(oneLine(`${comment.author} commented on ${comment.about}`), titleMax),
    under: `#${comment.taskId}`,
    body,
  };
}

/** "Approved by Bo Chen · 21 Nov 2026, 14:02 CET · “ok for the rotation”" */
function recordLine(line: Line, timeZone: string): string {
  const at = line.at ? ` · ${formatTime(line.at, timeZone)}` : '';
  const said = line.quote ? ` · “${cut(oneLine(line.quote), lineMax)}”` : '';
  return `${cut(oneLine(line.text), lineMax)}${at}${said}`;
}
