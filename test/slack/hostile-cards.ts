import type { HomeView, ModalView } from '@slack/web-api';
import fc from 'fast-check';
import type { MyAccess } from '../../src/governance/access/my-access.ts';
import type { Home } from '../../src/governance/messages/home.ts';
import type { Analysis, PastAnalysis } from '../../src/governance/role-mining/cohort-analysis.ts';
import type { RunView, SuggestionView } from '../../src/governance/role-mining/suggestions.ts';
import type { MyRequests } from '../../src/governance/task-cards/my-requests.ts';
import { openerMessage, sentenceView } from '../../src/slack/blocks/kit/sentence.ts';
import { analysisMessage, historyMessage } from '../../src/slack/blocks/mining/analysis.ts';
import { analysisView } from '../../src/slack/blocks/mining/analysis-form.ts';
import { outliersMessage } from '../../src/slack/blocks/mining/outlier.ts';
import { listMessage, listView, runMessage } from '../../src/slack/blocks/mining/suggestion.ts';
import { reviewView } from '../../src/slack/blocks/mining/suggestion-review.ts';
import { delegationView } from '../../src/slack/blocks/people/delegation.ts';
import { homeView } from '../../src/slack/blocks/people/home.ts';
import { noticeMessage } from '../../src/slack/blocks/people/notice.ts';
import {
  organizationPreferencesView,
  preferencesView,
} from '../../src/slack/blocks/people/preferences.ts';
import { openTasksMessage, openTasksView } from '../../src/slack/blocks/tasks/all-tasks.ts';
import { bulkResultView, bulkSelectionView } from '../../src/slack/blocks/tasks/bulk.ts';
import { inboxView, tasksMessage } from '../../src/slack/blocks/tasks/inbox.ts';
import { type SlackMessage, taskMessage } from '../../src/slack/blocks/tasks/task.ts';
import { reasonView, reassignView } from '../../src/slack/blocks/tasks/task-forms.ts';
import { choices, inboxOf, openSteps, outcome, selection } from './hostile-lists.ts';
import { card, comment, id, list, maybe, moment, numbered, percent, text } from './hostile-text.ts';

// Cards, modals and Home with hostile data.

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
const suggestionWith = (max: number): fc.Arbitrary<SuggestionView> =>
  fc
    .record({
      words: text,
      name: text,
      decision: maybe(text),
      trust: text,
      evidence: list(evidence, max),
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
      // Views of suggestions read only these fields.
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
  cancellation: maybe(text),
  isRequestedByReader: fc.boolean(),
  newSuggestions: list(suggestion, 40),
  openSuggestions: fc.nat(),
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
    scope: text,
    answer: comment,
    by: maybe(text),
    at: moment,
    isOpen: fc.boolean(),
  }),
  15,
);
const outliers = fc
  .array(fc.record({ personId: id, entitlementId: id, sentence: text, isHighRisk: fc.boolean() }), {
    maxLength: 60,
  })
  .map((all) => all.map((one, at) => ({ ...one, personId: at + 1 })));

const delegations = fc.record({ mine: list(text, 2), others: list(text, 30) });

export const myRequests = (max: number): fc.Arbitrary<MyRequests> =>
  fc
    .array(fc.record({ card, state: text, canRemind: fc.boolean() }), { maxLength: max })
    .map((all) => ({
      total: all.length + 3,
      from: 0,
      rows: all.map((one, at) => ({ ...one, card: numbered(one.card, at + 1) })),
    }));
export const access: fc.Arbitrary<MyAccess[]> = list(
  fc.record({
    entitlementId: id,
    label: text,
    expiresAt: fc.option(moment),
    until: maybe(text),
    pending: fc.boolean(),
  }),
  300,
);

const channel = fc.constantFrom('slack' as const, 'both' as const, 'email' as const);
const summary = fc.constantFrom('off' as const, 'daily' as const, 'weekly' as const);
const hours = { workFromHour: fc.nat({ max: 24 }), workUntilHour: fc.nat({ max: 24 }) };
const settings = fc.record({ channel, summary, locked: fc.boolean() });
const preferences = fc.record({
  own: fc.record({ channel: fc.option(channel), summary: fc.option(summary), ...hours }),
  organization: settings,
  inForce: fc.record({ channel, summary, ...hours }),
});

const home: fc.Arbitrary<Home> = fc.record({
  inbox: inboxOf(10),
  requests: myRequests(5),
  access,
  delegations,
  preferences,
  concerns: list(text, 20),
  heldImports: list(fc.record({ connector: text, words: text }), 8).map((all) =>
    all.map((one, at) => ({ ...one, holdId: at + 1 })),
  ),
  manages: fc.constantFrom([], ['reassignAnyTask' as const, 'manageUsers' as const]),
  suggestions: maybe(fc.record({ suggestions: list(suggestion, 30), run: maybe(miningRun) })),
});

const stepInList = { ref: { stepId: 1, version: 1 }, below: undefined };

/** By the name that a failure shows. */
export const messages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'a task': card.map(taskMessage),
  'my open tasks': inboxOf(5).map(tasksMessage),
  'all open tasks': openSteps.map(openTasksMessage),
  'a run': run.map(runMessage),
  'the suggestions': list(suggestion, 30).map(listMessage),
  'an analysis with a table': analysis.map((one) => analysisMessage(one, 'table')),
  'an analysis in words': analysis.map((one) => analysisMessage(one, 'classic')),
  'past analyses': past.map(historyMessage),
  'open outliers': outliers.map(outliersMessage),
  'a notice': fc
    .record({ title: text, lines: fc.array(text, { minLength: 1 }), summary: comment })
    .map(noticeMessage),
  'a button that opens a modal': fc.constant(openerMessage('Request access.', 'Request', 'a')),
};

export const views: Record<string, fc.Arbitrary<ModalView | HomeView>> = {
  Home: home.map(homeView),
  'my tasks': inboxOf(10).map(inboxView),
  'all open tasks': openSteps.map(openTasksView),
  'a bulk selection': fc
    .tuple(choices, selection)
    .map(([found, selected]) => bulkSelectionView(found, selected)),
  'the result of a bulk decision': outcome.map(bulkResultView),
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
  'an analysis form': fc
    .tuple(fc.array(fc.record({ dimension: text, label: text }), { maxLength: 120 }), fc.boolean())
    .map(([dimensions, isChosen]) => {
      const first = dimensions.find(({ dimension: { length } }) => length > 0 && length <= 150);
      const chosen = isChosen && first ? { ...first, values: [] } : undefined;
      return analysisView({ dimensions, chosen });
    }),
  'a form for a reason': text.map((title) =>
    reasonView(stepInList, { callbackId: 'task:reason', button: "Won't provision", title }),
  ),
  'a form to reassign': text.map((title) => reassignView(stepInList, title)),
  'a form for a delegate': fc
    .record({ delegations, delegator: maybe(fc.record({ id, name: text })) })
    .map(delegationView),
  'my notifications': fc
    .tuple(preferences, fc.boolean())
    .map(([form, mayManage]) => preferencesView(form, mayManage)),
  'organization defaults': settings.map(organizationPreferencesView),
  'a sentence': fc.constant(sentenceView('Rolemine', 'Loading…')),
};
