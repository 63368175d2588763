import { compareText, foldText } from '../matrix/fold-text.ts';
import type { AccessMatrix, CohortColumn } from '../matrix/matrix.ts';

/** Ways to narrow or widen a cohort, each with the resulting number of people. */
export interface Refinements {
  /** Values that members share, by descending number of people: add one to narrow the cohort. */
  narrow: { dimension: string; value: string; people: number }[];
  /** Dimensions of the filter, by descending number of people: drop one to widen the cohort. */
  widen: { dimension: string; people: number }[];
}

/** Maximum narrowing values for one dimension, and for all dimensions. */
const maxNarrowingPerDimension = 3;
const maxNarrowing = 10;

interface FilterColumn {
  column: CohortColumn;
  /** 1 at the codes that match. */
  codes: Uint8Array;
}

function listNarrowing(column: CohortColumn, members: Uint32Array, minimum: number) {
  const sizes = new Uint32Array(column.values.length + 1);
  for (const person of members) sizes[column.codes[person]!]!++;
  const offered: { dimension: string; value: string; people: number }[] = [];
  for (let code = 1; code < sizes.length; code++) {
    const people = sizes[code]!;
    if (people < minimum || people === members.length) continue;
    offered.push({ dimension: column.dimension, value: column.values[code - 1]!, people });
  }
  return offered
    .sort((a, b) => b.people - a.people || compareText(foldText(a.value), foldText(b.value)))
    .slice(0, maxNarrowingPerDimension);
}

/** Counts for each column the people who match all other columns of the filter. */
function countWidened(people: number, filter: readonly FilterColumn[]): Uint32Array {
  const widened = new Uint32Array(filter.length);
  for (let person = 0; person < people; person++) {
    let missed = 0;
    let last = 0;
    for (let i = 0; i < filter.length; i++) {
      const { column, codes } = filter[i]!;
      if (codes[column.codes[person]!] === 1) continue;
      missed++;
      last = i;
    }
    if (missed === 1) widened[last]!++;
    else if (missed === 0) for (let i = 0; i < filter.length; i++) widened[i]!++;
  }
  return widened;
}

/**
 * Lists ways to narrow a cohort (values of other dimensions that at least `minimum` but not all of
 * its members share) and ways to widen it (dropping one of its criteria).
 */
export function listRefinements(
  matrix: AccessMatrix,
  members: Uint32Array,
  filter: readonly FilterColumn[],
  minimum: number,
): Refinements {
  const used = new Set(filter.map(({ column }) => column));
  const narrow = matrix.columns
    .filter((column) => !used.has(column))
    .flatMap((column) => listNarrowing(column, members, minimum))
    .sort((a, b) => b.people - a.people)
    .slice(0, maxNarrowing);
  const widened = countWidened(matrix.people, filter);
  const widen = filter
    .map(({ column }, i) => ({ dimension: column.dimension, people: widened[i]! }))
    .sort((a, b) => b.people - a.people);
  return { narrow, widen };
}
