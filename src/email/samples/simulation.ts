import type { ReportedRule, SimulationCard } from '../../governance/simulations/report.ts';
import { novemberDay } from './tasks.ts';

const figures = { falsePositives: 2, falseNegatives: 3, precisionPercent: 98.75 };

function buildRule(
  change: ReportedRule['change'],
  entitlement: string,
  words: string,
): ReportedRule {
  const counts = { ...figures, matched: 60, truePositives: 58, falsePositivePercent: 3.33 };
  return {
    ...{ change, entitlement, words, isHighRisk: entitlement.endsWith('Admin') },
    ...{ type: 'Required', figures: counts, setFigures: counts },
  };
}

/** Builds an open simulation of made-up mining rules, with `change` applied. */
export function buildSimulationCard(change: Partial<SimulationCard> = {}): SimulationCard {
  return {
    id: 7,
    policy: 'Mining',
    state: 'open',
    requestedBy: 'Dana Scott',
    finishedAt: novemberDay(21),
    figures: {
      ...{ people: 400, entitlements: 150, grants: 6012, added: 2, removed: 1, kept: 31 },
      ...{ gaining: 4, newGrants: 4, losing: 2, lostGrants: 2, redundantGrants: 58 },
      ...{ highRiskGrants: 2, conflicts: 1, heldBack: [], heldBackCount: 5, basis: '' },
    },
    stale: undefined,
    ended: undefined,
    rules: [
      buildRule('added', 'Salesforce · Read', 'department = Sales'),
      buildRule('added', 'GitHub · Admin', 'department = Engineering and job title = Lead'),
      buildRule('removed', 'Jira · User', 'department = Legal'),
    ],
    ...change,
  };
}
