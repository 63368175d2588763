import type { Criterion } from './cohorts.ts';
import type { CohortColumn } from './matrix.ts';
import { compareCriteria } from './most-general.ts';
import { compareText, foldText } from './text.ts';

interface Cohort {
  criteria: Criterion[];
  people: number;
}

/**
 * Sorts cohorts as they are chosen when they add as many holders: fewer criteria, more people, earlier
 * dimensions, then values in alphabetical order.
 * @returns also the place of each in that order.
 */
export function sortCohorts<T extends Cohort>(
  cohorts: readonly T[],
  columns: readonly CohortColumn[],
): { cohorts: T[]; places: Uint32Array } {
  const ranks = columns.map(rankValues);
  const compareValues = (a: readonly Criterion[], b: readonly Criterion[]) => {
    for (let i = 0; i < a.length; i++) {
      const ranked = ranks[a[i]!.dimension]!;
      const order = ranked[a[i]!.code]! - ranked[b[i]!.code]!;
      if (order !== 0) return order;
    }
    return 0;
  };
  const compare = (a: T, b: T) =>
    a.criteria.length - b.criteria.length ||
    b.people - a.people ||
    compareCriteria(a.criteria, b.criteria) ||
    compareValues(a.criteria, b.criteria);
  const order = [...cohorts.keys()].sort((a, b) => compare(cohorts[a]!, cohorts[b]!));
  const places = new Uint32Array(cohorts.length);
  order.forEach((cohort, place) => {
    places[cohort] = place;
  });
  return { cohorts: order.map((cohort) => cohorts[cohort]!), places };
}

/** The place of each code among the values in alphabetical order. */
function rankValues({ values }: CohortColumn): Uint32Array {
  const folded = values.map(foldText);
  const order = [...values.keys()].sort((a, b) => compareText(folded[a]!, folded[b]!));
  const ranks = new Uint32Array(values.length + 1);
  order.forEach((value, place) => {
    ranks[value + 1] = place;
  });
  return ranks;
}
