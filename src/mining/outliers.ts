import {
  type Criterion,
  EntitlementCounter,
  type LatticeLimits,
  type Population,
  walkLattice,
} from './cohorts.ts';
import type { AccessMatrix } from './matrix.ts';
import { completeOptions, type MiningOptions } from './options.ts';
import { readPopulation } from './population.ts';
import { describeCriteria } from './suggestion.ts';

/** When a grant is an outlier. */
export interface OutlierOptions {
  /** Fewest people of a cohort in which a grant can stand out. */
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

/** One person who holds what hardly any of their peers does. */
export interface Outlier {
  person: number;
  entitlement: number;
  /** The cohort in which it is rarest: one dimension, one value. */
  cohort: Record<string, string[]>;
  /** People of the cohort, and those of them who hold it (the person included). */
  people: number;
  holders: number;
  /** 0–100: holders ÷ people. */
  confidencePercent: number;
}

export interface OutlierResult {
  /** Rarest first: confidence, then larger cohort, then person and entitlement index. */
  outliers: Outlier[];
  /** Outliers there were before the limit. */
  found: number;
}

const outlierRanges: Record<keyof OutlierOptions, number> = {
  minOutlierCohortSize: 1_000_000_000,
  maxOutlierPercent: 100,
  minExplainingPercent: 100,
  maxOutliers: 100_000_000,
};

function checkOutlierOptions(options: OutlierOptions): void {
  for (const name of Object.keys(outlierRanges) as (keyof OutlierOptions)[]) {
    const [value, to] = [options[name], outlierRanges[name]];
    if (value >= 0 && value <= to) continue;
    throw new RangeError(`${name} must be a number from 0 to ${to}, not ${value}`);
  }
}

/**
 * Calls `visit` with every grant (position in `matrix.items`) of a cohort's members whose number of
 * holders in the cohort passes `isWanted`, cohort by cohort over the lattice.
 */
function forEachCohortGrant(
  population: Population,
  limits: LatticeLimits,
  isWanted: (holders: number, people: number) => boolean,
  visit: (grant: number, person: number, holders: number, cohort: CohortOf) => void,
): void {
  const { offsets, items } = population.matrix;
  const counter = new EntitlementCounter(population.matrix);
  walkLattice(population, limits, (criteria, members) => {
    counter.count(members);
    const cohort = { criteria, people: members.length };
    const { counts, met, touched } = counter;
    for (let t = 0; t < touched; t++) {
      if (!isWanted(counts[met[t]!]!, members.length)) counts[met[t]!] = 0;
    }
    for (const person of members) {
      for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
        const holders = counts[items[i]!]!;
        if (holders > 0) visit(i, person, holders, cohort);
      }
    }
    counter.reset();
  });
}

interface CohortOf {
  criteria: Criterion[];
  people: number;
}

/** 1 at each grant that a cohort of its person, or everyone, explains; excluded ones count as such. */
function markExplained(
  population: Population,
  limits: LatticeLimits,
  minPercent: number,
): Uint8Array {
  const { matrix, holders, excluded } = population;
  const isExplaining = (held: number, people: number) => 100 * held >= minPercent * people;
  const common = holders.map((held, e) =>
    excluded[e] || isExplaining(held, matrix.people) ? 1 : 0,
  );
  const explained = Uint8Array.from(matrix.items, (entitlement) => common[entitlement]!);
  forEachCohortGrant(population, limits, isExplaining, (grant) => {
    explained[grant] = 1;
  });
  return explained;
}

interface Sighting {
  grant: number;
  person: number;
  holders: number;
  cohort: CohortOf;
}

/** Negative when a is rarer: smaller share, then larger cohort, then earlier dimension. */
function compareRarity(a: Sighting, b: Sighting): number {
  return (
    a.holders * b.cohort.people - b.holders * a.cohort.people ||
    b.cohort.people - a.cohort.people ||
    a.cohort.criteria[0]!.dimension - b.cohort.criteria[0]!.dimension
  );
}

/**
 * Grants that stand out: in a cohort of one criterion with enough people hardly anyone holds the
 * entitlement, and no cohort of the person (up to `maxDepth` criteria, at least `minCohortSize`
 * people) nor everyone explains it. Each is told once, in the cohort where it is rarest. For
 * review only; nothing follows from it by itself. Throws RangeError naming an option out of range.
 */
export function findOutliers(
  matrix: AccessMatrix,
  options: Partial<MiningOptions & OutlierOptions> = {},
): OutlierResult {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const own: OutlierOptions = { ...defaultOutlierOptions, ...Object.fromEntries(given) };
  checkOutlierOptions(own);
  const complete = completeOptions(options);
  const { population } = readPopulation(matrix, complete);
  const explained = markExplained(population, complete, own.minExplainingPercent);
  const rarest = new Map<number, Sighting>();
  const isRare = (held: number, people: number) => 100 * held <= own.maxOutlierPercent * people;
  const singles = { minCohortSize: own.minOutlierCohortSize, maxDepth: 1 };
  forEachCohortGrant(population, singles, isRare, (grant, person, holders, cohort) => {
    if (explained[grant]) return;
    const seen = rarest.get(grant);
    const sighting = { grant, person, holders, cohort };
    if (!seen || compareRarity(sighting, seen) < 0) rarest.set(grant, sighting);
  });
  const sorted = [...rarest.values()].sort((a, b) => compareRarity(a, b) || a.grant - b.grant);
  const outliers = sorted
    .slice(0, own.maxOutliers)
    .map((sighting) => describeOutlier(population, sighting));
  return { outliers, found: sorted.length };
}

function describeOutlier(population: Population, sighting: Sighting): Outlier {
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
