import type { CohortCells } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { keepCells } from './filter-entitlements.ts';

function keyOf(criteria: readonly Criterion[]): string {
  return criteria.map(({ dimension, code }) => `${dimension}:${code}`).join(',');
}

/** Negative when a comes first: fewer criteria, then the order of their dimensions. */
export function compareCriteria(a: readonly Criterion[], b: readonly Criterion[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) {
    if (a[i]!.dimension !== b[i]!.dimension) return a[i]!.dimension - b[i]!.dimension;
  }
  return 0;
}

/** Calls `visit` with each non-empty choice of at most `depth` criteria, in their order. */
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

/** Whether `wide`, whose people include those of `narrow`, takes precedence over it. */
function goesBefore(wide: CohortCells, narrow: CohortCells): boolean {
  if (wide.people !== narrow.people) return wide.people > narrow.people;
  return compareCriteria(wide.criteria, narrow.criteria) < 0;
}

/**
 * Most general wins: takes out of each cohort the entitlements that also qualify in a cohort whose
 * people include its own (of two with the same people, the one with fewer criteria, then the
 * earlier dimensions, keeps them). Cohorts left with nothing are dropped.
 *
 * A cohort's people lie within another's exactly when each criterion of the other is in its
 * closure (`CohortCells.closure`), so its wider cohorts are looked up, not searched for.
 */
export function keepMostGeneral(cohorts: readonly CohortCells[], maxDepth: number): CohortCells[] {
  const byKey = new Map(cohorts.map((cells) => [keyOf(cells.criteria), cells]));
  const kept: CohortCells[] = [];
  for (const cells of cohorts) {
    const taken = new Set<number>();
    forEachChoice(cells.closure, maxDepth, (choice) => {
      const wide = byKey.get(keyOf(choice));
      if (!wide || wide === cells || !goesBefore(wide, cells)) return;
      for (const entitlement of wide.entitlements) taken.add(entitlement);
    });
    const left = keepCells(cells, (entitlement) => !taken.has(entitlement));
    if (left.entitlements.length > 0) kept.push(left);
  }
  return kept;
}
