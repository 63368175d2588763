import type { Criterion } from './criterion.ts';
import { foldText } from './fold-text.ts';
import type { AccessMatrix, CohortColumn } from './matrix.ts';

/** The ids of people and entitlements, which stay the same between matrices; ascending by index. */
export interface Keys {
  people: Int32Array;
  entitlements: Int32Array;
}

/** A person at one time: numbers of their attribute values, keys of their entitlements. */
interface PersonState {
  values: number[];
  entitlements: Int32Array;
}

/** Entitlements of a cohort and the number of its people who hold each. */
export interface CellCounts {
  entitlements: Uint32Array;
  holders: Uint32Array;
}

/** Counts of one cohort by entitlement key, for all entitlements with at least `floor` holders. */
interface CachedCounts extends CellCounts {
  people: number;
  floor: number;
}

/** Numbers the values of all dimensions, independent of their codes in one matrix. */
class ValueNumbers {
  readonly #numbers = new Map<string, number>();

  toNumber(dimension: string, value: string): number {
    const name = `${dimension}\n${foldText(value)}`;
    const knownNumber = this.#numbers.get(name);
    if (knownNumber !== undefined) return knownNumber;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /** Returns a function from a code of the column to its number. It folds each value once. */
  createReader({ dimension, values }: CohortColumn): (code: number) => number {
    const knownNumbers = new Int32Array(values.length + 1).fill(-1);
    return (code) => {
      if (knownNumbers[code]! < 0) knownNumbers[code] = this.toNumber(dimension, values[code - 1]!);
      return knownNumbers[code]!;
    };
  }
}

/** Returns a function that reads the state of the person at an index. */
function createStateReader(matrix: AccessMatrix, keys: Keys, numbers: ValueNumbers) {
  const readers = matrix.columns.map((column) => numbers.createReader(column));
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
 * Keeps the counts of a lattice between runs. A cohort in which few people changed is not counted
 * again: the former entitlements of these people are subtracted and the current ones added. An
 * entitlement could rise to a threshold unseen. Therefore the cache holds counts below the
 * threshold of the run (`chooseFloor`), and a cohort is counted again once enough people changed to
 * reach it.
 */
export class CohortCountCache {
  readonly #numbers = new ValueNumbers();
  #cells = new Map<string, CachedCounts>();
  /** People who changed since the last run, as they were then; undefined for people who are new. */
  #statesBefore = new Map<number, PersonState | undefined>();

  /**
   * Records the people of `matrix` who are about to change or leave, and those about to be added.
   */
  noteChanges(matrix: AccessMatrix, keys: Keys, people: ArrayLike<number>): void {
    if (this.#cells.size === 0) return;
    const readState = createStateReader(matrix, keys, this.#numbers);
    const indexOf = new Map(Array.from(keys.people, (key, index) => [key, index]));
    for (let i = 0; i < people.length; i++) {
      const key = people[i]!;
      if (this.#statesBefore.has(key)) continue;
      const index = indexOf.get(key);
      this.#statesBefore.set(key, index === undefined ? undefined : readState(index));
    }
  }

  /** Starts a run over the current matrix. All changes since the last run must have been noted. */
  begin(matrix: AccessMatrix, keys: Keys): CachedCountReader {
    const readState = createStateReader(matrix, keys, this.#numbers);
    const states = [...this.#statesBefore.values()].filter((state) => state !== undefined);
    const now: PersonState[] = [];
    keys.people.forEach((key, index) => {
      if (this.#statesBefore.has(key)) now.push(readState(index));
    });
    return new CachedCountReader({
      cells: this.#cells,
      before: indexByValue(states),
      after: indexByValue(now),
      keys: keys.entitlements,
      createReader: (column) => this.#numbers.createReader(column),
      commit: (cells) => {
        this.#cells = cells;
        this.#statesBefore.clear();
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
  cells: ReadonlyMap<string, CachedCounts>;
  before: StateIndex;
  after: StateIndex;
  keys: Int32Array;
  createReader(column: CohortColumn): (code: number) => number;
  commit(cells: Map<string, CachedCounts>): void;
}

/** The cache as one run reads it. Counts of the run reach the cache only through `commit`. */
export class CachedCountReader {
  /** Cohorts read so far, and how many of them had to be counted. */
  cohorts = 0;
  recounted = 0;
  readonly #parts: RecallParts;
  readonly #next = new Map<string, CachedCounts>();
  readonly #indexOf: Int32Array;
  /** By entitlement key, all zero between cohorts. */
  readonly #change: Int32Array;
  readonly #readers = new Map<CohortColumn, (code: number) => number>();

  constructor(parts: RecallParts) {
    this.#parts = parts;
    const states = [...parts.before.values(), ...parts.after.values()].flat();
    let maxKey = parts.keys.at(-1) ?? -1;
    for (const { entitlements } of states) maxKey = Math.max(maxKey, entitlements.at(-1) ?? -1);
    for (const { entitlements } of parts.cells.values()) {
      for (const key of entitlements) maxKey = Math.max(maxKey, key);
    }
    this.#change = new Int32Array(maxKey + 1);
    this.#indexOf = new Int32Array(maxKey + 1).fill(-1);
    parts.keys.forEach((key, index) => {
      this.#indexOf[key] = index;
    });
  }

  /**
   * All entitlements that at least `minHolders` people of a cohort hold, and perhaps more. Calls
   * `count` with the smallest number of holders to return if the cache cannot answer.
   */
  read(
    columns: readonly CohortColumn[],
    criteria: readonly Criterion[],
    cohort: { people: number; minHolders: number },
    count: (floor: number) => CellCounts,
  ): CellCounts {
    this.cohorts++;
    const values = criteria.map(({ dimension, code }) => this.#read(columns[dimension]!, code));
    const key = values.join();
    const cached = this.#parts.cells.get(key);
    const adjusted = cached && this.#adjust(cached, values, cohort.people);
    const cells = adjusted && adjusted.floor <= cohort.minHolders ? adjusted : undefined;
    if (cells) {
      this.#next.set(key, cells);
      return { ...cells, entitlements: cells.entitlements.map((one) => this.#indexOf[one]!) };
    }
    this.recounted++;
    const floor = chooseFloor(cohort.minHolders);
    const counted = count(floor);
    const { keys } = this.#parts;
    const entitlements = counted.entitlements.map((one) => keys[one]!);
    this.#next.set(key, { ...counted, entitlements, people: cohort.people, floor });
    return counted;
  }

  /** Replaces the counts in the cache by those of this run. */
  commit(): void {
    this.#parts.commit(this.#next);
  }

  #read(column: CohortColumn, code: number): number {
    const toNumber = this.#readers.get(column) ?? this.#parts.createReader(column);
    this.#readers.set(column, toNumber);
    return toNumber(code);
  }

  /** The counts after the changes; undefined if they belong to other people. */
  #adjust(
    cached: CachedCounts,
    values: readonly number[],
    people: number,
  ): CachedCounts | undefined {
    const before = findStates(this.#parts.before, values);
    const after = findStates(this.#parts.after, values);
    if (cached.people - before.length + after.length !== people) return undefined;
    if (before.length + after.length === 0) return cached;
    // Entitlements missing in the cache had fewer holders than the floor; the changed people may
    // have added as many.
    const floor = cached.floor + after.length;
    this.#add(before, -1);
    this.#add(after, 1);
    const all = cached.holders.map((count, i) => count + this.#change[cached.entitlements[i]!]!);
    this.#add(before, 1);
    this.#add(after, -1);
    const isAboveFloor = (_: number, i: number) => all[i]! >= floor;
    return {
      people,
      floor,
      entitlements: cached.entitlements.filter(isAboveFloor),
      holders: all.filter(isAboveFloor),
    };
  }

  #add(states: readonly PersonState[], by: number): void {
    for (const { entitlements } of states) {
      for (let i = 0; i < entitlements.length; i++) this.#change[entitlements[i]!]! += by;
    }
  }
}

/** Half of the threshold. That leaves room for as many changes before a cohort is counted again. */
function chooseFloor(least: number): number {
  return Math.max(1, least >>> 1);
}
