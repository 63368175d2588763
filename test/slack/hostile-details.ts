import type { HomeView, ModalView } from '@slack/web-api';
import fc from 'fast-check';
import { accessView, matchesMessage } from '../../src/slack/blocks/requests/access-views.ts';
import { revokeView } from '../../src/slack/blocks/requests/revoke.ts';
import { commentMessage, commentsView } from '../../src/slack/blocks/tasks/comments.ts';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import { detailsView } from '../../src/slack/blocks/tasks/task-details.ts';
import { commentView } from '../../src/slack/blocks/tasks/task-forms.ts';
import { choice, comment, id, line, list, maybe, moment, text } from './hostile-text.ts';

// Details, comments and views of access, with hostile data.

const comments = list(fc.record({ author: text, body: comment, at: moment }), 40);
export const details = fc.record({
  taskId: id,
  kind: fc.constant('Request'),
  title: text,
  number: text,
  marks: list(text, 3),
  actsFor: maybe(text),
  choice: maybe(choice),
  facts: list(fc.tuple(text, text), 12),
  asked: line,
  insights: maybe(
    list(
      fc.record({
        severity: fc.constantFrom('warning' as const, 'notice' as const, 'fact' as const),
        sentence: text,
      }),
      20,
    ),
  ),
  recommendation: maybe(text),
  instructions: maybe(comment),
  policy: text,
  plan: list(fc.record({ line, notes: list(line, 6) }), 12),
  comments,
});

const access = fc
  .record({
    id,
    title: text,
    lines: list(text, 3),
    holdings: list(
      fc.record({
        group: maybe(text),
        title: text,
        isHighRisk: fc.boolean(),
        details: text,
        revocation: fc.oneof(
          fc.constantFrom('possible' as const, 'forbidden' as const),
          fc.record({ taskId: id }),
        ),
      }),
      25,
    ),
    page: fc.nat({ max: 3 }),
    pages: fc.constant(4),
  })
  .map(({ holdings, ...view }) => ({
    ...view,
    holdings: holdings.map((one, at) => ({ ...one, personId: 7, entitlementId: at + 1 })),
  }));

export const messages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'a comment in a thread': fc
    .record({
      taskId: id,
      about: text,
      authorId: id,
      author: text,
      body: comment,
      thread: fc.constant(undefined),
      inDigest: fc.boolean(),
    })
    .map(commentMessage),
  'several matches': list(fc.record({ id, name: text, about: text }), 50).map((all) =>
    matchesMessage(
      'person',
      all.map((one, at) => ({ ...one, id: at + 1 })),
    ),
  ),
};

export const views: Record<string, fc.Arbitrary<ModalView | HomeView>> = {
  'a form to comment': id.map((taskId) => commentView(taskId, undefined)),
  details: details.map(detailsView),
  'all comments': fc
    .tuple(comments, maybe(fc.nat({ max: 9 })))
    .map(([all, page]) => commentsView(1001, all, page)),
  'the access of a person': access.map((one) => accessView('person', one)),
  'a form to propose a revocation': text.map((name) =>
    revokeView({ person: { id: 1, name }, entitlement: { id: 2, name } }),
  ),
};
