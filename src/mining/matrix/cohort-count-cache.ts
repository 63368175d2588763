import type { Criterion } from './criterion.ts';
import { foldText } from './fold-text.ts';
import type { AccessMatrix, CohortColumn } from './matrix.ts';

/** What people and entitlements are known by from one matrix to the next, ascending by index. */
export interface Keys {
  people: Int32Array;
  entitlements: Int32Array;
}

/** A person at one moment: numbers of their attribute values, keys of what they hold. */
interface PersonState {
  values: number[];
  entitlements: Int32Array;
}

/** Entitlements of a cohort and how many of its people hold each. */
export interface Counted {
  entitlements: Uint32Array;
  holders: Uint32Array;
}

/** Counts of one cohort by entitlement key: of all entitlements that at least `floor` people hold. */
interface Remembered extends Counted {
  people: number;
  floor: number;
}

/** Numbers the values of all dimensions, whatever their codes in one matrix. */
class ValueNumbers {
  readonly #numbers = new Map<string, number>();

  numberOf(dimension: string, value: string): number {
    const name = `${dimension}\n${foldText(value)}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /** A function from a code of the column to its number; each value is folded once. */
  reader({ dimension, values }: CohortColumn): (code: number) => number {
    const known = new Int32Array(values.length + 1).fill(-1);
    return (code) => {
      if (known[code]! < 0) known[code] = this.numberOf(dimension, values[code - 1]!);
      return known[code]!;
    };
  }
}

/** A function that reads the state of the person at an index. */
function stateReader(matrix: AccessMatrix, keys: Keys, numbers: ValueNumbers) {
  const readers = matrix.columns.map((column) => numbers.reader(column));
  return (person: number): PersonState => ({
    values: matrix.columns.flatMap(({ codes }, dimension) => {
      const code = codes[person]!;
      return code === 0 ? [] : [readers[dimension]!(code)];
    }),
    entitlements: Int32Array.from(
      matrix.items.subarray(matrix.offsets[person]!, matrix.offsets[person + 1]!),
      (entitlement) => keys.entitlements[entitlement]!,
    ),
  });
}

/**
 * Remembers the counts of a lattice from one run to the next, so that a cohort is not counted again
 * because a few of its people changed: what those held before is taken off and what they hold now is
 * added. So that an entitlement cannot grow to a threshold unseen, more is remembered than a run
 * asks for (`floorOf`), and a cohort is counted anew once so many changed that one might have.
 */
export class CohortCountCache {
  readonly #numbers = new ValueNumbers();
  #cells = new Map<string, Remembered>();
  /** People who changed since the last run, as they were then; undefined for those who were not. */
  #before = new Map<number, PersonState | undefined>();

  /** Notes the people of `matrix` who are about to change, leave or, being in no index, to come. */
  noteChanges(matrix: AccessMatrix, keys: Keys, people: ArrayLike<number>): void {
    if (this.#cells.size === 0) return;
    const readState = stateReader(matrix, keys, this.#numbers);
    const indexOf = new Map(Array.from(keys.people, (key, index) => [key, index]));
    for (let i = 0; i < people.length; i++) {
      const key = people[i]!;
      if (this.#before.has(key)) continue;
      const index = indexOf.get(key);
      this.#before.set(key, index === undefined ? undefined : readState(index));
    }
  }

  /** For one run over the matrix that all noted changes led to. */
  begin(matrix: AccessMatrix, keys: Keys): CellRecall {
    const readState = stateReader(matrix, keys, this.#numbers);
    const states = [...this.#before.values()].filter((state) => state !== undefined);
    const now: PersonState[] = [];
    keys.people.forEach((key, index) => {
      if (this.#before.has(key)) now.push(readState(index));
    });
    return new CellRecall({
      cells: this.#cells,
      before: indexByValue(states),
      after: indexByValue(now),
      keys: keys.entitlements,
      reader: (column) => this.#numbers.reader(column),
      commit: (cells) => {
        this.#cells = cells;
        this.#before.clear();
      },
    });
  }
}

type StateIndex = Map<number, PersonState[]>;

function indexByValue(states: readonly PersonState[]): StateIndex {
  const index: StateIndex = new Map();
  for (const state of states) {
    for (const value of state.values) {
      const list = index.get(value);
      if (list) list.push(state);
      else index.set(value, [state]);
    }
  }
  return index;
}

/** The states that have all of the values. */
function findStates(index: StateIndex, values: readonly number[]): PersonState[] {
  let fewest: PersonState[] | undefined;
  for (const value of values) {
    const list = index.get(value);
    if (!list) return [];
    if (!fewest || list.length < fewest.length) fewest = list;
  }
  return fewest?.filter((state) => values.every((value) => state.values.includes(value))) ?? [];
}

interface RecallParts {
  cells: ReadonlyMap<string, Remembered>;
  before: StateIndex;
  after: StateIndex;
  keys: Int32Array;
  reader(column: CohortColumn): (code: number) => number;
  commit(cells: Map<string, Remembered>): void;
}

/** The memory as one run uses it. Nothing is remembered of the run unless it is committed. */
export class CellRecall {
  /** Cohorts asked for, and those of them that had to be counted. */
  cohorts = 0;
  recounted = 0;
  readonly #parts: RecallParts;
  readonly #next = new Map<string, Remembered>();
  readonly #indexOf: Int32Array;
  /** By entitlement key, all zero between cohorts. */
  readonly #change: Int32Array;
  readonly #readers = new Map<CohortColumn, (code: number) => number>();

  constructor(parts: RecallParts) {
    this.#parts = parts;
    const states = [...parts.before.values(), ...parts.after.values()].flat();
    let most = parts.keys.at(-1) ?? -1;
    for (const { entitlements } of states) most = Math.max(most, entitlements.at(-1) ?? -1);
    for (const { entitlements } of parts.cells.values()) {
      for (const key of entitlements) most = Math.max(most, key);
    }
    this.#change = new Int32Array(most + 1);
    this.#indexOf = new Int32Array(most + 1).fill(-1);
    parts.keys.forEach((key, index) => {
      this.#indexOf[key] = index;
    });
  }

  /**
   * All entitlements that at least `least` people of a cohort hold, and perhaps more; by `count`,
   * which is given the fewest holders to return, where the memory cannot tell.
   */
  read(
    columns: readonly CohortColumn[],
    criteria: readonly Criterion[],
    cohort: { people: number; least: number },
    count: (floor: number) => Counted,
  ): Counted {
    this.cohorts++;
    const values = criteria.map(({ dimension, code }) => this.#read(columns[dimension]!, code));
    const key = values.join();
    const known = this.#parts.cells.get(key);
    const adjusted = known && this.#adjust(known, values, cohort.people);
    const cells = adjusted && adjusted.floor <= cohort.least ? adjusted : undefined;
    if (cells) {
      this.#next.set(key, cells);
      return { ...cells, entitlements: cells.entitlements.map((one) => this.#indexOf[one]!) };
    }
    this.recounted++;
    const floor = floorOf(cohort.least);
    const counted = count(floor);
    const { keys } = this.#parts;
    const entitlements = counted.entitlements.map((one) => keys[one]!);
    this.#next.set(key, { ...counted, entitlements, people: cohort.people, floor });
    return counted;
  }

  /** Makes what this run knows the memory. */
  commit(): void {
    this.#parts.commit(this.#next);
  }

  #read(column: CohortColumn, code: number): number {
    const reader = this.#readers.get(column) ?? this.#parts.reader(column);
    this.#readers.set(column, reader);
    return reader(code);
  }

  /** The counts after the changes; undefined when they are of other people. */
  #adjust(known: Remembered, values: readonly number[], people: number): Remembered | undefined {
    const before = findStates(this.#parts.before, values);
    const after = findStates(this.#parts.after, values);
    if (known.people - before.length + after.length !== people) return undefined;
    if (before.length + after.length === 0) return known;
    // What nobody remembers fewer people than the floor held, and as many may have come to hold it.
    const floor = known.floor + after.length;
    this.#add(before, -1);
    this.#add(after, 1);
    const all = known.holders.map((count, i) => count + this.#change[known.entitlements[i]!]!);
    this.#add(before, 1);
    this.#add(after, -1);
    const stays = (_: number, i: number) => all[i]! >= floor;
    return {
      people,
      floor,
      entitlements: known.entitlements.filter(stays),
      holders: all.filter(stays),
    };
  }

  #add(states: readonly PersonState[], by: number): void {
    for (const { entitlements } of states) {
      for (let i = 0; i < entitlements.length; i++) this.#change[entitlements[i]!]! += by;
    }
  }
}

/** Half of what is asked for: room for that many changes before a cohort is counted again. */
function floorOf(least: number): number {
  return Math.max(1, least >>> 1);
}
