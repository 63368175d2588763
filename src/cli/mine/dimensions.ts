import { Refusal } from '../../errors.ts';
import { findNearest } from '../../mining/matrix/fold-text.ts';
import type { CohortColumn } from '../../mining/matrix/matrix.ts';
import { findColumn } from '../../mining/matrix/population.ts';
import type { MiningOptions } from '../../mining/options.ts';

/**
 * Refuses unknown attributes. A nightly run ignores a missing attribute, but here a person named
 * it.
 * @throws Refusal invalid: lists the known attributes and the nearest spelling.
 */
export function assertKnownDimensions(
  columns: readonly CohortColumn[],
  { dimensions = [] }: Partial<MiningOptions>,
): void {
  const unknown = dimensions.find((name) => !findColumn(columns, name));
  if (unknown === undefined) return;
  const filled = columns.filter(({ values }) => values.length > 0);
  const names = filled.map(({ dimension }) => dimension);
  const nearest = names[findNearest(unknown, names)];
  const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const listing = names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`;
  throw new Refusal('invalid', `There is no attribute "${unknown}".${suggestion} ${listing}`);
}
