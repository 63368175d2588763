import type { MiningOptions } from '../options.ts';
import type { Population } from './cohort-lattice.ts';
import { foldDimension } from './fold-text.ts';
import { type AccessMatrix, type CohortColumn, countHolders } from './matrix.ts';

/** The column of a dimension, whatever its case, blanks, hyphens and underscores. */
export function findColumn(
  columns: readonly CohortColumn[],
  dimension: string,
): CohortColumn | undefined {
  const wanted = foldDimension(dimension);
  return columns.find((column) => foldDimension(column.dimension) === wanted);
}

function chooseColumns(matrix: AccessMatrix, options: MiningOptions) {
  if (!options.dimensions) return { columns: matrix.columns, unknown: [] };
  const found = options.dimensions.map((name) => findColumn(matrix.columns, name));
  const columns = [...new Set(found.filter((column) => column !== undefined))];
  return { columns, unknown: options.dimensions.filter((_, i) => !found[i]) };
}

/**
 * What a run reads of a matrix. Dimensions the matrix does not have are named in
 * `unknownDimensions` and otherwise passed over: a nightly run outlives a column that an import
 * no longer brings.
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

/** Grants of the entitlements that are for mining. */
export function countGrants({ holders, excluded }: Population): number {
  return holders.reduce((sum, count, e) => sum + (excluded[e] ? 0 : count), 0);
}
