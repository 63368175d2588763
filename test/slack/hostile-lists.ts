import fc from 'fast-check';
import type { BulkOutcome } from '../../src/governance/decisions/bulk-decide.ts';
import { type Inbox, tabs } from '../../src/governance/task-cards/inbox.ts';
import type { OpenSteps } from '../../src/governance/task-cards/open-steps.ts';
import { tasksOnPage } from '../../src/slack/blocks/tasks/bulk.ts';
import { card, id, line, list, maybe, moment, numbered, text } from './hostile-text.ts';

export const inboxOf = (rows: number): fc.Arbitrary<Inbox> =>
  fc.record({
    counts: fc.record({
      approval: fc.nat(),
      provision: fc.nat(),
      revocation: fc.nat(),
      deprovision: fc.nat(),
      reviews: fc.constant(0),
      completed: fc.nat(),
    }),
    place: fc.record({ tab: fc.constantFrom(...tabs), page: fc.nat({ max: 3 }) }),
    pages: fc.integer({ min: 4, max: 50 }),
    waiting: list(
      fc.record({ card, since: fc.option(moment), isLate: fc.boolean(), mailedAt: maybe(moment) }),
      rows,
    ).map((all) => all.map((one, at) => ({ ...one, card: numbered(one.card, at + 1) }))),
    done: fc.array(
      fc.record({ taskId: id, title: text, number: text, record: line, state: maybe(text) }),
      {
        maxLength: rows,
      },
    ),
  });
export const openSteps: fc.Arbitrary<OpenSteps> = fc.record({
  query: fc.record({
    kind: maybe(fc.constantFrom('approval' as const, 'provision' as const)),
    personId: maybe(id),
    order: fc.constantFrom('oldest' as const, 'newest' as const),
    page: fc.nat({ max: 3 }),
  }),
  pages: fc.integer({ min: 4, max: 50 }),
  total: fc.nat(),
  counts: fc.constant([{ kind: 'approval' as const, count: 12 }]),
  oldest: maybe(moment),
  busiest: maybe(fc.record({ name: text, count: fc.nat() })),
  person: maybe(text),
  rows: list(fc.record({ title: text, state: text, since: fc.option(moment) }), 15).map((all) =>
    all.map((one, at) => ({ ...one, taskId: at + 1, ref: { stepId: at + 1, version: 1 } })),
  ),
});
export const choices = list(
  fc.record({
    person: text,
    app: text,
    entitlement: text,
    emergency: fc.boolean(),
    byEmail: fc.boolean(),
  }),
  tasksOnPage,
).map((all) => ({
  total: all.length * 9,
  tasks: all.map((one, at) => ({
    ...one,
    stepId: at + 1,
    version: 2,
    taskId: at,
    risk: 'high' as const,
    since: '30 Jun 2027',
  })),
}));
export const selection = fc.record({
  kind: fc.constant('approval' as const),
  page: fc.nat({ max: 8 }),
  round: fc.nat({ max: 99 }),
  chosen: fc.constantFrom(0, 1, 500).map((length) =>
    // Ids as far apart as in a database after years.
    Array.from({ length }, (_, at) => ({ stepId: 1 + at * 40_000, version: 1 + (at % 2) })),
  ),
});
export const outcome: fc.Arbitrary<BulkOutcome> = fc.record({
  done: fc.uniqueArray(id, { maxLength: 500 }),
  refused: list(fc.record({ taskId: maybe(id), sentence: text }), 500),
});
