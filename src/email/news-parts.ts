import type { ExpiryNote } from '../governance/access/expiry.ts';
import type { DigestView } from '../governance/messages/digest.ts';
import type { Notice } from '../governance/notifications/notice.ts';
import type { HeldGrants } from '../governance/role-rules/held-removals.ts';
import type { HeldImportCard } from '../governance/sync/held-imports.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import { inSlack } from './acting.ts';
import { formatTime, type MailContext, type MailParts, type Part } from './parts.ts';
import { taskParts } from './task-parts.ts';
import { cut, oneLine } from './text.ts';

/** How many tasks a mail names that tells of several. */
const titlesMax = 30;

/** The parts of a mail that only tells something. */
export function noticeParts({ title, lines }: Notice): MailParts {
  return {
    title: cut(oneLine(title), 300),
    under: undefined,
    body:
      lines.length > 0
        ? [{ type: 'lines', lines: lines.map((line) => cut(oneLine(line), 1_000)), quiet: false }]
        : [],
  };
}

/** The parts of the mail about access that ends soon. */
export function expiryParts(
  { title, note, canExtend }: ExpiryNote,
  { personalMessage }: MailContext,
): MailParts {
  const body: Part[] = [{ type: 'lines', lines: [oneLine(note)], quiet: false }];
  if (canExtend) body.push({ type: 'where', text: inSlack('To extend it,', personalMessage) });
  return { title: oneLine(title), under: undefined, body };
}

/** The parts of the mail about access that a rule gives no more and that waits for a yes to go. */
export function heldGrantsParts(
  { title, lines, waiting }: HeldGrants,
  { personalMessage }: MailContext,
): MailParts {
  const body: Part[] = [{ type: 'lines', lines: lines.map(oneLine), quiet: false }];
  if (waiting > 0)
    body.push({ type: 'where', text: inSlack('To decide about it,', personalMessage) });
  return { title: oneLine(title), under: undefined, body };
}

/** The parts of the mail about an import that is held. */
export function heldImportParts(
  { title, lines, isOpen }: HeldImportCard,
  { personalMessage }: MailContext,
): MailParts {
  const body: Part[] = [{ type: 'lines', lines: lines.map(oneLine), quiet: false }];
  if (isOpen) body.push({ type: 'where', text: inSlack('To let it through,', personalMessage) });
  return { title: oneLine(title), under: undefined, body };
}

/** The one card of a digest in which one thing is left, as most reminders are. */
export function onlyCard({ titles, cards }: DigestView): TaskCard | undefined {
  return titles.length === 1 ? cards[0] : undefined;
}

/**
 * The parts of a mail that tells of several tasks: how many of which kind, and their titles; of a single one, all
 * that its own mail would say.
 */
export function digestParts(digest: DigestView, reader: MailContext): MailParts {
  const { personalMessage, links, timeZone } = reader;
  const since = digest.since ? `Waiting since ${formatTime(digest.since, timeZone)}.` : undefined;
  const asks = digest.askedBy ? `${oneLine(digest.askedBy)} asks for your answer.` : undefined;
  const lines = [since, asks].filter((line) => line !== undefined);
  const lead: Part[] = lines.length > 0 ? [{ type: 'lines', lines, quiet: false }] : [];
  const only = onlyCard(digest);
  if (only) {
    const { title, under, body } = taskParts(only, reader);
    return { title: `${digest.opening}${title}`, under, body: [...lead, ...body] };
  }
  const rows = digest.titles.slice(0, titlesMax).map(({ taskId, words }) => ({
    title: `#${taskId} ${cut(oneLine(words), 300)}`,
    url: links?.tasks.get(taskId),
  }));
  const more = digest.titles.length - rows.length;
  const body: Part[] = [...lead, { type: 'rows', rows }];
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  if (rows.some(({ url }) => url)) {
    const note = 'Each opens the page of its task; opening it decides nothing.';
    body.push({ type: 'lines', lines: [note], quiet: true });
  } else if (digest.waiting > 0) {
    const without = 'ask a Super Admin of Rolemine to reassign them to somebody who has one';
    const text = inSlack('To decide about them,', personalMessage, { word: 'tasks', without });
    body.push({ type: 'where', text });
  }
  return { title: oneLine(digest.title), under: digest.detail && oneLine(digest.detail), body };
}
