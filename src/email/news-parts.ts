import type { ExpiryNote } from '../governance/access/expiry.ts';
import type { DigestView } from '../governance/messages/digest.ts';
import type { Notice } from '../governance/notifications/notice.ts';
import type { HeldRemoval } from '../governance/role-rules/held-removals.ts';
import type { HeldImportCard } from '../governance/sync/held-import-card.ts';
import type { TaskCard } from '../governance/task-cards/step-card.ts';
import { formatTime } from '../governance/wording/relative-time.ts';
import { describeSlackPlace } from './action-parts.ts';
import type { MailContext, MailLinks, MailParts, Part } from './parts.ts';
import { buildTaskParts } from './task-parts.ts';
import { shortenText, toOneLine } from './text.ts';

/** A mail about several tasks lists this many of them, each with its link. */
export const maxTaskRows = 30;

/** Builds the mail that brings a new link to the inbox. */
export function buildInboxParts(notice: Notice, { links }: MailContext): MailParts {
  const parts = buildNoticeParts(notice);
  return links ? { ...parts, body: [...parts.body, openInboxPart(links, undefined)] } : parts;
}

/** Builds a mail that asks for nothing. */
export function buildNoticeParts({ title, lines }: Notice): MailParts {
  return {
    title: shortenText(toOneLine(title), 300),
    subtitle: undefined,
    body:
      lines.length > 0
        ? [
            {
              type: 'lines',
              lines: lines.map((line) => shortenText(toOneLine(line), 1_000)),
              quiet: false,
            },
          ]
        : [],
  };
}

/** Builds the mail about access that ends soon. */
export function buildExpiryParts(
  { title, note, canExtend }: ExpiryNote,
  reader: MailContext,
): MailParts {
  const purpose = canExtend ? 'To extend it,' : undefined;
  return buildSlackNotice(title, [note], purpose, reader);
}

/** Builds the mail about grants that a role rule no longer covers and that are removed only after confirmation. */
export function buildHeldGrantsParts(
  { title, lines, pending }: HeldRemoval,
  reader: MailContext,
): MailParts {
  const purpose = pending > 0 ? 'To decide about these removals,' : undefined;
  return buildSlackNotice(title, lines, purpose, reader);
}

/** Builds the mail about an import that needs confirmation. */
export function buildHeldImportParts(
  { title, lines, changes, isOpen }: HeldImportCard,
  reader: MailContext,
): MailParts {
  const purpose = isOpen ? 'To let the import through,' : undefined;
  return buildSlackNotice(title, [...lines, ...changes], purpose, reader);
}

/** @param purpose what the reader can do about it in Slack, undefined when nothing is left to do */
function buildSlackNotice(
  title: string,
  lines: readonly string[],
  purpose: string | undefined,
  { personalMessage }: MailContext,
): MailParts {
  const body: Part[] = [{ type: 'lines', lines: lines.map(toOneLine), quiet: false }];
  if (purpose) body.push({ type: 'place', text: describeSlackPlace(purpose, personalMessage) });
  return { title: toOneLine(title), subtitle: undefined, body };
}

/** Finds the card of a digest with one task. Most reminders are such digests. */
export function findOnlyCard({ only, titles, cards }: DigestView): TaskCard | undefined {
  if (only) return only;
  return titles.length === 1 ? cards[0] : undefined;
}

/**
 * Builds the mail about several tasks: how many of each kind, and their titles. A digest with a single task
 * reads like the mail of that task.
 */
export function buildDigestParts(digest: DigestView, reader: MailContext): MailParts {
  const { personalMessage, links } = reader;
  const lead = buildLead(digest, reader.timeZone);
  const only = findOnlyCard(digest);
  if (only) {
    const { title, subtitle, body } = buildTaskParts(only, reader);
    return { title: `${digest.opening}${title}`, subtitle, body: [...lead, ...body] };
  }
  const rows = digest.titles.slice(0, maxTaskRows).map(({ taskId, words }) => ({
    title: `#${taskId} ${shortenText(toOneLine(words), 300)}`,
    url: links?.tasks.get(taskId),
  }));
  const more = digest.titles.length - rows.length;
  const body: Part[] = [...lead, { type: 'rows', rows }];
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  if (links && rows.some(({ url }) => url)) {
    const note =
      'Each link opens the page of a task. The inbox has all of them, and decides several at once.';
    body.push(openInboxPart(links, note));
  } else if (digest.waiting > 0) {
    const withoutAccount = 'ask a Super Admin to reassign the tasks';
    const text = describeSlackPlace('To decide these tasks,', personalMessage, {
      command: 'tasks',
      withoutAccount,
    });
    body.push({ type: 'place', text });
  }
  const subtitle = digest.detail && toOneLine(digest.detail);
  return { title: toOneLine(digest.title), subtitle, body };
}

function openInboxPart({ inbox }: MailLinks, note: string | undefined): Part {
  return { type: 'buttons', buttons: [{ label: 'Open inbox', url: inbox }], note };
}

function buildLead({ since, askedBy }: DigestView, timeZone: string): Part[] {
  const lines = [
    ...(since ? [`Waiting since ${formatTime(since, timeZone)}.`] : []),
    ...(askedBy ? [`${toOneLine(askedBy)} asks for your answer.`] : []),
  ];
  return lines.length > 0 ? [{ type: 'lines', lines, quiet: false }] : [];
}
