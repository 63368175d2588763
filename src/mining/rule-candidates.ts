import {
  type Criterion,
  countCodes,
  EntitlementCounter,
  type LatticeLimits,
  listEveryone,
  type Population,
  walkLattice,
} from './cohorts.ts';
import { wilsonLowerBound } from './matrix.ts';
import type { MiningRule } from './mining-rule.ts';
import { sortCohorts } from './rule-order.ts';

/** A cohort that may become a rule. */
export interface Cohort {
  criteria: Criterion[];
  people: number;
}

/** What a mining rule asks of each candidate. */
type Admission = Pick<
  MiningRule,
  'minIdentities' | 'maxCriteria' | 'falsePositiveMaxPercent' | 'statisticalGuard'
>;

export interface Candidates {
  /** In the order in which they are chosen when they add as many holders. */
  cohorts: readonly Cohort[];
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
export const leastNewHolders = 2;

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
export function findCandidates(population: Population, limits: CandidateLimits): Candidates {
  const { matrix, columns, holders: allHolders, excluded } = population;
  const counter = new EntitlementCounter(matrix);
  const met: Cohort[] = [];
  const cells = new Cells();
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
    holders >= leastNewHolders &&
    falsePositivePercent(people, holders) <= most &&
    !excluded[entitlement] &&
    !nest.isBelow(depth, entitlement);
  const visit = (criteria: Criterion[], members: Uint32Array) => {
    const depth = criteria.length;
    const matched = { people: members.length, holders: 0 };
    nest.enter(depth);
    counter.count(members);
    const cohort = met.length;
    for (let t = 0; t < counter.touched; t++) {
      const entitlement = counter.met[t]!;
      matched.holders = counter.counts[entitlement]!;
      if (!isIn(entitlement, depth, matched)) continue;
      if (isAdmitted(entitlement, matched, limits.strictest)) nest.pass(depth, entitlement);
      if (cohort === met.length) met.push({ criteria, people: matched.people });
      cells.add(entitlement, cohort, matched.holders);
    }
    counter.reset();
  };
  const everyone = findEveryone(population);
  if (everyone && matrix.people >= limits.minCohortSize)
    visit([everyone], listEveryone(matrix.people));
  walkLattice(population, limits, visit);
  const { cohorts, places } = sortCohorts(met, columns);
  const { offsets, order } = cells.sort(matrix.entitlements);
  return {
    cohorts,
    visit(entitlement, admission, tell) {
      const { minIdentities, maxCriteria } = admission;
      for (let i = offsets[entitlement]!; i < offsets[entitlement + 1]!; i++) {
        const cohort = places[cells.cohorts[order[i]!]!]!;
        const { criteria, people } = cohorts[cohort]!;
        const holders = cells.holders[order[i]!]!;
        if (people < minIdentities || criteria.length > maxCriteria) continue;
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

/** (entitlement, cohort, holders) in typed arrays that grow: there may be tens of millions. */
class Cells {
  entitlements = new Uint32Array(1024);
  cohorts = new Uint32Array(1024);
  holders = new Uint32Array(1024);
  count = 0;

  add(entitlement: number, cohort: number, holders: number): void {
    if (this.count === this.holders.length) {
      this.entitlements = grow(this.entitlements);
      this.cohorts = grow(this.cohorts);
      this.holders = grow(this.holders);
    }
    this.entitlements[this.count] = entitlement;
    this.cohorts[this.count] = cohort;
    this.holders[this.count++] = holders;
  }

  /** The cells by entitlement: those of e are `order[offsets[e] .. offsets[e + 1])`. */
  sort(entitlements: number): { offsets: Uint32Array; order: Uint32Array } {
    const offsets = new Uint32Array(entitlements + 1);
    for (let i = 0; i < this.count; i++) offsets[this.entitlements[i]! + 1]!++;
    for (let e = 0; e < entitlements; e++) offsets[e + 1]! += offsets[e]!;
    const next = offsets.slice();
    const order = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) order[next[this.entitlements[i]!]!++] = i;
    return { offsets, order };
  }
}

function grow(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
