import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
} from '@slack/web-api';
import { formatTime as formatMoment } from '../../../governance/wording/relative-time.ts';
import { clampPlainText, clampText, escapeMrkdwn, LIMITS } from '../../limits.ts';
import { idOption } from '../../state/records.ts';

/** Characters of one name or sentence. With these limits the longest card fits into one message. */
const maxTextLength = 500;
const maxNameLength = 80;
/** Stands for empty text, which Slack refuses. */
const emptyText = '—';

/** Makes foreign text safe inside mrkdwn: escaped, on one line, at most 500 characters, without formatting of its own. */
export function escapeText(text: string): string {
  const line = escapeMrkdwn(text).replace(/\s+/g, ' ').trim();
  return clampText(neutralizeMarks(line), maxTextLength) || emptyText;
}

/** As `escapeText`, with a capital letter at the start. */
export function escapeSentence(text: string): string {
  return escapeText(text.charAt(0).toUpperCase() + text.slice(1));
}

/** As `escapeText`, at most 80 characters: for one name of several on a line. */
export function escapeName(text: string): string {
  return clampText(escapeText(text), maxNameLength);
}

/** Quotes foreign text with its line breaks. */
export function quoteText(text: string, max = 600): string {
  return clampText(`> ${escapeMrkdwn(text.trim()).replace(/\n/g, '\n> ')}`, max);
}

/** Quotes the first lines of foreign text. "…" ends it where more follows. */
export function quoteLines(text: string, max: number): string {
  const lines = text.trim().split(/\r\n?|\n/);
  const rest = lines.length > max ? ' …' : '';
  return quoteText(`${lines.slice(0, max).join('\n')}${rest}`, 100 * max);
}

export function bold(text: string): string {
  return `*${escapeText(text)}*`;
}

/**
 * Formats a time, which Slack shows as "21 Nov 2026, 14:02" in the time zone and language of the reader's device. The
 * fallback is for clients that cannot, so it names its zone.
 */
export function formatTime(at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `<!date^${seconds}^{date_short}, {time}|${formatMoment(at, 'UTC')} UTC>`;
}

/**
 * Puts word joiners around marks that would begin or end formatting. Marks inside a word, as in read_write, have no
 * effect in Slack and stay.
 */
function neutralizeMarks(escaped: string): string {
  return escaped.replace(
    /(?<![\p{L}\p{N}])[*_~](?=\S)|(?<=\S)[*_~](?![\p{L}\p{N}])|`/gu,
    (mark) => `\u2060${mark}\u2060`,
  );
}

/** The text of a message for screen readers and notifications. Slack reads mrkdwn in it. */
export function toMessageText(text: string): string {
  return clampText(escapeMrkdwn(text), LIMITS.text) || emptyText;
}

export function mrkdwn(text: string, max: number = LIMITS.text): MrkdwnElement {
  return { type: 'mrkdwn', text: clampText(text, max), verbatim: true };
}

export function plainText(text: string, max: number): PlainTextElement {
  const shown = clampPlainText(text, max);
  return { type: 'plain_text', text: shown.trim() ? shown : emptyText, emoji: false };
}

export function section(text: string, blockId?: string): SectionBlock {
  return { type: 'section', ...(blockId ? { block_id: blockId } : {}), text: mrkdwn(text) };
}

/** Puts lines into as many sections as they need. No line is cut to make room for another. */
export function sections(lines: readonly string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const longer = `${texts.at(-1)}\n${line}`;
    if (texts.length > 0 && longer.length <= LIMITS.text) texts[texts.length - 1] = longer;
    else texts.push(line);
  }
  return texts.map((text) => section(text));
}

export function context(...lines: string[]): ContextBlock {
  return { type: 'context', elements: lines.slice(0, 10).map((line) => mrkdwn(line)) };
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainText(text, 150) };
}

export const divider = { type: 'divider' } as const satisfies KnownBlock;

/** @param more.label for screen readers, where several buttons of a list have the same text. */
export function button(
  text: string,
  actionId: string,
  value: string,
  more: { style?: 'primary' | 'danger'; label?: string } = {},
): Button {
  return {
    type: 'button',
    text: plainText(text, 75),
    action_id: actionId,
    value,
    ...(more.style ? { style: more.style } : {}),
    ...(more.label ? { accessibility_label: clampPlainText(more.label, 75) } : {}),
  };
}

/** Adds a confirmation dialog to a button. */
export function withConfirmation(
  pressed: Button,
  { title, text, yes, no = 'Keep' }: { title: string; text: string; yes: string; no?: string },
): Button {
  return {
    ...pressed,
    confirm: {
      title: plainText(title, 100),
      text: plainText(text, 300),
      confirm: plainText(yes, 30),
      deny: plainText(no, 30),
    },
  };
}

export function actions(blockId: string, elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements };
}

export function option(text: string, value: string, description?: string): PlainTextOption {
  return {
    text: plainText(text, 75),
    value,
    ...(description ? { description: plainText(description, 75) } : {}),
  };
}

/** A person in a search field, with the address, title and department to tell namesakes apart. */
export function personOption(person: {
  id: number;
  name: string;
  email: string | null;
  jobTitle: string | null;
  department: string | null;
}): PlainTextOption {
  const about = [person.email, person.jobTitle, person.department].filter(Boolean).join(', ');
  return option(person.name, idOption.encode(person.id), about || undefined);
}

/** A record in a search field. */
export function recordOption(
  { id, name }: { id: number; name: string },
  description?: string | null,
): PlainTextOption {
  return option(name, idOption.encode(id), description || undefined);
}

/** An entitlement in a search field, with its application. */
export function entitlementOption(
  { id, app, name }: { id: number; app: string; name: string },
  description?: string | null,
): PlainTextOption {
  return recordOption({ id, name: `${app} · ${name}` }, description);
}

/** Draws a percentage (0 to 100) as a bar of ten characters. */
export function drawBar(percent: number): string {
  const full = Math.max(0, Math.min(10, Math.round(percent / 10)));
  return '█'.repeat(full) + '░'.repeat(10 - full);
}
