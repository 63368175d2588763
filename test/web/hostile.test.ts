import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreferencesPage } from '../../src/governance/email-links/preferences-page.ts';
import type { TaskPage } from '../../src/governance/email-links/task-page.ts';
import { sentencePage } from '../../src/web/layout.ts';
import { preferencesPage } from '../../src/web/preferences-page.ts';
import type { TaskForm } from '../../src/web/task-forms.ts';
import { taskPage } from '../../src/web/task-page.ts';
import { details } from '../slack/hostile-details.ts';
import { card, comment, id, list, maybe, text } from '../slack/hostile-text.ts';

const person = fc.record({ id, name: text, email: fc.option(text) });
const task: fc.Arbitrary<TaskPage> = fc.record({
  person,
  timeZone: fc.constantFrom(undefined, 'Europe/Paris'),
  card,
  details,
  choice: maybe(
    fc.record({
      stepId: id,
      version: id,
      yes: text,
      no: text,
      reasonFor: fc.record({ yes: fc.boolean(), no: fc.boolean() }),
      reassignable: fc.boolean(),
    }),
  ),
  state: maybe(text),
});
const place = fc.constantFrom('decide' as const, 'reassign' as const, 'comment' as const);
const form: fc.Arbitrary<TaskForm> = fc.record({
  token: text,
  version: id,
  trouble: maybe(fc.record({ sentence: text, at: place })),
  typed: fc.dictionary(fc.constantFrom('reason', 'comment', 'person', 'q', '__proto__'), comment),
  search: maybe(
    fc.record({
      words: text,
      found: list(
        fc.record({ id, name: text, jobTitle: fc.option(text), department: fc.option(text) }),
        50,
      ),
    }),
  ),
});
const preferences: fc.Arbitrary<PreferencesPage> = fc.record({
  person,
  timeZone: fc.constant(undefined),
  form: fc.record({
    own: fc.constant({ channel: null, summary: null, workFromHour: null, workUntilHour: null }),
    organisation: fc.record({
      channel: fc.constant('both' as const),
      summary: fc.constant('off' as const),
      locked: fc.boolean(),
    }),
    inForce: fc.constant({
      channel: 'both' as const,
      summary: 'off' as const,
      workFromHour: 9,
      workUntilHour: 18,
    }),
  }),
});

const elements =
  /^(!doctype|html|head|meta|title|link|style|body|header|main|footer|section|article|form|fieldset|legend|details|summary|div|h1|h2|p|ul|ol|li|dl|dt|dd|b|q|bdi|span|small|time|blockquote|label|input|select|option|textarea|button)$/i;
const unseen = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

/** What in a page is not of the pages themselves: elements, attributes that act, addresses, words that hide. */
function strangersIn(page: string): string[] {
  const tags = page.match(/<[^>]*>/g) ?? [];
  const strange = tags.filter((tag) => {
    const name = /^<\/?([!\w]+)/.exec(tag)?.[1] ?? '';
    const attributes = tag.replace(/"[^"]*"/g, '""');
    return !elements.test(name) || /\s(on\w+|style|src|formaction)\s*=/i.test(attributes);
  });
  const addresses = [...page.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, to]) => to ?? '');
  return [
    ...strange,
    ...addresses.filter((to) => to !== 'data:,' && to !== '#reassign'),
    ...(unseen.test(page) ? ['something unseen'] : []),
    ...(tags.filter((tag) => tag.startsWith('<h1')).length === 1 ? [] : ['not one heading']),
  ];
}

describe('pages of hostile words', () => {
  it('a task is drawn with its words as text, whatever they are', () => {
    fc.assert(
      fc.property(task, form, (page, form) => {
        expect(strangersIn(taskPage(page, form, 'UTC'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('so are preferences and sentences', () => {
    fc.assert(
      fc.property(preferences, text, comment, (page, words, trouble) => {
        const typed = { channel: words, from: words };
        const state = { token: words, isSaved: true, trouble, typed };
        expect(strangersIn(preferencesPage(page, state, 'UTC'))).toEqual([]);
        expect(strangersIn(sentencePage(words, trouble))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
