import { formatCount } from '../../governance/wording/counts.ts';
import type { OutlierResult } from '../../mining/outliers/outliers.ts';
import { round } from '../numbers.ts';
import type { MatrixNames } from './names.ts';

/** An outlier in the output of `rolemine mine --outliers --json`. */
export interface ReportedOutlier {
  person: string;
  app: string;
  entitlement: string;
  /** The cohort where it is rarest. */
  cohort: Record<string, string[]>;
  /** People of the cohort, and how many of them hold it, including this person. */
  people: number;
  holders: number;
  confidencePercent: number;
}

/** Replaces the indexes in outliers by names. */
export function toReportedOutliers(
  { outliers }: OutlierResult,
  names: MatrixNames,
): ReportedOutlier[] {
  return outliers.map((one) => ({
    person: names.personOf(one.person),
    ...names.nameOf(one.entitlement),
    cohort: one.cohort,
    people: one.people,
    holders: one.holders,
    confidencePercent: round(one.confidencePercent, 2),
  }));
}

const maxShownOutliers = 50;

/** The part about outliers in the report as text. */
export function describeOutliers(outliers: readonly ReportedOutlier[]): string[] {
  if (outliers.length === 0) {
    return ['', 'No outliers: no unusual access in any group of 20 people or more.'];
  }
  const lines = ['', `${formatCount(outliers.length, 'outlier')}, for review`];
  for (const { person, app, entitlement, cohort, people, holders } of outliers.slice(
    0,
    maxShownOutliers,
  )) {
    const [[dimension, values] = ['', []]] = Object.entries(cohort);
    const group = `${formatCount(people, 'person', 'people')} in ${dimension} ${values.join(' or ')}`;
    lines.push(`     ${person} · ${app} · ${entitlement}: held by ${holders} of ${group}`);
  }
  const more = outliers.length - maxShownOutliers;
  if (more > 0) lines.push(`     and ${formatCount(more, 'more', 'more')} (--json lists all)`);
  return lines;
}
