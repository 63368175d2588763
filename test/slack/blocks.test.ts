import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import { checkMessage, checkView } from '../../src/slack/limits.ts';
import * as access from './hostile-access.ts';
import * as cards from './hostile-cards.ts';
import { catalogViews } from './hostile-catalog.ts';
import * as details from './hostile-details.ts';
import * as digests from './hostile-digests.ts';
import * as people from './hostile-people.ts';
import * as profiles from './hostile-profiles.ts';
import * as requests from './hostile-requests.ts';
import { ruleViews } from './hostile-rules.ts';
import * as simulations from './hostile-simulations.ts';

// The app writes only dates as tokens, and only `> ` at the start of a line as formatting.
const ownTokens = /<!date\^\d+\^[^<>|]*\|[^<>|]*>/g;
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** The ways in which a text does more than show: mentions, links, cut entities, hidden directions. */
function findHarm(text: string): string[] {
  const rest = text.replace(ownTokens, '').replace(/^>[ …]/gm, '');
  return [
    ...(/[<>]/.test(rest) ? ['an unescaped < or >'] : []),
    ...(/&(?!(amp|lt|gt);)/.test(rest) ? ['an unescaped or cut &'] : []),
    ...(invisible.test(rest) ? ['an invisible character'] : []),
    ...(/[\ud800-\udbff](?![\udc00-\udfff])/.test(rest) ? ['half a character'] : []),
  ].map((harm) => `${harm} in ${JSON.stringify(text.slice(0, 200))}`);
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
    if (shown.type !== 'mrkdwn')
      return invisible.test(shown.text) ? [`invisible in ${shown.text}`] : [];
    const parsed = shown.verbatim === true ? [] : ['Slack would look for links and @names in it'];
    return [...parsed, ...findHarm(shown.text)];
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
  ...catalogViews,
  ...profiles.profileViews,
  ...ruleViews,
  ...simulations.simulationViews,
};

describe('hostile names of people and applications', () => {
  it.each(Object.entries(messages))(
    'are only text in the message “%s”, and Slack accepts it',
    (_name, message: fc.Arbitrary<SlackMessage>) => {
      fc.assert(
        fc.property(message, ({ text, blocks }) => {
          expect(checkMessage({ text, blocks })).toEqual([]);
          expect([...problemsOf(blocks), ...findHarm(text)]).toEqual([]);
        }),
        runs,
      );
    },
  );

  it.each(Object.entries(views))(
    'are only text in the view “%s”, and Slack accepts it',
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
