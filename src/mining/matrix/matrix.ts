import { foldText } from './fold-text.ts';

/** One attribute of the people, as codes: `codes[p]` is 0 for empty, i + 1 for `values[i]`. */
export interface CohortColumn {
  dimension: string;
  /** Values in their first spelling; values equal when trimmed and case-folded share a code. */
  values: string[];
  codes: Uint32Array;
}

/**
 * People × entitlements in compressed rows: the entitlements of person p are
 * `items[offsets[p] .. offsets[p + 1])`, ascending and distinct. A matrix never changes after it
 * is built.
 */
export interface AccessMatrix {
  people: number;
  entitlements: number;
  /** length people + 1 */
  offsets: Uint32Array;
  items: Uint32Array;
  columns: CohortColumn[];
}

function assertIndexes(name: string, indexes: ArrayLike<number>, limit: number): void {
  for (let i = 0; i < indexes.length; i++) {
    const index = indexes[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= limit) {
      throw new RangeError(`${name}[${i}] is ${index}, outside 0..${limit - 1}`);
    }
  }
}

/** Offsets (length `size` + 1) of a counting sort by `keys`. */
function countingOffsets(keys: ArrayLike<number>, size: number): Uint32Array {
  const offsets = new Uint32Array(size + 1);
  for (let i = 0; i < keys.length; i++) offsets[keys[i]! + 1]!++;
  for (let i = 0; i < size; i++) offsets[i + 1]! += offsets[i]!;
  return offsets;
}

/** Removes repeated entitlements of a person in place; rows must be sorted. */
function dropDuplicates(offsets: Uint32Array, items: Uint32Array): Uint32Array {
  let written = 0;
  for (let p = 0; p + 1 < offsets.length; p++) {
    const start = offsets[p]!;
    const end = offsets[p + 1]!;
    offsets[p] = written;
    for (let i = start; i < end; i++) {
      if (i > start && items[i] === items[written - 1]) continue;
      items[written++] = items[i]!;
    }
  }
  offsets[offsets.length - 1] = written;
  return written === items.length ? items : items.slice(0, written);
}

/**
 * Builds the matrix from grants in any order: grant i gives `entitlementOf[i]` to `personOf[i]`.
 * Repeated grants count once. Two stable counting sorts, O(grants).
 * Throws RangeError when an index is out of range or the lengths differ.
 */
export function buildMatrix(
  people: number,
  entitlements: number,
  personOf: ArrayLike<number>,
  entitlementOf: ArrayLike<number>,
  columns: CohortColumn[] = [],
): AccessMatrix {
  const grants = personOf.length;
  if (entitlementOf.length !== grants) {
    throw new RangeError(`${grants} people but ${entitlementOf.length} entitlements in the grants`);
  }
  assertIndexes('personOf', personOf, people);
  assertIndexes('entitlementOf', entitlementOf, entitlements);
  for (const column of columns) {
    if (column.codes.length === people) continue;
    throw new RangeError(
      `column ${column.dimension} has ${column.codes.length} of ${people} people`,
    );
  }
  const next = countingOffsets(entitlementOf, entitlements);
  const byEntitlement = new Uint32Array(grants);
  for (let i = 0; i < grants; i++) byEntitlement[next[entitlementOf[i]!]!++] = i;
  const offsets = countingOffsets(personOf, people);
  const cursor = offsets.slice();
  const items = new Uint32Array(grants);
  for (let i = 0; i < grants; i++) {
    const grant = byEntitlement[i]!;
    items[cursor[personOf[grant]!]!++] = entitlementOf[grant]!;
  }
  return { people, entitlements, offsets, items: dropDuplicates(offsets, items), columns };
}

/** One attribute of the people as spelled: `codes[p]` is 0 for none, i + 1 for `spellings[i]`. */
export interface SpelledColumn {
  dimension: string;
  /** Distinct texts; several spellings may be the same value. */
  spellings: string[];
  codes: Uint32Array;
}

/** Builds one attribute column from raw values, one for each person. */
export function spellColumn(
  dimension: string,
  raw: readonly (string | undefined | null)[],
): SpelledColumn {
  const codes = new Uint32Array(raw.length);
  const known = new Map<string, number>();
  raw.forEach((value, person) => {
    if (value === undefined || value === null) return;
    let code = known.get(value);
    if (code === undefined) {
      code = known.size + 1;
      known.set(value, code);
    }
    codes[person] = code;
  });
  return { dimension, spellings: [...known.keys()], codes };
}

/**
 * Merges the spellings of a value. Values are compared trimmed, in NFC and case-folded, and shown
 * in their first spelling. Empty values form no cohort.
 */
export function foldColumn({ dimension, spellings, codes: spelled }: SpelledColumn): CohortColumn {
  const folded = spellings.map(foldText);
  const codes = new Uint32Array(spelled.length);
  const values: string[] = [];
  const known = new Map<string, number>();
  spelled.forEach((spelling, person) => {
    const value = spelling === 0 ? '' : folded[spelling - 1]!;
    if (value === '') return;
    let code = known.get(value);
    if (code === undefined) {
      values.push(spellings[spelling - 1]!.trim());
      code = values.length;
      known.set(value, code);
    }
    codes[person] = code;
  });
  return { dimension, values, codes };
}

/** Builds one attribute column from raw values, one for each person, and folds it. */
export function buildColumn(
  dimension: string,
  raw: readonly (string | undefined | null)[],
): CohortColumn {
  return foldColumn(spellColumn(dimension, raw));
}

const z = 1.959964;

/**
 * Lower end of the 95 % Wilson score interval of k of n, 0–1; 0 when n is 0.
 * Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
 */
export function wilsonLowerBound(k: number, n: number): number {
  if (n === 0 || k === 0) return 0;
  const p = k / n;
  const center = p + (z * z) / (2 * n);
  const margin = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return Math.max(0, (center - margin) / (1 + (z * z) / n));
}

const holdersOf = new WeakMap<AccessMatrix, Uint32Array>();

/**
 * Counts the holders of each entitlement. Cached, since a matrix never changes: do not modify it.
 */
export function countHolders(matrix: AccessMatrix): Uint32Array {
  const known = holdersOf.get(matrix);
  if (known) return known;
  const holders = new Uint32Array(matrix.entitlements);
  const { items } = matrix;
  for (let i = 0; i < items.length; i++) holders[items[i]!]!++;
  holdersOf.set(matrix, holders);
  return holders;
}
