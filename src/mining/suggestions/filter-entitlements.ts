import type { CohortCells } from '../matrix/cohort-lattice.ts';

/** Removes the entitlements that do not pass. Returns the same object if all pass. */
export function filterEntitlements(
  cells: CohortCells,
  isIncluded: (entitlement: number, holders: number) => boolean,
): CohortCells {
  const { entitlements, holders } = cells;
  const includedEntitlements = new Uint32Array(entitlements.length);
  const includedHolders = new Uint32Array(entitlements.length);
  let included = 0;
  for (let i = 0; i < entitlements.length; i++) {
    if (!isIncluded(entitlements[i]!, holders[i]!)) continue;
    includedEntitlements[included] = entitlements[i]!;
    includedHolders[included++] = holders[i]!;
  }
  if (included === entitlements.length) return cells;
  return {
    ...cells,
    entitlements: includedEntitlements.slice(0, included),
    holders: includedHolders.slice(0, included),
  };
}
