import type { HomeView, ModalView } from '@slack/web-api';
import fc from 'fast-check';
import type { Analysis, PastAnalysis } from '../../src/governance/analyses.ts';
import type { TaskCard } from '../../src/governance/describe.ts';
import type { Line } from '../../src/governance/describe-trail.ts';
import type { Home } from '../../src/governance/home.ts';
import type { ProfileView } from '../../src/governance/profiles.ts';
import type { RunView, SuggestionView } from '../../src/governance/suggestions.ts';
import { analysisMessage, historyMessage } from '../../src/slack/blocks/analysis.ts';
import { homeView } from '../../src/slack/blocks/home.ts';
import { outliersMessage } from '../../src/slack/blocks/outlier.ts';
import { addMembersView, profilesMessage, profileView } from '../../src/slack/blocks/profile.ts';
import {
  analysisView,
  openerMessage,
  requestView,
  sentenceView,
} from '../../src/slack/blocks/request.ts';
import { listMessage, listView, runMessage } from '../../src/slack/blocks/suggestion.ts';
import { reviewView } from '../../src/slack/blocks/suggestion-review.ts';
import {
  detailsView,
  type SlackMessage,
  taskMessage,
  tasksMessage,
} from '../../src/slack/blocks/task.ts';
import { commentView, reasonView, reassignView } from '../../src/slack/blocks/task-forms.ts';

// Every card, modal and Home, drawn from data that nobody should have, and that somebody does.

const samples = [
  '',
  ' ',
  'Ana Ruiz',
  '<!channel>',
  '<@U1> <!here> <http://evil.example|Okta>',
  'R&D <&> &amp; &lt;',
  '*bold* _it_ ~no~ `code` > quote',
  'invoice\u202efdp.exe',
  '\u200b\u2066\u2069',
  '👩🏽‍💻👍🏿'.repeat(20),
  'line one\nline two\r\n\n> three',
  'مرحبا بالعالم',
  '__proto__',
  'x'.repeat(10_000),
  '&'.repeat(10_000),
  '<'.repeat(10_000),
  ' '.repeat(10_000),
  '\n'.repeat(10_000),
  '👍'.repeat(5_000),
  'a b\n'.repeat(3_000),
];
export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...samples) },
  fc.string({ unit: 'grapheme', maxLength: 200 }),
);
const comment = fc.oneof(text, fc.constantFrom('word '.repeat(2_400), '<&>\n'.repeat(3_000)));
const id = fc.integer({ min: 1, max: 2_147_483_647 });
export const moment = fc.date({
  min: new Date('2000-01-01'),
  max: new Date('2100-01-01'),
  noInvalidDate: true,
});
export const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
export const list = <T>(value: fc.Arbitrary<T>, most: number) =>
  fc.oneof(
    fc.array(value, { maxLength: 3 }),
    fc.array(value, { minLength: most, maxLength: most, size: 'max' }),
  );
const percent = fc.double({ min: 0, max: 100, noNaN: true });

export const line: fc.Arbitrary<Line> = fc.record({
  text,
  at: maybe(moment),
  quote: maybe(comment),
});
export const card: fc.Arbitrary<TaskCard> = fc.record({
  taskId: id,
  title: text,
  number: text,
  quote: maybe(comment),
  facts: list(fc.tuple(text, text), 10),
  howTo: maybe(comment),
  notes: list(text, 5),
  records: list(line, 20),
  choice: maybe(
    fc.record({
      stepId: id,
      version: id,
      yes: fc.constantFrom('Approve', 'Provisioned'),
      no: fc.constantFrom('Deny', "Won't provision"),
      reassignable: fc.boolean(),
    }),
  ),
  canCancel: fc.boolean(),
  summary: text,
});

const evidence = fc.record({
  suggestionId: id,
  entitlementId: id,
  app: text,
  entitlement: text,
  risk: fc.constantFrom('low' as const, 'medium' as const, 'high' as const, null),
  holders: fc.nat(),
  confidencePercent: percent,
  lowerBoundPercent: percent,
  lift: fc.double({ min: 0, max: 10_000, noNaN: true }),
});
const suggestionWith = (most: number): fc.Arbitrary<SuggestionView> =>
  fc
    .record({
      words: text,
      name: text,
      decided: maybe(text),
      evidence: list(evidence, most),
      gainingNames: list(text, 200),
      seen: fc.record({ runs: fc.nat({ max: 5 }), times: fc.nat({ max: 5 }) }),
      overlaps: fc.uniqueArray(
        fc.record({ profileId: id, name: text, has: fc.nat(), lacks: fc.nat({ max: 2 }) }),
        { maxLength: 20, selector: (one) => one.profileId },
      ),
      people: fc.nat(),
      number: id,
    })
    .map(({ people, number, ...view }) => ({
      ...view,
      evidence: view.evidence.map((one, at) => ({ ...one, entitlementId: 2_000_000_000 + at })),
      // The cards read no more of it than this.
      suggestion: {
        id: number,
        people,
        peopleWithAll: people,
        gaining: people,
        seenRuns: 1,
      } as SuggestionView['suggestion'],
    }));
const suggestion = suggestionWith(3);
const large = suggestionWith(250);
const miningRun = fc
  .record({ id, error: fc.option(text), finishedAt: fc.option(moment), failed: fc.boolean() })
  .map(({ failed, ...run }) => {
    const state = failed ? 'failed' : 'completed';
    return { ...run, state, kind: 'all', people: 400, grants: 6_000 } as RunView['run'];
  });
const run: fc.Arbitrary<RunView> = fc.record({
  run: miningRun,
  requestedByReader: fc.boolean(),
  fresh: list(suggestion, 40),
  waiting: fc.nat(),
  explainedPercent: percent,
});

const filter = fc.dictionary(text, fc.array(text, { maxLength: 3 }), { maxKeys: 3 });
const refinements = list(fc.record({ label: text, people: fc.nat(), filter }), 5);
const analysis: fc.Arbitrary<Analysis> = fc.oneof(
  fc.record({ narrow: refinements, widen: refinements, found: large }),
  fc.record({
    narrow: refinements,
    widen: refinements,
    found: fc.constant(undefined),
    sentence: text,
  }),
);
const past: fc.Arbitrary<PastAnalysis[]> = list(
  fc.record({
    runId: id,
    filter: maybe(filter),
    words: text,
    answer: comment,
    by: maybe(text),
    at: moment,
  }),
  15,
);
const outliers = fc
  .array(fc.record({ personId: id, entitlementId: id, sentence: text, isHighRisk: fc.boolean() }), {
    maxLength: 60,
  })
  .map((all) => all.map((one, at) => ({ ...one, personId: at + 1 })));

const profile: fc.Arbitrary<ProfileView> = fc.record({
  profile: fc.record({ id, name: text }).map((one) => ({
    ...one,
    nameKey: '',
    cohort: null,
    suggestionId: null,
    createdBy: null,
    createdAt: new Date(0),
  })),
  entitlements: list(text, 250),
  members: list(fc.record({ id, name: text }), 200),
  cohort: maybe(fc.record({ words: text, people: fc.nat() })),
});
const profileRow = fc.record({
  profile: fc.record({ id, name: text }),
  entitlements: fc.nat(),
  members: fc.nat(),
});

const home: fc.Arbitrary<Home> = fc.record({
  inbox: fc.record({
    counts: fc.record({
      approval: fc.nat(),
      provision: fc.nat(),
      revocation: fc.nat(),
      deprovision: fc.nat(),
    }),
    cards: fc
      .array(card, { maxLength: 5 })
      .map((cards) => cards.map((one, at) => numbered(one, at + 1))),
    decided: fc.array(fc.record({ title: text, number: text, what: text, at: fc.option(moment) }), {
      maxLength: 5,
    }),
  }),
  requests: fc
    .array(fc.record({ card, state: text }), { maxLength: 5 })
    .map((all) => all.map((one, at) => ({ ...one, card: numbered(one.card, at + 1) }))),
  access: list(
    fc.record({ label: text, expiresAt: fc.option(moment), pending: fc.boolean() }),
    300,
  ),
  suggestions: maybe(fc.record({ suggestions: list(suggestion, 30), run: maybe(miningRun) })),
});

/** Tasks and steps have numbers of their own, as in the database. */
export function numbered(one: TaskCard, number: number): TaskCard {
  const choice = one.choice && { ...one.choice, stepId: number };
  return { ...one, taskId: number, choice };
}

const details = fc.record({
  title: text,
  number: text,
  facts: list(fc.tuple(text, text), 12),
  quote: maybe(comment),
  instructions: maybe(comment),
  policy: text,
  plan: list(line, 20),
  comments: list(fc.record({ author: text, body: comment, at: moment }), 40),
});

/** By the name a reader of a failure understands. */
export const messages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'a task': card.map(taskMessage),
  'what waits for me': fc.array(card, { minLength: 1, maxLength: 6 }).map((cards) =>
    tasksMessage(
      cards.length + 3,
      cards.map((one, at) => numbered(one, at + 1)),
    ),
  ),
  'a run': run.map(runMessage),
  'the suggestions': list(suggestion, 30).map(listMessage),
  'an analysis with a table': analysis.map((one) => analysisMessage(one, 'table')),
  'an analysis in words': analysis.map((one) => analysisMessage(one, 'classic')),
  'past analyses': past.map(historyMessage),
  'what stands out': outliers.map(outliersMessage),
  'the profiles': list(profileRow, 60).map(profilesMessage),
  'a button that opens a modal': fc.constant(openerMessage('What do you need?', 'Request', 'a')),
};

export const views: Record<string, fc.Arbitrary<ModalView | HomeView>> = {
  Home: home.map(homeView),
  'a review': fc.tuple(large, fc.nat({ max: 9 }), fc.boolean()).map(([view, page, none]) =>
    reviewView(view, {
      suggestionId: view.suggestion.id,
      page,
      removed: none ? view.evidence.map((one) => one.entitlementId) : [],
    }),
  ),
  'the list of suggestions': fc
    .tuple(list(suggestion, 70), fc.nat({ max: 5 }))
    .map(([all, page]) => listView(all, page)),
  'a profile': fc.tuple(profile, maybe(text)).map(([view, news]) => profileView(view, news)),
  'adding members': profile.map(addMembersView),
  'a request': fc
    .tuple(text, maybe(fc.record({ id, name: text })))
    .map(([name, application]) => requestView({ me: { id: 1, name }, application })),
  'an analysis form': fc
    .tuple(fc.array(fc.record({ dimension: text, label: text }), { maxLength: 120 }), fc.boolean())
    .map(([dimensions, isChosen]) => {
      const first = dimensions.find(({ dimension: { length } }) => length > 0 && length <= 150);
      const chosen = isChosen && first ? { ...first, values: [] } : undefined;
      return analysisView({ dimensions, chosen });
    }),
  'asking why': text.map((title) =>
    reasonView({ ref: '1.1', label: "Won't provision", question: `Deny: ${title}. Why?` }),
  ),
  reassigning: text.map((title) => reassignView('1.1', title)),
  commenting: id.map(commentView),
  details: details.map(detailsView),
  'a sentence': fc.constant(sentenceView('Rolemine', 'Loading…')),
};
