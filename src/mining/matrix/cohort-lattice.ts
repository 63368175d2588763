import type { CachedCountReader, CellCounts } from './cohort-count-cache.ts';
import type { Criterion } from './criterion.ts';
import type { AccessMatrix, CohortColumn } from './matrix.ts';

/** The counts of one cohort that reach the caller's threshold. */
export interface CohortCells {
  /** Ascending by dimension; empty for everyone. */
  criteria: Criterion[];
  people: number;
  /** Dimensions on which all its people agree, including its criteria. */
  closure: Criterion[];
  /** Entitlements in arbitrary order, and the number of the cohort's people who hold each. */
  entitlements: Uint32Array;
  holders: Uint32Array;
}

/** The input of a mining run: the matrix, the mined columns and the holders among everyone. */
export interface Population {
  matrix: AccessMatrix;
  columns: CohortColumn[];
  /** People who hold each entitlement. */
  holders: Uint32Array;
  /** 1 where an entitlement is excluded from mining. */
  excluded: Uint8Array;
}

/** Counts the holders of each entitlement among a set of people, reusing one dense counter. */
export class EntitlementCounter {
  /** Holders by entitlement; all zero between counts. */
  readonly counts: Uint32Array;
  /**
   * The entitlements found are the first `touched` entries; one entry longer than all entitlements.
   */
  readonly met: Uint32Array;
  touched = 0;
  readonly #matrix: AccessMatrix;

  constructor(matrix: AccessMatrix) {
    this.#matrix = matrix;
    this.counts = new Uint32Array(matrix.entitlements);
    this.met = new Uint32Array(matrix.entitlements + 1);
  }

  count(members: Uint32Array): void {
    const { offsets, items } = this.#matrix;
    const { counts, met } = this;
    let touched = 0;
    for (let m = 0; m < members.length; m++) {
      const person = members[m]!;
      const end = offsets[person + 1]!;
      for (let i = offsets[person]!; i < end; i++) {
        const entitlement = items[i]!;
        const before = counts[entitlement]!;
        counts[entitlement] = before + 1;
        // Written each time, kept only the first time. A branch here is mispredicted so often that
        // it doubles the time of the loop.
        met[touched] = entitlement;
        touched += (before - 1) >>> 31;
      }
    }
    this.touched = touched;
  }

  reset(): void {
    for (let t = 0; t < this.touched; t++) this.counts[this.met[t]!] = 0;
    this.touched = 0;
  }
}

/** People with the same value of a column, and its code. */
interface Group {
  code: number;
  members: Uint32Array;
}

/** Splits people by a column; its dense counters are reused for every split of a lattice. */
class Splitter {
  /** By code; all zero between splits. */
  readonly #sizes: Uint32Array;
  /** By code: index of its group + 1, or 0 for a group below the minimum. */
  readonly #places: Uint32Array;

  constructor(columns: readonly CohortColumn[]) {
    const maxValues = columns.reduce((size, column) => Math.max(size, column.values.length), 0);
    this.#sizes = new Uint32Array(maxValues + 1);
    this.#places = new Uint32Array(maxValues + 1);
  }

  /** Groups `members` by their value; groups smaller than `minimum` are left out. */
  split(members: Uint32Array, column: CohortColumn, minimum: number): Group[] {
    const { codes } = column;
    const sizes = this.#sizes;
    const places = this.#places;
    const met: number[] = [];
    for (let m = 0; m < members.length; m++) {
      const code = codes[members[m]!]!;
      if (sizes[code]!++ === 0) met.push(code);
    }
    sizes[0] = 0;
    const groups: Group[] = [];
    for (const code of met) {
      if (sizes[code]! < minimum || code === 0) continue;
      places[code] = groups.push({ code, members: new Uint32Array(sizes[code]!) });
      sizes[code] = 0;
    }
    if (groups.length > 0) this.#fill(groups, members, codes);
    for (const code of met) sizes[code] = places[code] = 0;
    return groups;
  }

  #fill(groups: Group[], members: Uint32Array, codes: Uint32Array): void {
    const sizes = this.#sizes;
    for (let m = 0; m < members.length; m++) {
      const code = codes[members[m]!]!;
      const place = this.#places[code]!;
      if (place > 0) groups[place - 1]!.members[sizes[code]!++] = members[m]!;
    }
  }
}

/** The criteria on which all the people agree. */
function findClosure(members: Uint32Array, columns: readonly CohortColumn[]): Criterion[] {
  const closure: Criterion[] = [];
  columns.forEach(({ codes }, dimension) => {
    const code = codes[members[0]!]!;
    if (code === 0) return;
    for (let m = 1; m < members.length; m++) if (codes[members[m]!] !== code) return;
    closure.push({ dimension, code });
  });
  return closure;
}

/** People 0 … people − 1. */
export function listEveryone(people: number): Uint32Array {
  return Uint32Array.from({ length: people }, (_, person) => person);
}

/** The people who meet every criterion, ascending. */
export function indexCohortPeople(
  people: number,
  columns: readonly CohortColumn[],
  criteria: readonly Criterion[],
): Uint32Array {
  const members: number[] = [];
  for (let person = 0; person < people; person++) {
    if (criteria.every(({ dimension, code }) => columns[dimension]!.codes[person] === code)) {
      members.push(person);
    }
  }
  return Uint32Array.from(members);
}

export interface LatticeLimits {
  /** Minimum people of a cohort. */
  minCohortSize: number;
  /** Maximum criteria of a cohort. */
  maxDepth: number;
}

/** Receives a cohort. `members` ascends and is valid only until the visitor returns. */
export type CohortVisitor = (criteria: Criterion[], members: Uint32Array) => void;

/**
 * Visits every cohort of the lattice: single criteria, then their conjunctions. A conjunction is
 * never larger than its parts, so cohorts below the minimum size are pruned. A cohort with the same
 * people as one with fewer criteria (or as everyone) is skipped with all of its conjunctions; the
 * walk finds those below the other cohort.
 *
 * Depth first: only the member lists of one path are in memory, O(people × depth).
 */
export function walkLattice(
  { matrix, columns }: Population,
  limits: LatticeLimits,
  visit: CohortVisitor,
): void {
  const splitter = new Splitter(columns);
  const walk = { columns, limits, visit, splitter, sizes: columns.map(countCodes) };
  descend(walk, listEveryone(matrix.people), []);
}

/** The state of one pass over the lattice. */
interface Walk {
  columns: readonly CohortColumn[];
  limits: LatticeLimits;
  visit: CohortVisitor;
  splitter: Splitter;
  /** People of each single criterion, by dimension and code. */
  sizes: Uint32Array[];
}

/** Visits the conjunctions of `criteria` with one value of each later dimension. */
function descend(walk: Walk, members: Uint32Array, criteria: Criterion[]): void {
  const first = (criteria.at(-1)?.dimension ?? -1) + 1;
  for (let dimension = first; dimension < walk.columns.length; dimension++) {
    const column = walk.columns[dimension]!;
    const groups = walk.splitter.split(members, column, walk.limits.minCohortSize);
    for (const group of groups) {
      const size = group.members.length;
      const isImplied = criteria.length > 0 && size === walk.sizes[dimension]![group.code];
      if (size === members.length || isImplied) continue;
      const path = [...criteria, { dimension, code: group.code }];
      walk.visit(path, group.members);
      if (path.length < walk.limits.maxDepth) descend(walk, group.members, path);
    }
  }
}

/**
 * Counts every cohort of the lattice with one dense counter. That counts a grouping of 10 M grants
 * in tens of milliseconds. `emit` receives the cohorts in which at least one entitlement has
 * `minHoldersOf(people of the cohort)` holders.
 * @param cachedCounts the counts of an earlier run; only cohorts missing there are counted.
 */
export function countLattice(
  population: Population,
  limits: LatticeLimits & { minHoldersOf: (people: number) => number },
  emit: (cells: CohortCells) => void,
  cachedCounts?: CachedCountReader,
): void {
  const { columns } = population;
  const counter = new EntitlementCounter(population.matrix);
  walkLattice(population, limits, (criteria, members) => {
    const people = members.length;
    const minHolders = limits.minHoldersOf(people);
    const count = (floor: number) => countCells(counter, members, floor);
    const counted =
      cachedCounts?.read(columns, criteria, { people, minHolders }, count) ?? count(minHolders);
    const cells = dropExcluded(counted, minHolders, population.excluded);
    if (cells.entitlements.length === 0) return;
    emit({ criteria, people, closure: findClosure(members, columns), ...cells });
  });
}

/** Counts the people with each code of a column. */
export function countCodes(column: CohortColumn): Uint32Array {
  const sizes = new Uint32Array(column.values.length + 1);
  for (let p = 0; p < column.codes.length; p++) sizes[column.codes[p]!]!++;
  return sizes;
}

/** The entitlements that at least `minHolders` of the people hold. */
function countCells(
  counter: EntitlementCounter,
  members: Uint32Array,
  minHolders: number,
): CellCounts {
  counter.count(members);
  const { counts, met, touched } = counter;
  const entitlements: number[] = [];
  const holders: number[] = [];
  for (let t = 0; t < touched; t++) {
    const entitlement = met[t]!;
    const count = counts[entitlement]!;
    counts[entitlement] = 0;
    if (count < minHolders) continue;
    entitlements.push(entitlement);
    holders.push(count);
  }
  counter.touched = 0;
  return { entitlements: Uint32Array.from(entitlements), holders: Uint32Array.from(holders) };
}

function dropExcluded(
  { entitlements, holders }: CellCounts,
  minHolders: number,
  excluded: Uint8Array,
): CellCounts {
  const isIncluded = (_: number, i: number) =>
    holders[i]! >= minHolders && !excluded[entitlements[i]!];
  return { entitlements: entitlements.filter(isIncluded), holders: holders.filter(isIncluded) };
}
