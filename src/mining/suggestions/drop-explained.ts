import type { CohortCells, Population } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { wilsonLowerBound } from '../matrix/matrix.ts';
import type { MiningOptions } from '../options.ts';
import { filterEntitlements } from './filter-entitlements.ts';

/** An entitlement of one cohort; `at` is the index of the cohort in the list. */
interface Cell {
  at: number;
  lowerBound: number;
}

/** The cohorts of each entitlement that at least two cohorts have. */
function listShared(cohorts: readonly CohortCells[]): Map<number, Cell[]> {
  const cells = new Map<number, Cell[]>();
  cohorts.forEach(({ entitlements, holders, people }, at) => {
    entitlements.forEach((entitlement, i) => {
      const cell = { at, lowerBound: wilsonLowerBound(holders[i]!, people) };
      const list = cells.get(entitlement);
      if (list) list.push(cell);
      else cells.set(entitlement, [cell]);
    });
  });
  for (const [entitlement, list] of cells) if (list.length < 2) cells.delete(entitlement);
  return cells;
}

/**
 * Returns a function that lists the people of a cohort. It reads each value and each cohort once.
 */
function createMemberLists({ matrix, columns }: Population, cohorts: readonly CohortCells[]) {
  const byValue = columns.map(({ codes, values }) => {
    const groups: number[][] = Array.from({ length: values.length + 1 }, () => []);
    for (let person = 0; person < matrix.people; person++) groups[codes[person]!]!.push(person);
    return groups;
  });
  const memberLists: (Uint32Array | undefined)[] = [];
  const peopleOf = ({ dimension, code }: Criterion) => byValue[dimension]![code]!;
  return (at: number): Uint32Array => {
    const members = memberLists[at];
    if (members) return members;
    const [smallest, ...others] = cohorts[at]!.criteria.toSorted(
      (a, b) => peopleOf(a).length - peopleOf(b).length,
    );
    const all = Uint32Array.from(peopleOf(smallest!));
    memberLists[at] = others.reduce((left, { dimension, code }) => {
      const { codes } = columns[dimension]!;
      return left.filter((person) => codes[person] === code);
    }, all);
    return memberLists[at];
  };
}

/** Checks whether a person holds an entitlement. Binary search, since rows ascend. */
function isHeld({ matrix }: Population, person: number, entitlement: number): boolean {
  const { offsets, items } = matrix;
  let low = offsets[person]!;
  let high = offsets[person + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < entitlement) low = middle + 1;
    else high = middle;
  }
  return low < offsets[person + 1]! && items[low] === entitlement;
}

/**
 * Checks whether people clearly miss the minimum confidence for an entitlement: the upper end of
 * the 95 % Wilson interval is below it. No people at all is clearly too few.
 */
function isClearlyBelow(holders: number, people: number, minConfidencePercent: number): boolean {
  if (people === 0) return true;
  return 100 * (1 - wilsonLowerBound(people - holders, people)) < minConfidencePercent;
}

/** Counts for each person the cohorts of one entitlement; reused for all entitlements. */
class Explanations {
  readonly #population: Population;
  readonly #membersOf: (at: number) => Uint32Array;
  readonly #counts: Uint32Array;

  constructor(population: Population, cohorts: readonly CohortCells[]) {
    this.#population = population;
    this.#membersOf = createMemberLists(population, cohorts);
    this.#counts = new Uint32Array(population.matrix.people);
  }

  #add(at: number, change: number): void {
    const members = this.#membersOf(at);
    const counts = this.#counts;
    for (let m = 0; m < members.length; m++) counts[members[m]!]! += change;
  }

  /** Zeroes the counts of these cohorts' people only, since they are usually few. */
  #resetCounts(places: readonly number[]): void {
    for (const at of places) {
      const members = this.#membersOf(at);
      const counts = this.#counts;
      for (let m = 0; m < members.length; m++) counts[members[m]!] = 0;
    }
  }

  #isShared(members: Uint32Array): boolean {
    const counts = this.#counts;
    for (let m = 0; m < members.length; m++) if (counts[members[m]!]! > 1) return true;
    return false;
  }

  /**
   * Checks whether other cohorts cover part of the people, and the rest clearly does not hold it.
   */
  #isExplained(at: number, entitlement: number, minConfidencePercent: number): boolean {
    const members = this.#membersOf(at);
    if (!this.#isShared(members)) return false;
    const counts = this.#counts;
    let people = 0;
    let holders = 0;
    for (let m = 0; m < members.length; m++) {
      const person = members[m]!;
      if (counts[person] !== 1) continue;
      people++;
      if (isHeld(this.#population, person, entitlement)) holders++;
    }
    return isClearlyBelow(holders, people, minConfidencePercent);
  }

  /** The cohorts whose holders the other cohorts explain, checked from the weakest evidence up. */
  listExplained(
    entitlement: number,
    weakestFirst: readonly number[],
    minConfidencePercent: number,
  ): number[] {
    for (const at of weakestFirst) this.#add(at, 1);
    const explained: number[] = [];
    for (const at of weakestFirst) {
      if (!this.#isExplained(at, entitlement, minConfidencePercent)) continue;
      explained.push(at);
      this.#add(at, -1);
    }
    this.#resetCounts(weakestFirst);
    return explained;
  }
}

/**
 * Removes an entitlement from overlapping cohorts that do not need it. From the weakest evidence to
 * the strongest, a cohort loses the entitlement if no people of its own remain whom no other cohort
 * of the entitlement covers, or if these people clearly do not hold it.
 *
 * So the office in Lyon explains the Lyon door. The cost center, the title and the team whose
 * people happen to work there do not; nesting alone would keep all of them.
 *
 * @param compare orders two cohorts with equal evidence; it never returns 0 for two different ones.
 */
export function dropExplainedElsewhere(
  population: Population,
  { minConfidencePercent }: MiningOptions,
  cohorts: readonly CohortCells[],
  compare: (a: CohortCells, b: CohortCells) => number,
): CohortCells[] {
  const explanations = new Explanations(population, cohorts);
  const dropped = cohorts.map(() => new Set<number>());
  for (const [entitlement, cells] of listShared(cohorts)) {
    cells.sort(
      (a, b) =>
        a.lowerBound - b.lowerBound ||
        cohorts[a.at]!.people - cohorts[b.at]!.people ||
        compare(cohorts[b.at]!, cohorts[a.at]!),
    );
    const places = cells.map(({ at }) => at);
    for (const at of explanations.listExplained(entitlement, places, minConfidencePercent)) {
      dropped[at]!.add(entitlement);
    }
  }
  return cohorts
    .map((cells, at) => filterEntitlements(cells, (entitlement) => !dropped[at]!.has(entitlement)))
    .filter(({ entitlements }) => entitlements.length > 0);
}
