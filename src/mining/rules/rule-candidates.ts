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

/** What a mining rule asks of each candidate. */
type Admission = Pick<
  MiningRule,
  'minIdentities' | 'maxCriteria' | 'falsePositiveMaxPercent' | 'statisticalGuard'
>;

export interface Candidates {
  /** In the order in which they are chosen when they add as many holders. */
  cohorts: SortedCohorts;
  /**
   * Tells the cohorts that are admitted for an entitlement, by their index, in no order that means
   * anything, and how many of their people hold it.
   */
  visit(
    entitlement: number,
    admission: Admission,
    tell: (cohort: number, holders: number) => void,
  ): void;
}

/** Fewest holders a rule has to add. */
export const minNewHolders = 2;

/** Percentages are compared as they are written: rounding of the machine decides nothing. */
export const slack = 1e-9;

interface CandidateLimits extends LatticeLimits {
  /** The most any rule of the run allows. */
  mostFalsePositivePercent: number;
  /** What passes this passes under every rule of the run: what is below such a cohort is never needed. */
  strictest: Pick<MiningRule, 'falsePositiveMaxPercent' | 'statisticalGuard'>;
}

/** The share of the matched people who do not hold it, 0–100. */
export function falsePositivePercent(matched: number, holders: number): number {
  return matched === 0 ? 0 : (100 * (matched - holders)) / matched;
}

/** How many of some people hold something. */
interface Held {
  people: number;
  holders: number;
}

/**
 * Whether a rule says more than chance and popularity do: the lower end of the 95 % Wilson interval of
 * its share of holders is above the share among all who do not match.
 */
function isBeyondChance(matched: Held, all: Held): boolean {
  const others = all.people - matched.people;
  if (others === 0) return true;
  const share = (all.holders - matched.holders) / others;
  return wilsonLowerBound(matched.holders, matched.people) > share;
}

/**
 * Finds, in one pass over the lattice, where an entitlement is held by all but few. A cohort below
 * one that is admitted even under the strictest limits is left out: the wider one adds as many holders
 * with fewer criteria, so it is always chosen first.
 */
export function findRuleCandidates(population: Population, limits: CandidateLimits): Candidates {
  const { matrix, columns, holders: allHolders, excluded } = population;
  const counter = new EntitlementCounter(matrix);
  const cohorts = new CohortList();
  const cells = new RuleCells();
  const nest = openNest(limits.maxDepth, matrix.entitlements);
  const isAdmitted = (
    entitlement: number,
    matched: Held,
    { falsePositiveMaxPercent, statisticalGuard }: CandidateLimits['strictest'],
  ) =>
    falsePositivePercent(matched.people, matched.holders) <= falsePositiveMaxPercent + slack &&
    (!statisticalGuard ||
      isBeyondChance(matched, { people: matrix.people, holders: allHolders[entitlement]! }));
  const most = limits.mostFalsePositivePercent + slack;
  const isIn = (entitlement: number, depth: number, { people, holders }: Held) =>
    holders >= minNewHolders &&
    falsePositivePercent(people, holders) <= most &&
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
      if (!isIn(entitlement, depth, matched)) continue;
      if (isAdmitted(entitlement, matched, limits.strictest)) nest.pass(depth, entitlement);
      if (cohort === cohorts.count) cohorts.add(criteria, members);
      cells.add(entitlement, cohort, matched.holders);
    }
    counter.reset();
  };
  const everyone = findEveryone(population);
  if (everyone && matrix.people >= limits.minCohortSize)
    visit([everyone], listEveryone(matrix.people));
  walkLattice(population, limits, visit);
  const { sorted, places } = cohorts.sort(columns);
  const { offsets, cells: found } = cells.take(matrix.entitlements, places);
  return {
    cohorts: sorted,
    visit(entitlement, admission, tell) {
      const { minIdentities, maxCriteria } = admission;
      for (let i = offsets[entitlement]!; i < offsets[entitlement + 1]!; i++) {
        const cohort = found.cohorts[i]!;
        const holders = found.holders[i]!;
        const people = sorted.sizes[cohort]!;
        if (people < minIdentities || sorted.depths[cohort]! > maxCriteria) continue;
        if (isAdmitted(entitlement, { people, holders }, admission)) tell(cohort, holders);
      }
    },
  };
}

/** Remembers for which entitlements the cohorts above the one being visited pass the strictest limit. */
function openNest(maxDepth: number, entitlements: number) {
  // By depth: the number of the cohort the walk is in, and by entitlement of the last that passed.
  const current = new Uint32Array(maxDepth + 1);
  const passed = Array.from(current, () => new Uint32Array(entitlements));
  let visited = 0;
  return {
    enter(depth: number) {
      current[depth] = ++visited;
    },
    pass(depth: number, entitlement: number) {
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

/** The first criterion that everyone meets, which the lattice leaves to "everyone". */
function findEveryone({ matrix, columns }: Population): Criterion | undefined {
  for (const [dimension, column] of columns.entries()) {
    const code = countCodes(column).indexOf(matrix.people);
    if (matrix.people > 0 && code > 0) return { dimension, code };
  }
  return undefined;
}
