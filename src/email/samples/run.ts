import type { RunView } from '../../governance/role-mining/suggestions.ts';
import { samplePeople } from './people.ts';
import { novemberDay } from './tasks.ts';

type SampleSuggestion = RunView['newSuggestions'][number];

/** Builds a completed analysis with two suggestions, unless `run` has another state. */
export function buildRunView(run: Partial<RunView['run']> = {}): RunView {
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
      queuedAt: novemberDay(20, 2),
      startedAt: novemberDay(20, 2),
      finishedAt: novemberDay(20, 2),
      canceledBy: null,
      ...run,
    },
    cancellation: undefined,
    isRequestedByReader: false,
    newSuggestions: isDone
      ? [
          buildSuggestion(1, ['Finance', 'department Finance'], 48, 1),
          buildSuggestion(2, ['Sales in Lyon', 'department Sales and location Lyon'], 17, 0),
        ]
      : [],
    openSuggestions: isDone ? 2 : 0,
    explainedPercent: 61,
  };
}

function buildSuggestion(
  id: number,
  [name, words]: [name: string, words: string],
  people: number,
  gaining: number,
): SampleSuggestion {
  return {
    name,
    words,
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
      createdAt: samplePeople.ana.createdAt,
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
    trust: '',
    decision: undefined,
    seen: { runs: 1, times: 1 },
    overlaps: [],
  };
}
