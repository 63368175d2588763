import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import { checkMessage, checkView } from '../../src/slack/limits.ts';
import * as access from './hostile-access.ts';
import * as cards from './hostile-cards.ts';
import { catalogueViews } from './hostile-catalog.ts';
import * as details from './hostile-details.ts';
import * as digests from './hostile-digests.ts';
import * as people from './hostile-people.ts';
import * as profiles from './hostile-profiles.ts';

import * as requests from './hostile-requests.ts';
import { ruleViews } from './hostile-rules.ts';
import * as simulations from './hostile-simulations.ts';

// The only tokens the app itself writes are dates; its own formatting is `> ` at the start of a line.
const ownTokens = /<!date\^\d+\^[^<>|]*\|[^<>|]*>/g;
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** What a text would do besides being read: a mention, a link, an entity cut in half, a hidden direction. */
function harmOf(text: string): string[] {
  const rest = text.replace(ownTokens, '').replace(/^>[ …]/gm, '');
  return [
    ...(/[<>]/.test(rest) ? ['an unescaped < or >'] : []),
    ...(/&(?!(amp|lt|gt);)/.test(rest) ? ['an unescaped or cut &'] : []),
    ...(unseen.test(rest) ? ['a character that hides or turns text'] : []),
    ...(/[\ud800-\udbff](?![\udc00-\udfff])/.test(rest) ? ['half a character'] : []),
  ].map((what) => `${what} in ${JSON.stringify(text.slice(0, 200))}`);
}

interface Shown {
  type: string;
  text: string;
  verbatim?: boolean;
}

function textsOf(value: unknown): Shown[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && 'text' in value && typeof value.text === 'string';
  return [...(own ? [value as Shown] : []), ...Object.values(value).flatMap(textsOf)];
}

function problemsOf(blocks: unknown): string[] {
  return textsOf(blocks).flatMap((shown) => {
    if (shown.type !== 'mrkdwn') return unseen.test(shown.text) ? [`unseen in ${shown.text}`] : [];
    const parsed = shown.verbatim === true ? [] : ['Slack would look for links and @names in it'];
    return [...parsed, ...harmOf(shown.text)];
  });
}

const runs = { numRuns: 30 };
const messages = {
  ...cards.messages,
  ...details.messages,
  ...requests.requestMessages,
  ...access.accessMessages,
  ...digests.digestMessages,
  ...profiles.profileMessages,
  ...people.peopleMessages,
  ...simulations.simulationMessages,
};
const views = {
  ...cards.views,
  ...details.views,
  ...requests.requestViews,
  ...people.peopleViews,
  ...access.accessViews,
  ...catalogueViews,
  ...profiles.profileViews,
  ...ruleViews,
  ...simulations.simulationViews,
};

describe('whatever people and applications are called', () => {
  it.each(Object.entries(messages))(
    'the message “%s” is one that Slack takes, and foreign text is only text in it',
    (_name, message: fc.Arbitrary<SlackMessage>) => {
      fc.assert(
        fc.property(message, ({ text, blocks }) => {
          expect(checkMessage({ text, blocks })).toEqual([]);
          expect([...problemsOf(blocks), ...harmOf(text)]).toEqual([]);
        }),
        runs,
      );
    },
  );

  it.each(Object.entries(views))(
    'the view “%s” is one that Slack takes, and foreign text is only text in it',
    (_name, view) => {
      fc.assert(
        fc.property(view, (drawn) => {
          expect(checkView(drawn)).toEqual([]);
          expect(problemsOf(drawn.blocks)).toEqual([]);
        }),
        runs,
      );
    },
  );
});
