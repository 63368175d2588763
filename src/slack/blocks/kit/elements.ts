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
import { clampPlainText, clampText, escapeMrkdwn, LIMITS } from '../../limits.ts';
import { idOption } from '../../state/records.ts';

/** One name or sentence; with these the longest card stays below what Slack takes in one message. */
const maxTextLength = 500;
const maxNameLength = 80;
/** Stands where there is no text: Slack refuses an empty one. */
const emptyText = '—';

/** Foreign text inside mrkdwn: escaped, on one line, and its own formatting marks made harmless. */
export function escapeText(text: string): string {
  const line = escapeMrkdwn(text).replace(/\s+/g, ' ').trim();
  return clampText(neutralizeMarks(line), maxTextLength) || emptyText;
}

/** As `say`, beginning a line. */
export function escapeSentence(text: string): string {
  return escapeText(text.charAt(0).toUpperCase() + text.slice(1));
}

/** As `say`, for one name among many on a line. */
export function escapeName(text: string): string {
  return clampText(escapeText(text), maxNameLength);
}

/** Foreign text as a quotation, line breaks kept. */
export function quoteText(text: string, max = 600): string {
  return clampText(`> ${escapeMrkdwn(text.trim()).replace(/\n/g, '\n> ')}`, max);
}

export function bold(text: string): string {
  return `*${escapeText(text)}*`;
}

/** A moment, shown in the reader's own time zone. */
export function formatTime(at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const fallback = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${seconds}^{date_short_pretty} at {time}|${fallback}>`;
}

/**
 * A word joiner beside a mark that would begin or end formatting keeps foreign text from being formatted;
 * marks inside a word, as in read_write, do nothing in Slack and stay as they are.
 */
function neutralizeMarks(escaped: string): string {
  return escaped.replace(
    /(?<![\p{L}\p{N}])[*_~](?=\S)|(?<=\S)[*_~](?![\p{L}\p{N}])|`/gu,
    (mark) => `\u2060${mark}\u2060`,
  );
}

/** The text of a message, which screen readers and notifications use: Slack reads mrkdwn in it. */
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

/** Lines in as many sections as they need; a line is never cut to make room for another. */
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

/** `label` is what a screen reader says where the button's own word is repeated in a list. */
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

/** A button that asks before it acts. */
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

/** A person in a search field, with what tells namesakes apart. */
export function personOption(person: {
  id: number;
  name: string;
  jobTitle: string | null;
  department: string | null;
}): PlainTextOption {
  const about = [person.jobTitle, person.department].filter(Boolean).join(', ');
  return option(person.name, idOption.encode(person.id), about || undefined);
}

/** A record in a search field, by its name. */
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

/** Ten steps of a bar, for a share in percent. */
export function drawBar(percent: number): string {
  const full = Math.max(0, Math.min(10, Math.round(percent / 10)));
  return '█'.repeat(full) + '░'.repeat(10 - full);
}
