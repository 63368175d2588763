import { describe, expect, it } from 'vitest';
import { redact } from '../src/log.ts';
import {
  parseCriteria,
  parseDelegate,
  toPlainCommand,
  toPlainComment,
} from '../src/slack/commands/parse.ts';
import { parseRequestWords } from '../src/slack/commands/request-words.ts';
import { understand } from '../src/slack/commands/understand.ts';
import { clampPlainText, escapeMrkdwn } from '../src/slack/limits.ts';
import { cleanText, cutSearch, searchWords } from '../src/text.ts';

/** Slack's longest message. */
const length = 40_000;
const parts = [
  'a',
  ' ',
  '<',
  '<@',
  '<a|',
  '<@A|',
  '"',
  'a ',
  '<@ ',
  '<@,',
  'a=b,',
  'a.',
  'a://',
  '\n',
  '&',
  'é',
  "=' ",
  'until ',
  'i need ',
];
const tails = ['', '!', '"', '>', '\n'];
const readers: Record<string, (text: string) => unknown> = {
  redact,
  cleanText,
  cutSearch,
  searchWords,
  escapeMrkdwn,
  toPlainCommand,
  toPlainComment,
  parseDelegate,
  parseRequestWords: (text) => parseRequestWords(text, 'for'),
  understand,
  'understand in 300 characters': (text) => understand(text.slice(0, 300)),
  parseCriteria: (text) => parseCriteria(`department=${text}`),
  clampPlainText: (text) => clampPlainText(text, 3_000),
};
/** Far more than a linear reader takes on a busy machine, and far less than a quadratic one. */
const maxMs = 500;

describe('a text of 40,000 characters', () => {
  it.each(Object.entries(readers))('is read by %s without a pause', (_, read) => {
    const slow = parts.flatMap((part) =>
      tails.filter((tail) => {
        const text = part.repeat(length / part.length) + tail;
        const start = performance.now();
        try {
          read(text);
        } catch {
          // A refusal is an answer, too.
        }
        return performance.now() - start > maxMs;
      }),
    );
    expect(slow).toEqual([]);
  });
});
