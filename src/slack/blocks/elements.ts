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
import { clamp, escapeMrkdwn, LIMITS, plain } from '../limits.ts';

/** Foreign text inside mrkdwn: escaped, on one line, and its own formatting marks made harmless. */
export function say(text: string): string {
  return neutral(escapeMrkdwn(text).replace(/\s*\n\s*/g, ' '));
}

/** Foreign text as a quotation, line breaks kept. */
export function quote(text: string, max = 600): string {
  return clamp(escapeMrkdwn(text.trim()), max)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

export function bold(text: string): string {
  return `*${say(text)}*`;
}

/** A moment, shown in the reader's own time zone. */
export function when(at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const fallback = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${seconds}^{date_short_pretty} at {time}|${fallback}>`;
}

/**
 * A word joiner beside a mark that would begin or end formatting keeps foreign text from being formatted;
 * marks inside a word, as in read_write, do nothing in Slack and stay as they are.
 */
function neutral(escaped: string): string {
  return escaped.replace(
    /(?<![\p{L}\p{N}])[*_~](?=\S)|(?<=\S)[*_~](?![\p{L}\p{N}])|`/gu,
    (mark) => `\u2060${mark}\u2060`,
  );
}

export function mrkdwn(text: string, max: number = LIMITS.text): MrkdwnElement {
  return { type: 'mrkdwn', text: clamp(text, max), verbatim: true };
}

export function plainText(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: plain(text, max), emoji: false };
}

export function section(text: string, blockId?: string): SectionBlock {
  return { type: 'section', ...(blockId ? { block_id: blockId } : {}), text: mrkdwn(text) };
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
    ...(more.label ? { accessibility_label: plain(more.label, 75) } : {}),
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

/** Ten steps of a bar, for a share in percent. */
export function bar(percent: number): string {
  const full = Math.max(0, Math.min(10, Math.round(percent / 10)));
  return '█'.repeat(full) + '░'.repeat(10 - full);
}
