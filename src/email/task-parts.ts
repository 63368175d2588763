import type { CommentLine } from '../governance/messages/messages.ts';
import type { Line } from '../governance/task-cards/history-lines.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import { formatTime } from '../governance/wording/relative-time.ts';
import { buildActionParts } from './action-parts.ts';
import { type MailContext, type MailParts, type Part, quoteParts } from './parts.ts';
import { shortenText, toOneLine } from './text.ts';

// Gmail hides everything after the first 102 KB of a mail, and the buttons come last.
const maxTitleLength = 300;
const maxLineLength = 500;

/** Builds a task's mail: the lines of its card, then buttons or the place where the reader can act. */
export function buildTaskParts(card: TaskCard, reader: MailContext): MailParts {
  const body: Part[] = [];
  const forWhom = card.actsFor ? [`for ${card.actsFor}`] : [];
  const marks = card.marks.map((mark) => shortenText(toOneLine(mark), 100)).join(' · ');
  if (marks) body.push({ type: 'lines', lines: [`⚠ ${marks}`], quiet: false });
  if (card.quote) body.push(...quoteParts(card.quote));
  if (card.facts.length > 0) {
    const facts = card.facts.map(([label, value]): [string, string] => [
      shortenText(toOneLine(label), 100),
      shortenText(toOneLine(value), maxLineLength),
    ]);
    body.push({ type: 'facts', facts });
  }
  if (card.howTo) body.push(...quoteParts(card.howTo, 'Instructions'));
  if (card.notes.length > 0) {
    const lines = card.notes.map((note) => shortenText(toOneLine(note), maxLineLength));
    body.push({ type: 'lines', lines, quiet: false });
  }
  if (card.records.length > 0) {
    const lines = card.records.map((line) => formatRecord(line, reader.timeZone));
    // In a mail that asks for nothing, the records are the news.
    body.push({ type: 'lines', lines, quiet: card.choice !== undefined });
  }
  body.push(...buildActionParts(card, reader));
  return {
    title: shortenText(toOneLine(card.title), maxTitleLength),
    subtitle: shortenText(toOneLine([card.kind, card.number, ...forWhom].join(' · ')), 150),
    body,
  };
}

/** Builds the mail of a comment. */
export function buildCommentParts(comment: CommentLine, { links }: MailContext): MailParts {
  const url = links?.tasks.get(comment.taskId);
  const body = quoteParts(comment.body);
  if (url) {
    const note = 'You can read all comments and reply there.';
    body.push({ type: 'buttons', buttons: [{ label: 'Open task', url }], note });
  }
  return {
    title: shortenText(
      toOneLine(`${comment.author} commented on ${comment.about}`),
      maxTitleLength,
    ),
    subtitle: `#${comment.taskId}`,
    body,
  };
}

/** "Approved by Bo Chen · 21 Nov 2026, 14:02 CET · “ok for the rotation”" */
function formatRecord({ text, at, quote }: Line, timeZone: string): string {
  return [
    shortenText(toOneLine(text), maxLineLength),
    ...(at ? [formatTime(at, timeZone)] : []),
    ...(quote ? [`“${shortenText(toOneLine(quote), maxLineLength)}”`] : []),
  ].join(' · ');
}
