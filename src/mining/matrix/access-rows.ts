import type { Keys } from './cohort-count-cache.ts';
import { type AccessMatrix, foldColumn, type SpelledColumn } from './matrix.ts';

/** People and their entitlements, with the ids behind the indexes of a matrix. */
export interface AccessRows {
  /** Ascending. */
  personIds: Int32Array;
  /** Ascending; at least one person holds each. */
  entitlementIds: Int32Array;
  /** length people + 1 */
  offsets: Uint32Array;
  /** Indexes into `entitlementIds`, ascending for each person. */
  items: Uint32Array;
  /** The fixed columns in order, then further ones by name. */
  columns: SpelledColumn[];
  /** Number of fixed columns, which stay even without a value. */
  ownColumns: number;
}

/** Builds the matrix of rows. Further columns without a value are left out. */
export function toMatrix(rows: AccessRows): AccessMatrix {
  const columns = rows.columns.map(foldColumn);
  return {
    people: rows.personIds.length,
    entitlements: rows.entitlementIds.length,
    offsets: rows.offsets,
    items: rows.items,
    columns: columns.filter(({ values }, at) => at < rows.ownColumns || values.length > 0),
  };
}

/** The ids behind the indexes of `toMatrix(rows)`. */
export function toKeys({ personIds, entitlementIds }: AccessRows): Keys {
  return { people: personIds, entitlements: entitlementIds };
}

/** The buffers of rows, as a transfer list for a worker thread. */
export function listBuffers({ personIds, entitlementIds, offsets, items, columns }: AccessRows) {
  const arrays = [personIds, entitlementIds, offsets, items, ...columns.map(({ codes }) => codes)];
  const buffers = new Set(arrays.map((array) => array.buffer));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}

/**
 * Replaces the rows of the people in `changed` by those in `update`. The result equals reading all
 * rows again. A person in `changed` but not in `update` is removed.
 */
export function replaceRows(
  current: AccessRows,
  changed: ReadonlySet<number>,
  update: AccessRows,
): AccessRows {
  const order = mergePeople(current.personIds, changed, update.personIds);
  const personIds = order.map((at) =>
    at < 0 ? update.personIds[-at - 1]! : current.personIds[at]!,
  );
  const entitlementIds = mergeEntitlements(current, update, order);
  const currentPlaces = findPlaces(current.entitlementIds, entitlementIds);
  const updatePlaces = findPlaces(update.entitlementIds, entitlementIds);
  const offsets = new Uint32Array(order.length + 1);
  order.forEach((at, p) => {
    const [rows, person] = at < 0 ? [update, -at - 1] : [current, at];
    offsets[p + 1] = offsets[p]! + rows.offsets[person + 1]! - rows.offsets[person]!;
  });
  const items = new Uint32Array(offsets[order.length]!);
  let written = 0;
  order.forEach((at) => {
    const [rows, person, places] =
      at < 0 ? [update, -at - 1, updatePlaces] : [current, at, currentPlaces];
    const end = rows.offsets[person + 1]!;
    for (let i = rows.offsets[person]!; i < end; i++) items[written++] = places[rows.items[i]!]!;
  });
  const columns = mergeColumns(current, update, order);
  const { ownColumns } = current;
  return { personIds, entitlementIds, offsets, items, columns, ownColumns };
}

/** People in id order: the index in `current`, or −1 − the index in `update`. */
function mergePeople(current: Int32Array, changed: ReadonlySet<number>, update: Int32Array) {
  const order = new Int32Array(current.length + update.length);
  let length = 0;
  let f = 0;
  for (let i = 0; i < current.length; i++) {
    const id = current[i]!;
    while (f < update.length && update[f]! < id) order[length++] = -1 - f++;
    if (!changed.has(id)) order[length++] = i;
  }
  while (f < update.length) order[length++] = -1 - f++;
  return order.slice(0, length);
}

/** The ids of the entitlements that the people in `order` hold, ascending. */
function mergeEntitlements(current: AccessRows, update: AccessRows, order: Int32Array): Int32Array {
  const isHeld = new Uint8Array(current.entitlementIds.length);
  for (const person of order) {
    if (person < 0) continue;
    const end = current.offsets[person + 1]!;
    for (let i = current.offsets[person]!; i < end; i++) isHeld[current.items[i]!] = 1;
  }
  const ids = new Set(current.entitlementIds.filter((_, place) => isHeld[place] === 1));
  for (const id of update.entitlementIds) ids.add(id);
  return Int32Array.from(ids).sort();
}

/** The index in `to` of each id in `from`; 0 for a missing id. Both ascend. */
function findPlaces(from: Int32Array, to: Int32Array): Uint32Array {
  const places = new Uint32Array(from.length);
  let at = 0;
  from.forEach((id, i) => {
    while (at < to.length && to[at]! < id) at++;
    places[i] = to[at] === id ? at : 0;
  });
  return places;
}

function mergeColumns(current: AccessRows, update: AccessRows, order: Int32Array): SpelledColumn[] {
  const own = current.columns.slice(0, current.ownColumns).map(({ dimension }) => dimension);
  const further = new Set(
    [...current.columns, ...update.columns].map(({ dimension }) => dimension),
  );
  for (const dimension of own) further.delete(dimension);
  return [...own, ...[...further].sort()].map((dimension) => {
    const find = (column: SpelledColumn) => column.dimension === dimension;
    return mergeColumn(dimension, current.columns.find(find), update.columns.find(find), order);
  });
}

function mergeColumn(
  dimension: string,
  current: SpelledColumn | undefined,
  update: SpelledColumn | undefined,
  order: Int32Array,
): SpelledColumn {
  const spellings = current ? [...current.spellings] : [];
  const known = new Map(spellings.map((spelling, i) => [spelling, i + 1]));
  const codeOf = (update?.spellings ?? []).map((spelling) => {
    const code = known.get(spelling) ?? spellings.push(spelling);
    known.set(spelling, code);
    return code;
  });
  const codes = Uint32Array.from(order, (at) => {
    if (at >= 0) return current?.codes[at] ?? 0;
    const code = update?.codes[-at - 1] ?? 0;
    return code === 0 ? 0 : codeOf[code - 1]!;
  });
  return { dimension, spellings, codes };
}
