import type { ModalView } from '@slack/web-api';
import fc from 'fast-check';
import {
  type ReportedRule,
  type SimulationCard,
  type SimulationReport,
  simulationTabs,
} from '../../src/governance/simulations/report.ts';
import { simulationMessage } from '../../src/slack/blocks/rules/simulation.ts';
import {
  appliedView,
  simulationRequestedView,
} from '../../src/slack/blocks/rules/simulation-forms.ts';
import { simulationView } from '../../src/slack/blocks/rules/simulation-report.ts';
import type { SlackMessage } from '../../src/slack/blocks/tasks/task.ts';
import type { SimulationFigures } from '../../src/store/schema/rules.ts';
import { id, list, maybe, moment, percent, text } from './hostile-text.ts';

// Simulations of mining rules with hostile data.

const counted = fc.record({
  matched: fc.nat(),
  truePositives: fc.nat(),
  falsePositives: fc.nat(),
  falseNegatives: fc.nat(),
  precisionPercent: percent,
  falsePositivePercent: percent,
});
const rule: fc.Arbitrary<ReportedRule> = fc.record({
  change: fc.constantFrom('added' as const, 'removed' as const, 'kept' as const),
  entitlement: text,
  isHighRisk: fc.boolean(),
  words: text,
  type: fc.constant('Requested automatically'),
  figures: fc.oneof(
    counted,
    counted.map((one) => ({ ...one, countsOwnGrants: true as const })),
  ),
  setFigures: counted,
});
const figures: fc.Arbitrary<SimulationFigures> = fc.record({
  people: fc.nat(),
  entitlements: fc.nat(),
  grants: fc.nat(),
  added: fc.nat(),
  removed: fc.nat(),
  kept: fc.nat(),
  gaining: fc.nat(),
  newGrants: fc.nat(),
  losing: fc.nat(),
  lostGrants: fc.nat(),
  redundantGrants: fc.nat(),
  highRiskGrants: fc.nat(),
  conflicts: fc.nat(),
  heldBack: fc.constant<SimulationFigures['heldBack']>([]),
  heldBackCount: fc.nat(),
  basis: fc.constant(''),
});
const card: fc.Arbitrary<SimulationCard> = fc.record({
  id,
  policy: text,
  state: fc.constantFrom('queued' as const, 'open' as const, 'applied' as const, 'failed' as const),
  requestedBy: maybe(text),
  finishedAt: maybe(moment),
  figures: maybe(figures),
  stale: maybe(text),
  ended: maybe(fc.record({ text, at: maybe(moment) })),
  rules: list(rule, 20),
});
const pair = fc.record({ person: text, email: maybe(text), entitlement: text, words: maybe(text) });
const conflict = fc.record({
  entitlement: text,
  words: text,
  people: fc.nat(),
  isOurs: fc.boolean(),
});
const named = fc
  .tuple(rule, list(text, 30), list(text, 30), list(text, 30))
  .map(([one, right, wrong, missed]) => ({ ...one, right, wrong, missed }));
const report: fc.Arbitrary<SimulationReport> = fc.record({
  card,
  tab: fc.constantFrom(...simulationTabs),
  page: fc.nat({ max: 3 }),
  pages: fc.integer({ min: 4, max: 900 }),
  rules: list(named, 4),
  people: maybe(
    fc.record({
      gains: list(pair, 30),
      highRisk: list(pair, 30),
      losses: list(pair, 30),
      redundant: list(pair, 30),
      conflicts: list(conflict, 30),
    }),
  ),
  held: list(fc.record({ entitlement: text, figures: counted }), 60),
});
const asked = fc.oneof(
  fc.record({ kind: fc.constant('queued' as const), id, policy: text }),
  fc.record({ kind: fc.constant('asked' as const), policy: text, written: fc.nat() }),
);
const done = fc.oneof(
  fc.record({
    kind: fc.constant('applied' as const),
    policy: text,
    added: fc.nat(),
    removed: fc.nat(),
    kept: fc.nat(),
    followed: fc.record({
      opened: fc.nat(),
      requested: fc.nat(),
      lapsed: fc.nat(),
      heldRemovals: fc.nat(),
      closed: fc.nat(),
      skipped: list(text, 30),
    }),
  }),
  fc.record({
    kind: fc.constant('paused' as const),
    policy: text,
    reasons: list(text, 3),
    changes: fc.nat(),
  }),
);

export const simulationMessages: Record<string, fc.Arbitrary<SlackMessage>> = {
  'a simulation': card.map(simulationMessage),
};
export const simulationViews: Record<string, fc.Arbitrary<ModalView>> = {
  'a simulation in detail': report.map(simulationView),
  'a requested simulation': fc.tuple(id, asked).map((args) => simulationRequestedView(...args)),
  'an applied simulation': fc.tuple(id, done).map((args) => appliedView(...args)),
};
