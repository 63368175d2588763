import { EntitlementCounter } from '../src/mining/matrix/cohort-lattice.ts';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';

/** The dimensions of one grouping, as indexes of the organization's columns. */
export type Grouping = readonly number[];

/** The four dimensions and their six pairs. */
export const groupings: Grouping[] = [
  [0],
  [1],
  [2],
  [3],
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
  [2, 3],
];

/**
 * Compared between systems: the number of non-zero cells, the sum of their counts and of the
 * squares.
 */
export interface Checksum {
  cells: number;
  grants: number;
  squares: number;
}

export function describeGrouping({ columns }: AccessMatrix, grouping: Grouping): string {
  return grouping.map((at) => columns[at]!.dimension).join(' × ');
}

/** One key per person: the value, or the pair of values. */
function computeKeys({ columns, people }: AccessMatrix, [first = 0, second]: Grouping) {
  const a = columns[first]!;
  if (second === undefined) return { keys: a.codes, size: a.values.length + 1 };
  const b = columns[second]!;
  const width = b.values.length + 1;
  const keys = new Uint32Array(people);
  for (let person = 0; person < people; person++) {
    keys[person] = a.codes[person]! * width + b.codes[person]!;
  }
  return { keys, size: (a.values.length + 1) * width };
}

/** Sorts people by their keys with a counting sort; `ends` has the end of each key. */
function sortPeople(keys: Uint32Array, size: number) {
  const ends = new Uint32Array(size + 1);
  for (let person = 0; person < keys.length; person++) ends[keys[person]! + 1]!++;
  for (let key = 0; key < size; key++) ends[key + 1]! += ends[key]!;
  const order = new Uint32Array(keys.length);
  for (let person = 0; person < keys.length; person++) order[ends[keys[person]!]!++] = person;
  return { order, ends };
}

/**
 * Counts the holders of each entitlement in every group with the product's own counter: people in
 * the order of their groups, one dense counter, and a list of the entitlements found.
 */
export function countGrouping(matrix: AccessMatrix, grouping: Grouping): Checksum {
  const { keys, size } = computeKeys(matrix, grouping);
  const { order, ends } = sortPeople(keys, size);
  const counter = new EntitlementCounter(matrix);
  const sum: Checksum = { cells: 0, grants: 0, squares: 0 };
  let start = 0;
  for (let key = 0; key < size; key++) {
    const end = ends[key]!;
    if (end > start) {
      counter.count(order.subarray(start, end));
      addCounts(counter, sum);
    }
    start = end;
  }
  return sum;
}

function addCounts(counter: EntitlementCounter, sum: Checksum): void {
  const { counts, met, touched } = counter;
  let grants = 0;
  let squares = 0;
  for (let t = 0; t < touched; t++) {
    const count = counts[met[t]!]!;
    grants += count;
    squares += count * count;
    counts[met[t]!] = 0;
  }
  sum.cells += touched;
  sum.grants += grants;
  sum.squares += squares;
  counter.touched = 0;
}

export function isEqual(a: Checksum, b: Checksum): boolean {
  return a.cells === b.cells && a.grants === b.grants && a.squares === b.squares;
}
