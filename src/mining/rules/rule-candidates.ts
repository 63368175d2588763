import {
  countCodes,
  EntitlementCounter,
  type LatticeLimits,
  listEveryone,
  type Population,
  walkLattice,
} from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { wilsonLowerBound } from '../matrix/matrix.ts';
import type { MiningRule } from './mining-rule.ts';
import { RuleCells } from './rule-cells.ts';
import { CohortList, type SortedCohorts } from './rule-cohorts.ts';

/** The limits of a mining rule on each candidate. */
type Admission = Pick<
  MiningRule,
  'minIdentities' | 'maxCriteria' | 'falsePositiveMaxPercent' | 'statisticalGuard'
>;

export interface Candidates {
  /** In order of preference among candidates that add equally many holders. */
  cohorts: SortedCohorts;
  /**
   * Reports the index of each cohort that is admitted for an entitlement, in arbitrary order, and
   * the number of its people who hold the entitlement.
   */
  visit(
    entitlement: number,
    admission: Admission,
    report: (cohort: number, holders: number) => void,
  ): void;
}

/** Minimum holders that a rule must add. */
export const minNewHolders = 2;

/** Prevents rounding from deciding whether a percentage reaches a limit. */
export const percentTolerance = 1e-9;

interface CandidateLimits extends LatticeLimits {
  /** The highest limit of any rule of the run. */
  maxFalsePositivePercent: number;
  /**
   * Limits at least as strict as those of every rule. A cohort within these makes all cohorts below
   * it redundant.
   */
  strictest: Pick<MiningRule, 'falsePositiveMaxPercent' | 'statisticalGuard'>;
}

/** The share of the matched people without the entitlement, 0–100. */
export function falsePositivePercent(matched: number, holders: number): number {
  return matched === 0 ? 0 : (100 * (matched - holders)) / matched;
}

/** The number of holders among a number of people. */
interface HolderCount {
  people: number;
  holders: number;
}

/**
 * Checks whether a rule is more than chance and popularity: the lower end of the 95 % Wilson
 * interval of its share of holders is above the share among all people who do not match.
 */
function isBeyondChance(matched: HolderCount, all: HolderCount): boolean {
  const others = all.people - matched.people;
  if (others === 0) return true;
  const share = (all.holders - matched.holders) / others;
  return wilsonLowerBound(matched.holders, matched.people) > share;
}

/**
 * Finds in one pass over the lattice the cohorts in which nearly everyone holds an entitlement. A
 * cohort below one that passes even the strictest limits is skipped: the wider cohort adds as many
 * holders with fewer criteria, so it always comes first.
 */
export function findRuleCandidates(population: Population, limits: CandidateLimits): Candidates {
  const { matrix, columns, holders: allHolders, excluded } = population;
  const counter = new EntitlementCounter(matrix);
  const cohorts = new CohortList();
  const cells = new RuleCells();
  const nest = createNestTracker(limits.maxDepth, matrix.entitlements);
  const isAdmitted = (
    entitlement: number,
    matched: HolderCount,
    { falsePositiveMaxPercent, statisticalGuard }: CandidateLimits['strictest'],
  ) =>
    falsePositivePercent(matched.people, matched.holders) <=
      falsePositiveMaxPercent + percentTolerance &&
    (!statisticalGuard ||
      isBeyondChance(matched, { people: matrix.people, holders: allHolders[entitlement]! }));
  const maxPercent = limits.maxFalsePositivePercent + percentTolerance;
  const isCandidate = (entitlement: number, depth: number, { people, holders }: HolderCount) =>
    holders >= minNewHolders &&
    falsePositivePercent(people, holders) <= maxPercent &&
    !excluded[entitlement] &&
    !nest.isBelow(depth, entitlement);
  const visit = (criteria: Criterion[], members: Uint32Array) => {
    const depth = criteria.length;
    const matched = { people: members.length, holders: 0 };
    nest.enter(depth);
    counter.count(members);
    const cohort = cohorts.count;
    for (let t = 0; t < counter.touched; t++) {
      const entitlement = counter.met[t]!;
      matched.holders = counter.counts[entitlement]!;
      if (!isCandidate(entitlement, depth, matched)) continue;
      if (isAdmitted(entitlement, matched, limits.strictest)) nest.markPassed(depth, entitlement);
      if (cohort === cohorts.count) cohorts.add(criteria, members);
      cells.add(entitlement, cohort, matched.holders);
    }
    counter.reset();
  };
  const everyone = findUniversalCriterion(population);
  if (everyone && matrix.people >= limits.minCohortSize)
    visit([everyone], listEveryone(matrix.people));
  walkLattice(population, limits, visit);
  const { sorted, places } = cohorts.sort(columns);
  const { offsets, cells: found } = cells.take(matrix.entitlements, places);
  return {
    cohorts: sorted,
    visit(entitlement, admission, report) {
      const { minIdentities, maxCriteria } = admission;
      for (let i = offsets[entitlement]!; i < offsets[entitlement + 1]!; i++) {
        const cohort = found.cohorts[i]!;
        const holders = found.holders[i]!;
        const people = sorted.sizes[cohort]!;
        if (people < minIdentities || sorted.depths[cohort]! > maxCriteria) continue;
        if (isAdmitted(entitlement, { people, holders }, admission)) report(cohort, holders);
      }
    },
  };
}

/** Tracks the entitlements for which a cohort above the visited one passes the strictest limits. */
function createNestTracker(maxDepth: number, entitlements: number) {
  // By depth: the number of the current cohort, and by entitlement the last cohort that passed.
  const current = new Uint32Array(maxDepth + 1);
  const passed = Array.from(current, () => new Uint32Array(entitlements));
  let visited = 0;
  return {
    enter(depth: number) {
      current[depth] = ++visited;
    },
    markPassed(depth: number, entitlement: number) {
      passed[depth]![entitlement] = current[depth]!;
    },
    isBelow(depth: number, entitlement: number) {
      for (let above = 1; above < depth; above++) {
        if (passed[above]![entitlement] === current[above]) return true;
      }
      return false;
    },
  };
}

/** The first criterion that everyone meets. The lattice itself skips it in favor of "everyone". */
function findUniversalCriterion({ matrix, columns }: Population): Criterion | undefined {
  for (const [dimension, column] of columns.entries()) {
    const code = countCodes(column).indexOf(matrix.people);
    if (matrix.people > 0 && code > 0) return { dimension, code };
  }
  return undefined;
}
