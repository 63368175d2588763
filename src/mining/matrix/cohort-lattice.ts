import type { CellRecall, Counted } from './cohort-count-cache.ts';
import type { Criterion } from './criterion.ts';
import type { AccessMatrix, CohortColumn } from './matrix.ts';

/** The counts of one cohort that reach the caller's minimum. */
export interface CohortCells {
  /** Ascending by dimension; empty for everyone. */
  criteria: Criterion[];
  people: number;
  /** Dimensions on which all its people agree, its criteria among them. */
  closure: Criterion[];
  /** Entitlements, in no particular order, and how many of the people hold each. */
  entitlements: Uint32Array;
  holders: Uint32Array;
}

/** What the layers of a run read: the matrix, the mined columns and the holders of everyone. */
export interface Population {
  matrix: AccessMatrix;
  columns: CohortColumn[];
  /** People who hold each entitlement. */
  holders: Uint32Array;
  /** 1 where an entitlement is not for mining. */
  excluded: Uint8Array;
}

/** Adds up who holds what in a set of people, reusing one dense counter. */
export class EntitlementCounter {
  /** Holders by entitlement; all zero between counts. */
  readonly counts: Uint32Array;
  /** The entitlements met, in the first `touched` places; one place more than there are. */
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
        // Written each time, kept the first time: a branch here is guessed wrong so often that the loop
        // takes twice as long.
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

/** A group of the people, with its code in the dimension it was split by. */
interface Group {
  code: number;
  members: Uint32Array;
}

/** Splits people by a column with dense counters that serve every split of a lattice. */
class Splitter {
  /** By code; all zero between splits. */
  readonly #sizes: Uint32Array;
  /** By code: place of its group + 1, 0 for a group under the minimum. */
  readonly #places: Uint32Array;

  constructor(columns: readonly CohortColumn[]) {
    const most = columns.reduce((size, column) => Math.max(size, column.values.length), 0);
    this.#sizes = new Uint32Array(most + 1);
    this.#places = new Uint32Array(most + 1);
  }

  /** The people of `members` by their value, groups under `minimum` left out. */
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
export function listCohortPeople(
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
  /** Fewest people of a cohort. */
  minCohortSize: number;
  /** Most criteria of a cohort. */
  maxDepth: number;
}

/** Gets a cohort; the list of members, ascending, is the callee's to read until it returns. */
export type CohortVisitor = (criteria: Criterion[], members: Uint32Array) => void;

/**
 * Visits every cohort of the lattice: single criteria, then conjunctions of cohorts that reach the
 * minimum size (a conjunction is never larger than its parts, so the rest is pruned). A cohort of
 * the same people as one with fewer criteria (or as everyone) is left out, with everything below
 * it, which is then found below the other.
 *
 * Depth first: only the member lists of one path are held, O(people × depth).
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

/** What one pass over the lattice keeps in hand. */
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
 * Counts every cohort of the lattice with one dense counter, which is what makes 10 M grants take
 * tens of milliseconds a grouping. `emit` gets the cohorts with a cell of at least
 * `leastHolders(people of the cohort)`.
 * @param recall what an earlier run counted; only what it cannot tell is counted.
 */
export function countLattice(
  population: Population,
  limits: LatticeLimits & { leastHolders: (people: number) => number },
  emit: (cells: CohortCells) => void,
  recall?: CellRecall,
): void {
  const { columns } = population;
  const counter = new EntitlementCounter(population.matrix);
  walkLattice(population, limits, (criteria, members) => {
    const people = members.length;
    const least = limits.leastHolders(people);
    const count = (floor: number) => countCells(counter, members, floor);
    const counted = recall?.read(columns, criteria, { people, least }, count) ?? count(least);
    const cells = dropExcluded(counted, least, population.excluded);
    if (cells.entitlements.length === 0) return;
    emit({ criteria, people, closure: findClosure(members, columns), ...cells });
  });
}

/** How many people have each code of a column. */
export function countCodes(column: CohortColumn): Uint32Array {
  const sizes = new Uint32Array(column.values.length + 1);
  for (let p = 0; p < column.codes.length; p++) sizes[column.codes[p]!]!++;
  return sizes;
}

/** The entitlements that at least `least` of the people hold. */
function countCells(counter: EntitlementCounter, members: Uint32Array, least: number): Counted {
  counter.count(members);
  const { counts, met, touched } = counter;
  const entitlements: number[] = [];
  const holders: number[] = [];
  for (let t = 0; t < touched; t++) {
    const entitlement = met[t]!;
    const count = counts[entitlement]!;
    counts[entitlement] = 0;
    if (count < least) continue;
    entitlements.push(entitlement);
    holders.push(count);
  }
  counter.touched = 0;
  return { entitlements: Uint32Array.from(entitlements), holders: Uint32Array.from(holders) };
}

function dropExcluded(
  { entitlements, holders }: Counted,
  least: number,
  excluded: Uint8Array,
): Counted {
  const stays = (_: number, i: number) => holders[i]! >= least && !excluded[entitlements[i]!];
  return { entitlements: entitlements.filter(stays), holders: holders.filter(stays) };
}
