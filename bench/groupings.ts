import { EntitlementCounter } from '../src/mining/matrix/cohort-lattice.ts';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';

/** The dimensions of one grouping, as positions of the organisation's columns. */
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

/** What is compared between systems: cells that are not zero, the sum of their counts and squares. */
export interface Checksum {
  cells: number;
  grants: number;
  squares: number;
}

export function describeGrouping({ columns }: AccessMatrix, grouping: Grouping): string {
  return grouping.map((at) => columns[at]!.dimension).join(' × ');
}

/** One key for each person: the value, or the pair of values. */
function keysOf({ columns, people }: AccessMatrix, [first = 0, second]: Grouping) {
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

/** People in the order of their keys, by a counting sort, and where each key ends. */
function sortPeople(keys: Uint32Array, size: number) {
  const ends = new Uint32Array(size + 1);
  for (let person = 0; person < keys.length; person++) ends[keys[person]! + 1]!++;
  for (let key = 0; key < size; key++) ends[key + 1]! += ends[key]!;
  const order = new Uint32Array(keys.length);
  for (let person = 0; person < keys.length; person++) order[ends[keys[person]!]!++] = person;
  return { order, ends };
}

/**
 * Counts who holds what in every group, with the product's own counter: people in the order of their
 * groups, one dense counter, and a list of what it has met.
 */
export function countGrouping(matrix: AccessMatrix, grouping: Grouping): Checksum {
  const { keys, size } = keysOf(matrix, grouping);
  const { order, ends } = sortPeople(keys, size);
  const counter = new EntitlementCounter(matrix);
  const sum: Checksum = { cells: 0, grants: 0, squares: 0 };
  let start = 0;
  for (let key = 0; key < size; key++) {
    const end = ends[key]!;
    if (end > start) {
      counter.count(order.subarray(start, end));
      addUp(counter, sum);
    }
    start = end;
  }
  return sum;
}

function addUp(counter: EntitlementCounter, sum: Checksum): void {
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

export function isSame(a: Checksum, b: Checksum): boolean {
  return a.cells === b.cells && a.grants === b.grants && a.squares === b.squares;
}
