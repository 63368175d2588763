import type { Keys } from './cohort-count-cache.ts';
import { type AccessMatrix, foldColumn, type SpelledColumn } from './matrix.ts';

/** Who counts and what they hold, with the ids behind the indexes of a matrix. */
export interface AccessRows {
  /** Ascending. */
  personIds: Int32Array;
  /** Ascending; each is held by somebody. */
  entitlementIds: Int32Array;
  /** length people + 1 */
  offsets: Uint32Array;
  /** Places in `entitlementIds`, ascending for each person. */
  items: Uint32Array;
  /** The columns there always are, in order, then further ones by name. */
  columns: SpelledColumn[];
  /** How many columns there always are, even without a value. */
  ownColumns: number;
}

/** The matrix of rows. Further columns that say nothing of anybody are left out. */
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
export function keysOf({ personIds, entitlementIds }: AccessRows): Keys {
  return { people: personIds, entitlements: entitlementIds };
}

/** The buffers of rows: the transfer list for handing them to a worker thread. */
export function listBuffers({ personIds, entitlementIds, offsets, items, columns }: AccessRows) {
  const arrays = [personIds, entitlementIds, offsets, items, ...columns.map(({ codes }) => codes)];
  const buffers = new Set(arrays.map((array) => array.buffer));
  return [...buffers].filter((buffer) => buffer instanceof ArrayBuffer);
}

/**
 * Rows in which those of the people in `changed` are replaced by what `fresh` has of them: what
 * reading everything anew would give. Who is in `changed` and not in `fresh` no longer counts.
 */
export function replaceRows(
  held: AccessRows,
  changed: ReadonlySet<number>,
  fresh: AccessRows,
): AccessRows {
  const order = mergePeople(held.personIds, changed, fresh.personIds);
  const personIds = order.map((at) => (at < 0 ? fresh.personIds[-at - 1]! : held.personIds[at]!));
  const entitlementIds = mergeEntitlements(held, fresh, order);
  const ofHeld = placesOf(held.entitlementIds, entitlementIds);
  const ofFresh = placesOf(fresh.entitlementIds, entitlementIds);
  const offsets = new Uint32Array(order.length + 1);
  order.forEach((at, p) => {
    const [rows, person] = at < 0 ? [fresh, -at - 1] : [held, at];
    offsets[p + 1] = offsets[p]! + rows.offsets[person + 1]! - rows.offsets[person]!;
  });
  const items = new Uint32Array(offsets[order.length]!);
  let written = 0;
  order.forEach((at) => {
    const [rows, person, places] = at < 0 ? [fresh, -at - 1, ofFresh] : [held, at, ofHeld];
    const end = rows.offsets[person + 1]!;
    for (let i = rows.offsets[person]!; i < end; i++) items[written++] = places[rows.items[i]!]!;
  });
  const columns = mergeColumns(held, fresh, order);
  const { ownColumns } = held;
  return { personIds, entitlementIds, offsets, items, columns, ownColumns };
}

/** People in id order: the index in `held`, or −1 − the index in `fresh`. */
function mergePeople(held: Int32Array, changed: ReadonlySet<number>, fresh: Int32Array) {
  const order = new Int32Array(held.length + fresh.length);
  let length = 0;
  let f = 0;
  for (let h = 0; h < held.length; h++) {
    const id = held[h]!;
    while (f < fresh.length && fresh[f]! < id) order[length++] = -1 - f++;
    if (!changed.has(id)) order[length++] = h;
  }
  while (f < fresh.length) order[length++] = -1 - f++;
  return order.slice(0, length);
}

/** The ids of what the people in `order` hold, ascending. */
function mergeEntitlements(held: AccessRows, fresh: AccessRows, order: Int32Array): Int32Array {
  const isHeld = new Uint8Array(held.entitlementIds.length);
  for (const person of order) {
    if (person < 0) continue;
    const end = held.offsets[person + 1]!;
    for (let i = held.offsets[person]!; i < end; i++) isHeld[held.items[i]!] = 1;
  }
  const ids = new Set(held.entitlementIds.filter((_, at) => isHeld[at] === 1));
  for (const id of fresh.entitlementIds) ids.add(id);
  return Int32Array.from(ids).sort();
}

/** The place in `to` of each of `from`; those without any are 0. Both ascend. */
function placesOf(from: Int32Array, to: Int32Array): Uint32Array {
  const places = new Uint32Array(from.length);
  let at = 0;
  from.forEach((id, i) => {
    while (at < to.length && to[at]! < id) at++;
    places[i] = to[at] === id ? at : 0;
  });
  return places;
}

function mergeColumns(held: AccessRows, fresh: AccessRows, order: Int32Array): SpelledColumn[] {
  const own = held.columns.slice(0, held.ownColumns).map(({ dimension }) => dimension);
  const further = new Set([...held.columns, ...fresh.columns].map(({ dimension }) => dimension));
  for (const dimension of own) further.delete(dimension);
  return [...own, ...[...further].sort()].map((dimension) => {
    const find = (column: SpelledColumn) => column.dimension === dimension;
    return mergeColumn(dimension, held.columns.find(find), fresh.columns.find(find), order);
  });
}

function mergeColumn(
  dimension: string,
  held: SpelledColumn | undefined,
  fresh: SpelledColumn | undefined,
  order: Int32Array,
): SpelledColumn {
  const spellings = held ? [...held.spellings] : [];
  const known = new Map(spellings.map((spelling, i) => [spelling, i + 1]));
  const codeOf = (fresh?.spellings ?? []).map((spelling) => {
    const code = known.get(spelling) ?? spellings.push(spelling);
    known.set(spelling, code);
    return code;
  });
  const codes = Uint32Array.from(order, (at) => {
    if (at >= 0) return held?.codes[at] ?? 0;
    const code = fresh?.codes[-at - 1] ?? 0;
    return code === 0 ? 0 : codeOf[code - 1]!;
  });
  return { dimension, spellings, codes };
}
