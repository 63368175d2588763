import type { MiningOptions } from '../options.ts';
import type { Population } from './cohort-lattice.ts';
import { foldDimension } from './fold-text.ts';
import { type AccessMatrix, type CohortColumn, countHolders } from './matrix.ts';

/** Finds the column of a dimension; ignores case, blanks, hyphens and underscores. */
export function findColumn(
  columns: readonly CohortColumn[],
  dimension: string,
): CohortColumn | undefined {
  const foldedName = foldDimension(dimension);
  return (
    columns.find((column) => column.dimension === dimension) ??
    columns.find((column) => foldDimension(column.dimension) === foldedName)
  );
}

function chooseColumns(matrix: AccessMatrix, options: MiningOptions) {
  if (!options.dimensions) return { columns: matrix.columns, unknown: [] };
  const found = options.dimensions.map((name) => findColumn(matrix.columns, name));
  const columns = [...new Set(found.filter((column) => column !== undefined))];
  return { columns, unknown: options.dimensions.filter((_, i) => !found[i]) };
}

/**
 * Prepares a matrix for a run. Dimensions missing in the matrix are listed in `unknownDimensions`
 * and otherwise ignored: a nightly run must not fail because an import no longer has a column.
 */
export function readPopulation(
  matrix: AccessMatrix,
  options: MiningOptions,
): { population: Population; unknownDimensions: string[] } {
  const excluded = new Uint8Array(matrix.entitlements);
  for (const entitlement of options.excludedEntitlements) {
    if (entitlement < matrix.entitlements) excluded[entitlement] = 1;
  }
  const { columns, unknown } = chooseColumns(matrix, options);
  const population = { matrix, columns, holders: countHolders(matrix), excluded };
  return { population, unknownDimensions: unknown };
}

/** Counts the grants of the entitlements that are not excluded from mining. */
export function countGrants({ holders, excluded }: Population): number {
  return holders.reduce((sum, count, e) => sum + (excluded[e] ? 0 : count), 0);
}
