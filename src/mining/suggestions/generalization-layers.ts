import type { CachedCountReader } from '../matrix/cohort-count-cache.ts';
import {
  type CohortCells,
  countLattice,
  indexCohortPeople,
  listEveryone,
  type Population,
} from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { compareText, foldText } from '../matrix/fold-text.ts';
import type { MiningOptions } from '../options.ts';
import { splitBundle } from './bundles.ts';
import { dropExplainedElsewhere } from './drop-explained.ts';
import { filterEntitlements } from './filter-entitlements.ts';
import { compareCriteria, keepMostGeneral } from './most-general.ts';
import {
  compareStrength,
  findMinHolders,
  isStrong,
  measureEntitlement,
  type SuggestedEntitlement,
  scoreEntitlements,
} from './suggestion.ts';

/** A bundle without its list of people, which ranking does not need. */
export interface QualifyingCell {
  /** Empty for everyone. */
  criteria: Criterion[];
  /** Strongest first. */
  entitlements: SuggestedEntitlement[];
  score: number;
}

/** Entitlements that qualify among everyone by confidence and lower bound. Lift does not apply. */
function findBirthrights(
  { matrix, holders, excluded }: Population,
  options: MiningOptions,
): CohortCells | undefined {
  const people = matrix.people;
  if (people < options.minCohortSize) return undefined;
  const minHolders = findMinHolders(people, options);
  const entitlements = Uint32Array.from({ length: matrix.entitlements }, (_, e) => e).filter(
    (e) => holders[e]! >= minHolders && !excluded[e],
  );
  if (entitlements.length === 0) return undefined;
  return {
    criteria: [],
    people,
    closure: [],
    entitlements,
    holders: entitlements.map((e) => holders[e]!),
  };
}

/** Every cohort with the entitlements that qualify in it, without those of everyone. */
function findQualifying(
  population: Population,
  options: MiningOptions,
  birthrights: CohortCells | undefined,
  recall: CachedCountReader | undefined,
): CohortCells[] {
  const excluded = population.excluded.slice();
  for (const entitlement of birthrights?.entitlements ?? []) excluded[entitlement] = 1;
  const cohorts: CohortCells[] = [];
  const limits = {
    minCohortSize: options.minCohortSize,
    maxDepth: options.maxDepth,
    minHoldersOf: (people: number) => findMinHolders(people, options),
  };
  const emit = (cells: CohortCells) => {
    const strong = dropCommon(population, options, cells);
    if (strong.entitlements.length > 0) cohorts.push(strong);
  };
  countLattice({ ...population, excluded }, limits, emit, recall);
  return cohorts;
}

function dropCommon(
  { matrix, holders }: Population,
  { minLift }: MiningOptions,
  cells: CohortCells,
): CohortCells {
  return filterEntitlements(
    cells,
    (entitlement, cohortHolders) =>
      (cohortHolders * matrix.people) / (cells.people * holders[entitlement]!) >= minLift,
  );
}

/** The people of a cohort: those who meet its criteria, or everyone if it has none. */
export function listCohort({ matrix, columns }: Population, criteria: Criterion[]): Uint32Array {
  if (criteria.length === 0) return listEveryone(matrix.people);
  return indexCohortPeople(matrix.people, columns, criteria);
}

/** Splits the entitlements of one cohort into bundles. */
function buildBundles(
  population: Population,
  options: MiningOptions,
  cells: CohortCells,
): QualifyingCell[] {
  const figures = Array.from(cells.entitlements, (entitlement, i) =>
    measureEntitlement(population, entitlement, cells.holders[i]!, cells.people),
  )
    .filter((figure) => isStrong(figure, options))
    .sort(compareStrength);
  const ordered = {
    entitlements: Uint32Array.from(figures, ({ entitlement }) => entitlement),
    holders: Uint32Array.from(figures, ({ holders }) => holders),
  };
  const bundles = splitBundle(
    population.matrix,
    () => listCohort(population, cells.criteria),
    cells.people,
    ordered,
    options.clusterJaccard,
  );
  return bundles.map((rows) => {
    const entitlements = rows.map((row) => figures[row]!);
    return { criteria: cells.criteria, entitlements, score: scoreEntitlements(entitlements) };
  });
}

function compareValues(population: Population, a: Criterion[], b: Criterion[]): number {
  for (let i = 0; i < a.length; i++) {
    const { values } = population.columns[a[i]!.dimension]!;
    const order = compareText(foldText(values[a[i]!.code - 1]!), foldText(values[b[i]!.code - 1]!));
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * Greatest score first; ties by criteria, values and entitlements, never by the order of the input.
 */
function compareCandidates(population: Population, a: QualifyingCell, b: QualifyingCell): number {
  return (
    b.score - a.score ||
    compareCriteria(a.criteria, b.criteria) ||
    compareValues(population, a.criteria, b.criteria) ||
    a.entitlements[0]!.entitlement - b.entitlements[0]!.entitlement
  );
}

/**
 * Finds the bundles of a run, ranked: birthrights, the lattice, each entitlement only in its most
 * general cohort, none that another cohort explains, then bundles.
 */
export function findQualifyingCells(
  population: Population,
  options: MiningOptions,
  recall?: CachedCountReader,
): QualifyingCell[] {
  const birthrights = findBirthrights(population, options);
  const qualifying = findQualifying(population, options, birthrights, recall);
  const general = keepMostGeneral(qualifying, options.maxDepth);
  const cohorts = dropExplainedElsewhere(
    population,
    options,
    general,
    (a, b) =>
      compareCriteria(a.criteria, b.criteria) || compareValues(population, a.criteria, b.criteria),
  );
  if (birthrights) cohorts.push(birthrights);
  return cohorts
    .flatMap((cells) => buildBundles(population, options, cells))
    .sort((a, b) => compareCandidates(population, a, b));
}
