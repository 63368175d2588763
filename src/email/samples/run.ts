import type { RunView } from '../../governance/role-mining/suggestions.ts';
import { cast } from './people.ts';
import { day } from './tasks.ts';

type Fresh = RunView['fresh'][number];

/** An analysis that found something, unless changed. */
export function runView(run: Partial<RunView['run']> = {}): RunView {
  const isDone = run.state === undefined;
  return {
    run: {
      id: 12,
      kind: 'all',
      trigger: 'schedule',
      state: 'completed',
      requestedBy: null,
      cohort: null,
      people: 400,
      entitlements: 212,
      grants: 6012,
      explainedGrants: 3667,
      newSuggestions: 2,
      answer: null,
      suggestionId: null,
      error: null,
      queuedAt: day(20, 2),
      startedAt: day(20, 2),
      finishedAt: day(20, 2),
      ...run,
    },
    cancelled: undefined,
    requestedByReader: false,
    fresh: isDone ? [suggestion(1, 'Finance', 48, 1), suggestion(2, 'Sales in Lyon', 17, 0)] : [],
    waiting: isDone ? 2 : 0,
    explainedPercent: 61,
  };
}

function suggestion(id: number, name: string, people: number, gaining: number): Fresh {
  return {
    name,
    words: `department ${name.split(' ')[0]}`,
    suggestion: {
      id,
      fingerprint: String(id),
      origin: 'run',
      state: 'new',
      kind: 'cohort',
      cohort: {},
      memberIds: null,
      people,
      peopleWithAll: people - gaining,
      gaining,
      explainedGrants: 4 * people,
      score: 1,
      lowerBoundPercent: 90,
      dismissedLowerBoundPercent: null,
      firstRunId: 12,
      lastRunId: 12,
      seenRuns: 1,
      decidedBy: null,
      decidedAt: null,
      profileId: null,
      createdAt: cast.ana.createdAt,
    },
    evidence: (['Ledger', 'Invoices', 'Reports', 'Payroll'] as const).map((entitlement, at) => ({
      suggestionId: id,
      entitlementId: at + 1,
      app: 'SAP',
      entitlement,
      risk: entitlement === 'Payroll' ? ('high' as const) : ('low' as const),
      holders: people - gaining,
      confidencePercent: 98,
      lowerBoundPercent: 90,
      lift: 6,
    })),
    gainingNames: [],
    decided: undefined,
    seen: { runs: 1, times: 1 },
    overlaps: [],
  };
}
