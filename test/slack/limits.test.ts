import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  assertMessage,
  assertView,
  checkMessage,
  checkSuggestions,
  checkView,
  clampPlainText,
  clampText,
  escapeMrkdwn,
  LIMITS,
} from '../../src/slack/limits.ts';

const words = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (text: string, more = {}) => ({
  type: 'button',
  action_id: text,
  text: words(text),
  ...more,
});
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const select = (count: number) => ({
  type: 'static_select',
  action_id: 's',
  options: Array.from({ length: count }, (_, i) => ({ text: words(`o${i}`), value: `${i}` })),
});
const message = (...blocks: unknown[]) => checkMessage({ text: 'x', blocks });
const modal = (blocks: unknown[], more = {}) =>
  checkView({ type: 'modal', title: words('T'), blocks, ...more });
const textInput = {
  type: 'input',
  label: words('Reason'),
  element: { type: 'plain_text_input', action_id: 'r' },
};

describe('the limits of Slack', () => {
  test('the table of docs/slack.md#messages-and-views has every limit with its number', () => {
    const rows = readFileSync('docs/slack.md', 'utf8').matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm);
    const written = [...rows].map(([, name, value = '']) => [
      name,
      Number(value.replaceAll(',', '')),
    ]);
    expect(written).toEqual(Object.entries(LIMITS));
  });

  test('a card within the limits has no problems', () => {
    expect(
      message(
        { type: 'header', text: words('Access request: GitHub · Admin for Ana') },
        { type: 'section', fields: [{ type: 'mrkdwn', text: '*For*\nAna' }], accessory: select(3) },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'why', verbatim: true }] },
        { type: 'divider' },
        actions(button('Approve', { style: 'primary', value: '1' }), button('Deny')),
      ),
    ).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    [
      'a button of 76 characters',
      message(actions(button('x'.repeat(76)))),
      /no more than 75 .*\/blocks\/0\/elements\/0\/text\/text/,
    ],
    [
      'a button value of 2,001 characters',
      message(actions(button('a', { value: 'x'.repeat(2001) }))),
      /no more than 2000 /,
    ],
    [
      '51 blocks in a message',
      message(...Array(51).fill({ type: 'divider' })),
      /no more than 50 items/,
    ],
    [
      '101 blocks in a modal',
      modal(Array(101).fill({ type: 'divider' })),
      /no more than 100 items/,
    ],
    ['an empty section', message(section('')), /at least 1 characters .*\/blocks\/0\/text\/text/],
    ['a section of 3,001 characters', message(section('x'.repeat(3001))), /no more than 3000/],
    [
      'a header of 151 characters',
      message({ type: 'header', text: words('x'.repeat(151)) }),
      /no more than 150/,
    ],
    [
      'a header in mrkdwn',
      message({ type: 'header', text: { type: 'mrkdwn', text: 'x' } }),
      /unsupported type: mrkdwn/,
    ],
    [
      '11 fields',
      message({ type: 'section', fields: Array(11).fill(words('x')) }),
      /no more than 10 items/,
    ],
    [
      '26 elements in an actions block',
      message(actions(...Array.from({ length: 26 }, (_, i) => button(`b${i}`)))),
      /no more than 25/,
    ],
    ['101 options', message(actions(select(101))), /no more than 100/],
    [
      'a select with no options at all',
      message(actions({ type: 'static_select', action_id: 's' })),
      /options or option_groups/,
    ],
    [
      'six options in an overflow menu',
      message(actions({ ...select(6), type: 'overflow' })),
      /no more than 5/,
    ],
    [
      'an unknown block',
      message({ type: 'sparkles' }),
      /unsupported type: sparkles \[json-pointer:\/blocks\/0\/type\]/,
    ],
    [
      'an unknown field',
      message(actions(button('a', { colour: 'red' }))),
      /invalid additional property: colour/,
    ],
    [
      'an element in the wrong place',
      message(actions({ type: 'plain_text_input', action_id: 'p' })),
      /unsupported type/,
    ],
    [
      'the same action_id twice in a block',
      message(actions(button('a'), button('a'))),
      /action_id must be unique/,
    ],
    [
      'the same block_id twice',
      message({ type: 'divider', block_id: 'd' }, { type: 'divider', block_id: 'd' }),
      /block_id must be unique/,
    ],
    ['an alert outside a modal', message({ type: 'alert', text: words('x') }), /in a modal only/],
    [
      'two tables',
      message(...Array(2).fill({ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] })),
      /only_one_table/,
    ],
    [
      'a message of 13,200 characters and more',
      message(...Array(5).fill(section('x'.repeat(2900)))),
      /msg_blocks_too_long/,
    ],
    [
      'a message whose ampersands count fivefold',
      message(...Array(3).fill(section('&'.repeat(1000)))),
      /msg_blocks_too_long/,
    ],
    ['a text of 4,001 characters', checkMessage({ text: 'x'.repeat(4001) }), /no more than 4000/],
    ['an empty message', checkMessage({}), /no_text/],
    [
      'a modal title of 25 characters',
      modal([section('x')], { title: words('x'.repeat(25)) }),
      /no more than 24 .*\/title\/text/,
    ],
    [
      'private_metadata of 3,001 characters',
      modal([section('x')], { private_metadata: 'x'.repeat(3001) }),
      /no more than 3000/,
    ],
    ['an input without a submit button', modal([textInput]), /submit/],
    [
      'a chart whose labels are not its categories',
      message({
        type: 'data_visualization',
        title: 'T',
        chart: {
          type: 'bar',
          axis_config: { categories: ['a'] },
          series: [{ name: 's', data: [{ label: 'b', value: 1 }] }],
        },
      }),
      /labels must match/,
    ],
    [
      'a suggestion answer with a text of 76 characters',
      checkSuggestions({ options: [{ text: words('x'.repeat(76)), value: 'v' }] }),
      /no more than 75/,
    ],
  ])('%s is refused', (_what, problems, expected) => {
    expect(problems.join('\n')).toMatch(expected);
  });

  test('tables, charts and alerts within their limits pass', () => {
    const point = (label: string) => ({ label, value: 3 });
    expect(
      message(
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: 'a' },
              { type: 'raw_number', value: 1, text: '1' },
            ],
          ],
          column_settings: [{ align: 'right' }],
        },
        {
          type: 'data_visualization',
          title: 'Share',
          chart: { type: 'pie', segments: [point('a')] },
        },
        {
          type: 'data_visualization',
          title: 'T',
          chart: {
            type: 'line',
            axis_config: { categories: ['a', 'b'] },
            series: [{ name: 's', data: [point('a'), point('b')] }],
          },
        },
      ),
    ).toEqual([]);
    expect(
      modal([{ type: 'alert', text: words('Sure?'), level: 'warning' }, textInput], {
        submit: words('Send'),
      }),
    ).toEqual([]);
  });

  test('assertions name every problem', () => {
    expect(() => assertMessage({ text: 'x', blocks: [{ type: 'a' }, { type: 'b' }] })).toThrow(
      /type: a.*type: b/,
    );
    expect(() => assertView({ type: 'modal', blocks: [section('x')] })).toThrow(
      /missing required field: title/,
    );
  });
});

describe('foreign text', () => {
  test('mentions, links and direction overrides become plain text', () => {
    expect(escapeMrkdwn('<!channel> & <http://evil|Okta>\u202Egro.live\u2066\nnext')).toBe(
      '&lt;!channel&gt; &amp; &lt;http://evil|Okta&gt;gro.live\nnext',
    );
  });

  test('shortened text never ends in part of an entity, a token or a character', () => {
    expect(clampText('R&amp;D team', 5)).toBe('R…');
    expect(clampText('by <@U123|ana> now', 12)).toBe('by…');
    expect(clampText('ab😀cd', 4)).toBe('ab…');
    expect(clampText('short', 5)).toBe('short');
    for (let max = 1; max < 30; max += 1) {
      expect(clampText('a &lt;b&gt; <@U1> &amp; c <@U2>', max).length).toBeLessThanOrEqual(max);
    }
  });

  test('plain text is shortened but not escaped', () => {
    expect(clampPlainText('R&D \u202Eteam', 20)).toBe('R&D team');
    expect(clampPlainText('Finance analysts', 8)).toBe('Finance…');
  });
});
