import type { CohortCells } from '../matrix/cohort-lattice.ts';

/** A cohort with those of its entitlements that pass; the same object when all do. */
export function keepCells(
  cells: CohortCells,
  isKept: (entitlement: number, holders: number) => boolean,
): CohortCells {
  const { entitlements, holders } = cells;
  const keptEntitlements = new Uint32Array(entitlements.length);
  const keptHolders = new Uint32Array(entitlements.length);
  let kept = 0;
  for (let i = 0; i < entitlements.length; i++) {
    if (!isKept(entitlements[i]!, holders[i]!)) continue;
    keptEntitlements[kept] = entitlements[i]!;
    keptHolders[kept++] = holders[i]!;
  }
  if (kept === entitlements.length) return cells;
  return {
    ...cells,
    entitlements: keptEntitlements.slice(0, kept),
    holders: keptHolders.slice(0, kept),
  };
}
