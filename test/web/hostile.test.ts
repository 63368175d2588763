import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreferencesPage } from '../../src/governance/email-links/preferences-page.ts';
import type { TaskPage } from '../../src/governance/email-links/task-page.ts';
import { renderSentencePage } from '../../src/web/layout.ts';
import { renderLinkPage } from '../../src/web/preferences-page.ts';
import type { TaskFormState } from '../../src/web/task-forms.ts';
import { renderTaskPage } from '../../src/web/task-page.ts';
import { details } from '../slack/hostile-details.ts';
import { card, comment, id, list, maybe, text } from '../slack/hostile-text.ts';

const person = fc.record({ id, name: text, email: fc.option(text) });
const task: fc.Arbitrary<TaskPage> = fc.record({
  person,
  timeZone: fc.constant('Europe/Paris'),
  card,
  details,
  choice: maybe(
    fc.record({
      stepId: id,
      version: id,
      yes: maybe(text),
      no: text,
      handsOnTo: list(text, 3),
      limit: maybe(text),
      isDestructive: fc.boolean(),
      reasonFor: fc.record({ yes: fc.boolean(), no: fc.boolean() }),
      reassignable: fc.boolean(),
    }),
  ),
  state: maybe(text),
});
const formName = fc.constantFrom('decide' as const, 'reassign' as const, 'comment' as const);
const form: fc.Arbitrary<TaskFormState> = fc.record({
  token: text,
  version: id,
  stepId: id,
  decision: maybe(fc.constantFrom('yes' as const, 'no' as const)),
  entryToken: maybe(text),
  problem: maybe(fc.record({ sentence: text, form: formName })),
  input: fc.dictionary(fc.constantFrom('reason', 'comment', 'person', 'q', '__proto__'), comment),
  search: maybe(
    fc.record({
      query: text,
      candidates: list(
        fc.record({ id, name: text, jobTitle: fc.option(text), department: fc.option(text) }),
        50,
      ),
    }),
  ),
});
const preferences: fc.Arbitrary<PreferencesPage> = fc.record({
  person,
  timeZone: fc.constant('UTC'),
  form: fc.record({
    own: fc.constant({ channel: null, summary: null, workFromHour: null, workUntilHour: null }),
    organization: fc.record({
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
  /^(!doctype|html|a|head|meta|title|link|style|body|header|main|footer|section|article|form|fieldset|legend|details|summary|div|h1|h2|p|ul|ol|li|dl|dt|dd|b|q|bdi|span|small|time|blockquote|label|input|select|option|textarea|button)$/i;
const invisible = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

/** The empty icon, the form to reassign, and a page of comments. */
const ownAddress = /^(data:,|#reassign|\?comments=\d+#comments|\?decide=(yes|no))$/;

/** Lists everything that the templates never contain: elements, active attributes, URLs, invisible characters. */
function findForeignMarkup(page: string): string[] {
  const tags = page.match(/<[^>]*>/g) ?? [];
  const foreign = tags.filter((tag) => {
    const name = /^<\/?([!\w]+)/.exec(tag)?.[1] ?? '';
    const attributes = tag.replace(/"[^"]*"/g, '""');
    return !elements.test(name) || /\s(on\w+|style|src|formaction)\s*=/i.test(attributes);
  });
  const addresses = [...page.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, to]) => to ?? '');
  return [
    ...foreign,
    ...addresses.filter((to) => !ownAddress.test(to)),
    ...(invisible.test(page) ? ['an invisible character'] : []),
    ...(tags.filter((tag) => tag.startsWith('<h1')).length === 1
      ? []
      : ['not exactly one heading']),
  ];
}

describe('pages of hostile text', () => {
  it('a task page shows all of it as text', () => {
    fc.assert(
      fc.property(task, form, (page, form) => {
        expect(findForeignMarkup(renderTaskPage(page, form))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('preferences and sentence pages show all of it as text', () => {
    fc.assert(
      fc.property(preferences, text, comment, (page, words, problem) => {
        const input = { channel: words, from: words };
        const state = { token: words, isSaved: true, problem, input };
        const counts = { approval: 2, provision: 0, revocation: 0, deprovision: 0 };
        const door = {
          counts: { ...counts, reviews: 0, completed: 0 },
          closed: words || undefined,
        };
        const entrance = { door, entryToken: words, renewToken: words, result: problem };
        expect(findForeignMarkup(renderLinkPage(page, state, undefined))).toEqual([]);
        expect(findForeignMarkup(renderLinkPage(page, state, entrance))).toEqual([]);
        expect(findForeignMarkup(renderSentencePage(words, problem))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
