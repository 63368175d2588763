import { keysOf } from '../../collections.ts';
import {
  EntitlementCounter,
  type LatticeLimits,
  type Population,
  walkLattice,
} from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';
import { readPopulation } from '../matrix/population.ts';
import { completeOptions, type MiningOptions } from '../options.ts';
import { OutOfRange } from '../out-of-range.ts';
import { describeCriteria } from '../suggestions/suggestion.ts';
import { type LatticeCohort, type RareGrant, UnexplainedGrants } from './unexplained-grants.ts';

/** Thresholds that make a grant an outlier. */
export interface OutlierOptions {
  /** Minimum people of a cohort in which a grant can be an outlier. */
  minOutlierCohortSize: number;
  /** 0–100: the entitlement is rare when at most this share of the cohort holds it. */
  maxOutlierPercent: number;
  /** 0–100: a cohort explains the entitlement when at least this share of it holds it. */
  minExplainingPercent: number;
  maxOutliers: number;
}

const defaultOutlierOptions: OutlierOptions = {
  minOutlierCohortSize: 20,
  maxOutlierPercent: 5,
  minExplainingPercent: 50,
  maxOutliers: 200,
};

/** A person with an entitlement that few peers hold. */
export interface Outlier {
  person: number;
  entitlement: number;
  /** The cohort in which it is rarest: one dimension, one value. */
  cohort: Record<string, string[]>;
  /** People of the cohort, and how many of them hold it (including the person). */
  people: number;
  holders: number;
  /** 0–100: holders ÷ people. */
  confidencePercent: number;
}

export interface OutlierResult {
  /** Rarest first: confidence, then larger cohort, then person and entitlement index. */
  outliers: Outlier[];
  /** Number of outliers before the limit. */
  found: number;
}

const outlierRanges: Record<keyof OutlierOptions, number> = {
  minOutlierCohortSize: 1_000_000_000,
  maxOutlierPercent: 100,
  minExplainingPercent: 100,
  maxOutliers: 100_000_000,
};

function validateOutlierOptions(options: OutlierOptions): void {
  // Object.keys loses the type of the keys.
  for (const name of keysOf(outlierRanges)) {
    const [value, to] = [options[name], outlierRanges[name]];
    if (value >= 0 && value <= to) continue;
    throw new OutOfRange(name, `a number from 0 to ${to}`, value);
  }
}

/**
 * Calls `visit` with the members of each cohort of the lattice, and their holders of the
 * entitlements that pass `isRelevant` (0 for all others). Cohorts without such an entitlement are
 * skipped.
 */
function forEachCohort(
  population: Population,
  limits: LatticeLimits,
  isRelevant: (holders: number, people: number) => boolean,
  visit: (members: Uint32Array, counter: EntitlementCounter, cohort: LatticeCohort) => void,
  /** Entitlements to ignore in a cohort; undefined skips the cohort. */
  listKnown: (criteria: readonly Criterion[]) => readonly Uint32Array[] | undefined = () => [],
): void {
  const counter = new EntitlementCounter(population.matrix);
  walkLattice(population, limits, (criteria, members) => {
    const known = listKnown(criteria);
    if (!known) return;
    counter.count(members);
    const { counts, met, touched } = counter;
    for (const list of known) for (let k = 0; k < list.length; k++) counts[list[k]!] = 0;
    let relevant = 0;
    for (let t = 0; t < touched; t++) {
      const holders = counts[met[t]!]!;
      if (holders > 0 && isRelevant(holders, members.length)) relevant++;
      else counts[met[t]!] = 0;
    }
    if (relevant > 0) visit(members, counter, { criteria, people: members.length });
    counter.reset();
  });
}

/**
 * The grants that no cohort of their person nor everyone explains, without excluded entitlements.
 */
function listUnexplained(
  population: Population,
  limits: LatticeLimits,
  minPercent: number,
): UnexplainedGrants {
  const { matrix, columns, holders, excluded } = population;
  const { offsets, items } = matrix;
  const isExplaining = (holderCount: number, people: number) =>
    100 * holderCount >= minPercent * people;
  const open = Uint8Array.from(holders, (holderCount, e) =>
    excluded[e] || isExplaining(holderCount, matrix.people) ? 0 : 1,
  );
  const marks = new Uint8Array(items.length);
  for (let i = 0; i < items.length; i++) marks[i] = open[items[i]!]!;
  const unmark = (members: Uint32Array, { counts }: EntitlementCounter) => {
    for (let m = 0; m < members.length; m++) {
      const end = offsets[members[m]! + 1]!;
      for (let i = offsets[members[m]!]!; i < end; i++) if (counts[items[i]!]! > 0) marks[i] = 0;
    }
  };
  // By dimension and code: entitlements that the cohort of that value explains.
  const byValue = columns.map((): (Uint32Array | undefined)[] => []);
  const singles = { ...limits, maxDepth: 1 };
  forEachCohort(population, singles, isExplaining, (members, counter, { criteria }) => {
    const { counts, met, touched } = counter;
    const { dimension, code } = criteria[0]!;
    byValue[dimension]![code] = met.slice(0, touched).filter((e) => counts[e]! > 0);
    unmark(members, counter);
  });
  // A conjunction explains little more than its criteria. Skipping what these explain leaves a
  // fourteenth of the people of all cohorts to visit again at 10 M grants.
  forEachCohort(population, limits, isExplaining, unmark, (criteria) =>
    criteria.length === 1
      ? undefined
      : criteria.flatMap(({ dimension, code }) => byValue[dimension]![code] ?? []),
  );
  return new UnexplainedGrants(matrix, marks);
}

/**
 * Finds unusual grants: hardly anyone in a sufficiently large cohort of one criterion holds the
 * entitlement, and neither a cohort of the person (up to `maxDepth` criteria, at least
 * `minCohortSize` people) nor everyone explains it. Each is listed once, in the cohort where it is
 * rarest. The list is for review only. Throws OutOfRange for an option out of range.
 */
export function findOutliers(
  matrix: AccessMatrix,
  options: Partial<MiningOptions & OutlierOptions> = {},
): OutlierResult {
  const definedOptions = Object.entries(options).filter(([, value]) => value !== undefined);
  const outlierOptions: OutlierOptions = {
    ...defaultOutlierOptions,
    ...Object.fromEntries(definedOptions),
  };
  validateOutlierOptions(outlierOptions);
  const complete = completeOptions(options);
  const { population } = readPopulation(matrix, complete);
  const unexplained = listUnexplained(population, complete, outlierOptions.minExplainingPercent);
  const singles = { minCohortSize: outlierOptions.minOutlierCohortSize, maxDepth: 1 };
  const isRare = (holderCount: number, people: number) =>
    100 * holderCount <= outlierOptions.maxOutlierPercent * people;
  forEachCohort(population, singles, isRare, (members, { counts }, cohort) =>
    unexplained.recordCohort(members, counts, cohort),
  );
  const { found, rarest } = unexplained.listRarest(outlierOptions.maxOutliers);
  return { outliers: rarest.map((sighting) => describeOutlier(population, sighting)), found };
}

function describeOutlier(population: Population, sighting: RareGrant): Outlier {
  const { grant, person, holders, cohort } = sighting;
  return {
    person,
    entitlement: population.matrix.items[grant]!,
    cohort: describeCriteria(population, cohort.criteria),
    people: cohort.people,
    holders,
    confidencePercent: (100 * holders) / cohort.people,
  };
}
