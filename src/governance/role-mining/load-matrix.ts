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

/** Counted people and grants as the miner takes them, with the database ids behind its indexes. */
export interface LoadedMatrix {
  matrix: AccessMatrix;
  personIds: Int32Array;
  entitlementIds: Int32Array;
}

/** Reads the access of entitlements that are for mining. */
export async function loadMatrix(ctx: Ctx): Promise<LoadedMatrix> {
  const rows = await loadAccess(ctx, { minedOnly: true });
  const { personIds, entitlementIds } = rows;
  return { matrix: toMatrix(rows), personIds, entitlementIds };
}

/** Reads who counts, what they hold and every dimension they can be grouped by. */
async function loadAccess(
  ctx: Ctx,
  only: { ids?: readonly number[]; minedOnly?: boolean } = {},
): Promise<AccessRows> {
  const people = await listCountedPeople(ctx, only.ids);
  const ids = Int32Array.from(people, (person) => person.id);
  const arrays = await loadGrantArrays(ctx.db, ids, only.minedOnly);
  const columns: SpelledColumn[] = [];
  for (const dimension of listDimensions(people)) {
    const values = people.map((person) => readDimension(person, dimension));
    columns.push(spellColumn(dimension, values));
    // Whoever clicks meanwhile has their turn.
    await setImmediate();
  }
  return { ...arrays, columns, ownColumns: standardDimensions.length };
}

/** What brings held access up to date, and where to read on the next time. */
export type AccessUpdate = { position: MatrixPosition } & (
  | { kind: 'load'; rows: AccessRows }
  | { kind: 'refresh'; changed: Int32Array; fresh: AccessRows }
  | { kind: 'none' }
);

/** Beyond this share of the people, reading everybody anew costs no more. */
const maxChangedShare = 0.2;

/**
 * Reads what changed since `held` was read; everything when nothing is held, when too much changed,
 * or when it was so long ago that changes have been forgotten.
 */
export async function readUpdate(
  ctx: Ctx,
  held: { position: MatrixPosition; people: number } | undefined,
): Promise<AccessUpdate> {
  // Before anything else: what changes while this reads is read once more the next time.
  const position = await findMatrixPosition(ctx.db);
  const changed = held && (await listMatrixChanges(ctx.db, held.position));
  if (!changed || changed.length > held.people * maxChangedShare) {
    return { kind: 'load', position, rows: await loadAccess(ctx) };
  }
  if (changed.length === 0) return { kind: 'none', position };
  const fresh = await loadAccess(ctx, { ids: changed });
  return { kind: 'refresh', position, changed: Int32Array.from(changed), fresh };
}

/** Forgets changes that nobody asks for any more. */
export async function forgetChanges(ctx: Ctx): Promise<void> {
  await deleteMatrixChanges(ctx.db);
}
