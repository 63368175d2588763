import { setImmediate } from 'node:timers/promises';
import { type AccessRows, toMatrix } from '../../mining/matrix/access-rows.ts';
import { type AccessMatrix, type SpelledColumn, spellColumn } from '../../mining/matrix/matrix.ts';
import { loadGrantArrays } from '../../store/mining/access-matrix.ts';
import {
  deleteMatrixChanges,
  findMatrixPosition,
  listMatrixChanges,
  type MatrixPosition,
} from '../../store/mining/matrix-changes.ts';
import {
  listCountedPeople,
  listDimensions,
  readDimension,
  standardDimensions,
} from '../cohorts/cohorts.ts';
import type { Ctx } from '../context.ts';

/** Counted people and grants in the format of the miner, with the database ids of its indexes. */
export interface LoadedMatrix {
  matrix: AccessMatrix;
  personIds: Int32Array;
  entitlementIds: Int32Array;
}

/** Reads the access that counts for mining. */
export async function loadMatrix(ctx: Ctx): Promise<LoadedMatrix> {
  const rows = await loadAccess(ctx, { minedOnly: true });
  const { personIds, entitlementIds } = rows;
  return { matrix: toMatrix(rows), personIds, entitlementIds };
}

/** Reads the counted people, their access and every dimension of cohorts. */
async function loadAccess(
  ctx: Ctx,
  filter: { ids?: readonly number[]; minedOnly?: boolean } = {},
): Promise<AccessRows> {
  const people = await listCountedPeople(ctx, filter.ids);
  const ids = Int32Array.from(people, (person) => person.id);
  const arrays = await loadGrantArrays(ctx.db, ids, filter.minedOnly);
  const columns: SpelledColumn[] = [];
  for (const dimension of listDimensions(people)) {
    const values = people.map((person) => readDimension(person, dimension));
    columns.push(spellColumn(dimension, values));
    // Yields to other work, such as answering clicks, after each dimension.
    await setImmediate();
  }
  return { ...arrays, columns, ownColumns: standardDimensions.length };
}

/** The change that brings loaded access up to date, and the position from which to read the next time. */
export type AccessUpdate = { position: MatrixPosition } & (
  | { kind: 'load'; rows: AccessRows }
  | { kind: 'refresh'; changed: Int32Array; fresh: AccessRows }
  | { kind: 'none' }
);

/** Above this share of changed people, reading everybody again costs no more. */
const maxChangedShare = 0.2;

/**
 * Reads the changes since `loaded` was read. Reads everything if nothing is loaded, if too much changed, or if the changes since
 * then have been deleted.
 */
export async function readUpdate(
  ctx: Ctx,
  loaded: { position: MatrixPosition; people: number } | undefined,
): Promise<AccessUpdate> {
  // Read first, so that changes during this call are read again the next time.
  const position = await findMatrixPosition(ctx.db);
  const changed = loaded && (await listMatrixChanges(ctx.db, loaded.position));
  if (!changed || changed.length > loaded.people * maxChangedShare) {
    return { kind: 'load', position, rows: await loadAccess(ctx) };
  }
  if (changed.length === 0) return { kind: 'none', position };
  const fresh = await loadAccess(ctx, { ids: changed });
  return { kind: 'refresh', position, changed: Int32Array.from(changed), fresh };
}

/** Deletes old changes that no reader needs any longer. */
export async function deleteStaleChanges(ctx: Ctx): Promise<void> {
  await deleteMatrixChanges(ctx.db);
}
