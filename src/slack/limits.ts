import { cleanText } from '../text.ts';
import { BLOCK } from './block-shapes.ts';
import { plainTextShape, SUGGESTIONS } from './element-shapes.ts';
import { LIMITS } from './limit-table.ts';
import {
  addProblem,
  type BlockSurface,
  flag,
  isRecord,
  list,
  object,
  oneOf,
  type ShapeCheck,
  type ShapeRule,
  string,
} from './shape.ts';

export { LIMITS };

/**
 * Makes foreign text safe inside mrkdwn: escapes `& < >`, the three characters Slack asks for, and removes control
 * and bidirectional characters. Newlines stay. Escape first, then `clampText`: limits count escaped text.
 */
export function escapeMrkdwn(text: string): string {
  return cleanText(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Shortens escaped text to `max` characters. Cut text ends in `…`, never inside `&amp;` or a `<…>` token. */
export function clampText(escapedText: string, max: number): string {
  if (escapedText.length <= max) return escapedText;
  let end = max - 1;
  const token = escapedText.lastIndexOf('<', end - 1);
  if (token >= 0) {
    const close = escapedText.indexOf('>', token);
    if (close >= end) end = token;
  }
  const entity = /&(?:a|am|amp|l|lt|g|gt)?$/.exec(escapedText.slice(0, end));
  if (entity) end = entity.index;
  // Slack shows half of a surrogate pair as a replacement character.
  if (/[\ud800-\udbff]/.test(escapedText.charAt(end - 1))) end -= 1;
  return `${escapedText.slice(0, Math.max(0, end)).trimEnd()}…`;
}

/** Shortens foreign text for a plain_text object. Slack parses nothing there, so nothing is escaped. */
export function clampPlainText(text: string, max: number): string {
  const stripped = cleanText(text);
  if (stripped.length <= max) return stripped;
  const end = /[\ud800-\udbff]/.test(stripped.charAt(max - 2)) ? max - 2 : max - 1;
  return `${stripped.slice(0, Math.max(0, end)).trimEnd()}…`;
}

/** The checked parts of a message. It may have other arguments of the method. */
export interface MessagePayload {
  text?: string | undefined;
  blocks?: unknown;
}

/** Lists the problems for which Slack would refuse this message. */
export function checkMessage(message: MessagePayload): string[] {
  const found = newCheck('message');
  const { text, blocks } = message;
  if (!text && (!Array.isArray(blocks) || blocks.length === 0)) found.problems.push('no_text');
  if (text && text.length > LIMITS.messageText) {
    addProblem(found, '/text', `must be no more than ${LIMITS.messageText} characters`);
  }
  if (blocks !== undefined) {
    checkBlocks(blocks, LIMITS.messageBlocks, found);
    if (found.counted > LIMITS.messageCharacters) {
      found.problems.push(
        `msg_blocks_too_long: ${found.counted} characters, no more than ${LIMITS.messageCharacters} allowed [json-pointer:/blocks]`,
      );
    }
  }
  return found.problems;
}

/** Lists the problems for which Slack would refuse this modal or Home view. */
export function checkView(view: unknown): string[] {
  if (!isRecord(view)) return ['must be an object [json-pointer:/view]'];
  const surface: BlockSurface = view.type === 'home' ? 'home' : 'modal';
  const found = newCheck(surface);
  const { blocks, ...rest } = view;
  (surface === 'home' ? HOME : MODAL)(rest, '', found);
  checkBlocks(blocks, LIMITS.viewBlocks, found);
  if (surface === 'modal' && found.hasInput && view.submit === undefined) {
    addProblem(found, '/submit', 'missing required field: submit, needed with an input block');
  }
  if (new TextEncoder().encode(JSON.stringify(view)).length > LIMITS.viewBytes) {
    found.problems.push(`view_too_large: no more than ${LIMITS.viewBytes} bytes allowed`);
  }
  return found.problems;
}

/** Lists the problems for which Slack would refuse this answer to a suggestion request. */
export function checkSuggestions(answer: unknown): string[] {
  const found = newCheck('modal');
  SUGGESTIONS(answer, '', found);
  return found.problems;
}

/** @throws Error that names every problem of the message. */
export function assertMessage(message: MessagePayload): void {
  assertNoProblems('message', checkMessage(message));
}

/** @throws Error that names every problem of the view. */
export function assertView(view: unknown): void {
  assertNoProblems('view', checkView(view));
}

const viewFields: Record<string, ShapeRule> = {
  'type!': oneOf('modal', 'home'),
  private_metadata: string(LIMITS.privateMetadata),
  callback_id: string(LIMITS.id),
  external_id: string(LIMITS.id),
};
const HOME = object(viewFields);
const MODAL = object({
  ...viewFields,
  'title!': plainTextShape(LIMITS.viewTitle),
  submit: plainTextShape(LIMITS.viewTitle),
  close: plainTextShape(LIMITS.viewTitle),
  clear_on_close: flag,
  notify_on_close: flag,
  submit_disabled: flag,
});

function newCheck(surface: BlockSurface): ShapeCheck {
  return {
    problems: [],
    surface,
    counted: 0,
    markdown: 0,
    tables: 0,
    charts: 0,
    hasInput: false,
    blockIds: new Set(),
  };
}

function checkBlocks(blocks: unknown, max: number, found: ShapeCheck): void {
  list(checkBlock, max, found.surface === 'message' ? 0 : 1)(blocks, '/blocks', found);
  if (found.markdown > LIMITS.markdownCharacters) {
    addProblem(
      found,
      '/blocks',
      `no more than ${LIMITS.markdownCharacters} characters of markdown allowed`,
    );
  }
  if (found.tables > 1) addProblem(found, '/blocks', 'only_one_table_allowed');
  if (found.charts > LIMITS.chartsPerMessage) {
    addProblem(found, '/blocks', `no more than ${LIMITS.chartsPerMessage} charts allowed`);
  }
}

const checkBlock: ShapeRule = (block, at, found) => {
  BLOCK(block, at, found);
  const id = isRecord(block) ? block.block_id : undefined;
  if (typeof id !== 'string') return;
  if (found.blockIds.has(id)) addProblem(found, `${at}/block_id`, 'block_id must be unique');
  found.blockIds.add(id);
};

function assertNoProblems(noun: string, problems: string[]): void {
  if (problems.length > 0)
    throw new Error(`Slack would refuse this ${noun}: ${problems.join('; ')}`);
}
