import type { CohortCells } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { filterEntitlements } from './filter-entitlements.ts';

function toKey(criteria: readonly Criterion[]): string {
  return criteria.map(({ dimension, code }) => `${dimension}:${code}`).join(',');
}

/** Negative if a comes first: fewer criteria, then the order of their dimensions. */
export function compareCriteria(a: readonly Criterion[], b: readonly Criterion[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) {
    if (a[i]!.dimension !== b[i]!.dimension) return a[i]!.dimension - b[i]!.dimension;
  }
  return 0;
}

/** Calls `visit` with each non-empty selection of at most `depth` criteria, in their order. */
function forEachChoice(
  criteria: readonly Criterion[],
  depth: number,
  visit: (choice: Criterion[]) => void,
): void {
  const extend = (choice: Criterion[], from: number): void => {
    for (let i = from; i < criteria.length; i++) {
      const longer = [...choice, criteria[i]!];
      visit(longer);
      if (longer.length < depth) extend(longer, i + 1);
    }
  };
  extend([], 0);
}

/** Checks whether `wide`, which contains the people of `narrow`, takes precedence over it. */
function hasPrecedence(wide: CohortCells, narrow: CohortCells): boolean {
  if (wide.people !== narrow.people) return wide.people > narrow.people;
  return compareCriteria(wide.criteria, narrow.criteria) < 0;
}

/**
 * Removes from each cohort the entitlements that also qualify in a more general cohort, one whose
 * people include its own. Of two cohorts with the same people, the one with fewer criteria, then
 * earlier dimensions, keeps them. Cohorts without any entitlement left are dropped.
 *
 * A cohort lies within another exactly if its closure (`CohortCells.closure`) contains each
 * criterion of the other. So the wider cohorts are looked up instead of searched for.
 */
export function keepMostGeneral(cohorts: readonly CohortCells[], maxDepth: number): CohortCells[] {
  const byKey = new Map(cohorts.map((cells) => [toKey(cells.criteria), cells]));
  const result: CohortCells[] = [];
  for (const cells of cohorts) {
    const taken = new Set<number>();
    forEachChoice(cells.closure, maxDepth, (choice) => {
      const wide = byKey.get(toKey(choice));
      if (!wide || wide === cells || !hasPrecedence(wide, cells)) return;
      for (const entitlement of wide.entitlements) taken.add(entitlement);
    });
    const remaining = filterEntitlements(cells, (entitlement) => !taken.has(entitlement));
    if (remaining.entitlements.length > 0) result.push(remaining);
  }
  return result;
}
