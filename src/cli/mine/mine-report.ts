import { percents } from '../../governance/task-cards/step-facts.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { completeOptions, type MiningOptions } from '../../mining/options.ts';
import type { MineResult } from '../../mining/suggestions/mine.ts';
import type { Survey } from '../../mining/survey.ts';
import { round } from '../numbers.ts';
import type { MatrixNames } from './names.ts';
import { describeOutliers, type ReportedOutlier, toReportedOutliers } from './outlier-report.ts';
import { describeRoles, type ReportedRoles, toReportedRoles } from './role-report.ts';

/** The output of `rolemine mine --json`. Roles and outliers are present only if requested. */
interface MineReport extends Partial<ReportedRoles> {
  people: number;
  entitlements: number;
  grants: number;
  /** From the first byte read to the last suggestion. */
  runtimeMs: number;
  peakMemoryMb: number;
  suggestions: {
    /** Empty: everyone. */
    cohort: Record<string, string[]>;
    people: number;
    peopleWithAll: number;
    /** 0–1: mean share of the entitlements that the people of the cohort hold. */
    averageCoverage: number;
    entitlements: {
      app: string;
      entitlement: string;
      holders: number;
      confidencePercent: number;
      lowerBoundPercent: number;
      lift: number;
    }[];
    /** People of the cohort who lack at least one of the entitlements. */
    gaining: number;
    /** Number of runs on the store that found it. */
    seenRuns: number;
  }[];
  /** Rarest first. */
  outliers?: ReportedOutlier[];
}

/** Prints the results. `startedAt` is performance.now() at the start of the run. */
export function printReport(
  found: Survey,
  context: {
    names: MatrixNames;
    options: Partial<MiningOptions>;
    json: boolean;
    startedAt: number;
  },
  output: Output,
): void {
  const report = buildReport(found, context.names, context.startedAt);
  if (context.json) {
    output.out(JSON.stringify(report, undefined, 2));
    return;
  }
  const lines = [
    ...describeReport(report, found.result, context.options),
    ...(found.roles ? describeRoles(report, found.roles) : []),
    ...(report.outliers ? describeOutliers(report.outliers) : []),
  ];
  for (const line of lines) output.out(line);
}

function buildReport({ result, roles, outliers }: Survey, names: MatrixNames, startedAt: number) {
  const { people, entitlements, grants } = result;
  const report: MineReport = {
    people,
    entitlements,
    grants,
    runtimeMs: Math.round(performance.now() - startedAt),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    suggestions: result.suggestions.map((suggestion) => ({
      cohort: suggestion.cohort,
      people: suggestion.people,
      peopleWithAll: suggestion.peopleWithAll,
      averageCoverage: round(suggestion.averageCoveragePercent / 100, 4),
      entitlements: suggestion.entitlements.map((one) => ({
        ...names.nameOf(one.entitlement),
        holders: one.holders,
        confidencePercent: round(one.confidencePercent, 2),
        lowerBoundPercent: round(one.lowerBoundPercent, 2),
        lift: round(one.lift, 2),
      })),
      gaining: suggestion.gaining.length,
      seenRuns: names.seenRunsOf(suggestion),
    })),
    ...(roles && toReportedRoles(roles, names)),
    ...(outliers && { outliers: toReportedOutliers(outliers, names) }),
  };
  return report;
}

const maxShownEntitlements = 12;

/** The report as text. */
function describeReport(
  report: MineReport,
  result: MineResult,
  options: Partial<MiningOptions>,
): string[] {
  const { people, entitlements, grants, runtimeMs, peakMemoryMb } = report;
  const lines = [
    `${formatCount(people, 'person', 'people')}, ${formatCount(entitlements, 'entitlement')}, ${formatCount(grants, 'grant')} (${(runtimeMs / 1000).toFixed(1)} s, ${peakMemoryMb} MB)`,
  ];
  if (result.found === 0) return [...lines, noSuggestionsReason(report, options)];
  const shown = formatCount(report.suggestions.length, 'suggestion');
  const omitted = result.found - report.suggestions.length;
  const explained = result.explainedGrants.toLocaleString('en');
  lines.push(`${shown}, explaining ${explained} grants`);
  if (omitted > 0) lines.push(`${omitted} weaker suggestions are left out (--max-suggestions)`);
  report.suggestions.forEach((suggestion, at) => {
    lines.push('', `${at + 1}. ${formatHeadline(suggestion)}`);
    for (const one of suggestion.entitlements.slice(0, maxShownEntitlements)) {
      const share = percents(one.holders, suggestion.people);
      const evidence = `${one.holders} of ${suggestion.people} (${share})`;
      lines.push(`     ${one.app} · ${one.entitlement}: ${evidence}`);
    }
    const more = suggestion.entitlements.length - maxShownEntitlements;
    if (more > 0) lines.push(`     and ${more} more (--json lists all)`);
  });
  return lines;
}

function formatHeadline({ cohort, people, gaining }: MineReport['suggestions'][number]): string {
  const criteria = Object.entries(cohort).map(
    ([dimension, values]) => `${dimension}: ${values.join(' or ')}`,
  );
  const who = criteria.join(', ') || 'Everyone';
  const gain = gaining === 0 ? 'nobody' : gaining;
  return `${who} · ${formatCount(people, 'person', 'people')} · ${gain} would gain access`;
}

function noSuggestionsReason(
  { people, grants }: MineReport,
  options: Partial<MiningOptions>,
): string {
  if (people === 0) return 'No suggestions: there are no active people.';
  if (grants === 0) return 'No suggestions: active people have no grants.';
  const { minCohortSize, minConfidencePercent, minLowerBoundPercent, minLift } =
    completeOptions(options);
  const group = formatCount(minCohortSize, 'person', 'people');
  return `No suggestions: in no group of ${group} or more with a shared attribute do ${minConfidencePercent} % (lower bound ${minLowerBoundPercent} %) hold an entitlement, ${minLift} times as often as everyone. Try lower thresholds, for example --min-confidence 60 --min-lower-bound 30.`;
}
