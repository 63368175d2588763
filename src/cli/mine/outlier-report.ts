import { formatCount } from '../../governance/wording/counts.ts';
import type { OutlierResult } from '../../mining/outliers/outliers.ts';
import { round } from '../numbers.ts';
import type { MatrixNames } from './names.ts';

/** An outlier as `rolemine mine --outliers --json` prints it. */
export interface ReportedOutlier {
  person: string;
  app: string;
  entitlement: string;
  /** Where it is rarest. */
  cohort: Record<string, string[]>;
  /** People of the cohort, and those of them who hold it, this person included. */
  people: number;
  holders: number;
  confidencePercent: number;
}

/** Puts names for the indexes of outliers. */
export function reportOutliers({ outliers }: OutlierResult, names: MatrixNames): ReportedOutlier[] {
  return outliers.map((one) => ({
    person: names.personOf(one.person),
    ...names.nameOf(one.entitlement),
    cohort: one.cohort,
    people: one.people,
    holders: one.holders,
    confidencePercent: round(one.confidencePercent, 2),
  }));
}

const shownOutliers = 50;

/** The part of the report about outliers, for people to read. */
export function describeOutliers(outliers: readonly ReportedOutlier[]): string[] {
  if (outliers.length === 0) {
    return ['', 'No outliers: nobody holds what hardly any of 20 or more peers holds.'];
  }
  const lines = ['', `${formatCount(outliers.length, 'outlier')}, for review`];
  for (const { person, app, entitlement, cohort, people, holders } of outliers.slice(
    0,
    shownOutliers,
  )) {
    const [[dimension, values] = ['', []]] = Object.entries(cohort);
    const who = holders === 1 ? 'the only one' : `one of ${holders}`;
    const where = `${formatCount(people, 'person', 'people')} in ${dimension} ${values.join(' or ')}`;
    lines.push(`     ${person} · ${app} · ${entitlement}: ${who} of ${where}`);
  }
  const more = outliers.length - shownOutliers;
  if (more > 0) lines.push(`     and ${formatCount(more, 'more', 'more')} (all of them: --json)`);
  return lines;
}
