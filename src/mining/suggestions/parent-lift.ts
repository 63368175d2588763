import {
  EntitlementCounter,
  indexCohortPeople,
  type Population,
} from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import type { QualifyingCell } from './generalization-layers.ts';

/** The cohorts with one criterion fewer; none for a single criterion, whose parent is everyone. */
function listParents(criteria: readonly Criterion[]): Criterion[][] {
  if (criteria.length < 2) return [];
  return criteria.map((_, left) => criteria.filter((_, i) => i !== left));
}

interface Parent {
  criteria: Criterion[];
  children: QualifyingCell[];
}

function collectParents(candidates: readonly QualifyingCell[]): Iterable<Parent> {
  const parents = new Map<string, Parent>();
  for (const candidate of candidates) {
    for (const criteria of listParents(candidate.criteria)) {
      const key = JSON.stringify(criteria);
      const parent = parents.get(key) ?? { criteria, children: [] };
      parent.children.push(candidate);
      parents.set(key, parent);
    }
  }
  return parents.values();
}

/**
 * Fills in `liftOverParent` for candidates of two and more criteria: the confidence ÷ the best
 * confidence among their parents. Each parent is counted once.
 */
export function addParentLift(population: Population, candidates: readonly QualifyingCell[]): void {
  const counter = new EntitlementCounter(population.matrix);
  for (const { criteria, children } of collectParents(candidates)) {
    const members = indexCohortPeople(population.matrix.people, population.columns, criteria);
    counter.count(members);
    for (const figures of children.flatMap(({ entitlements }) => entitlements)) {
      const percent = (100 * counter.counts[figures.entitlement]!) / members.length;
      const lift = figures.confidencePercent / percent;
      figures.liftOverParent = Math.min(lift, figures.liftOverParent ?? lift);
    }
    counter.reset();
  }
}
