import {
  type Criterion,
  countCodes,
  EntitlementCounter,
  type LatticeLimits,
  listEveryone,
  type Population,
  walkLattice,
} from './cohorts.ts';

/** A cohort that may become a rule of an entitlement. */
export interface Candidate {
  criteria: Criterion[];
  people: number;
  /** Those of the people who hold the entitlement. */
  holders: number;
}

/** What a mining rule asks of each candidate. */
interface Admission {
  minIdentities: number;
  maxCriteria: number;
  falsePositiveMaxPercent: number;
}

/** The candidates of each entitlement that are admitted, in no order that means anything. */
export interface Candidates {
  of(entitlement: number, admission: Admission): Candidate[];
}

/** Fewest holders a rule has to add. */
export const leastNewHolders = 2;

/** Percentages are compared as they are written: rounding of the machine decides nothing. */
export const slack = 1e-9;

interface CandidateLimits extends LatticeLimits {
  /** The most any rule of the run allows. */
  mostFalsePositivePercent: number;
  /** The least of them: what is below a cohort within it is never needed. */
  strictFalsePositivePercent: number;
}

/** The share of the matched people who do not hold it, 0–100. */
export function falsePositivePercent(matched: number, holders: number): number {
  return matched === 0 ? 0 : (100 * (matched - holders)) / matched;
}

/**
 * Finds, in one pass over the lattice, where an entitlement is held by all but few. A cohort below
 * one that passes even the strictest limit is left out: the wider one adds as many holders with fewer
 * criteria, so it is always chosen first.
 */
export function findCandidates(population: Population, limits: CandidateLimits): Candidates {
  const { matrix, excluded } = population;
  const counter = new EntitlementCounter(matrix);
  const cohorts: { criteria: Criterion[]; people: number }[] = [];
  const cells = new Cells();
  const nest = openNest(limits.maxDepth, matrix.entitlements);
  const isIn = (entitlement: number, depth: number, share: number) =>
    !excluded[entitlement] &&
    share <= limits.mostFalsePositivePercent + slack &&
    !nest.isBelow(depth, entitlement);
  const visit = (criteria: Criterion[], members: Uint32Array) => {
    const depth = criteria.length;
    const people = members.length;
    nest.enter(depth);
    counter.count(members);
    const cohort = cohorts.length;
    for (let t = 0; t < counter.touched; t++) {
      const entitlement = counter.met[t]!;
      const holders = counter.counts[entitlement]!;
      const share = falsePositivePercent(people, holders);
      if (holders < leastNewHolders || !isIn(entitlement, depth, share)) continue;
      if (share <= limits.strictFalsePositivePercent + slack) nest.pass(depth, entitlement);
      if (cohort === cohorts.length) cohorts.push({ criteria, people });
      cells.add(entitlement, cohort, holders);
    }
    counter.reset();
  };
  const everyone = findEveryone(population);
  if (everyone && matrix.people >= limits.minCohortSize)
    visit([everyone], listEveryone(matrix.people));
  walkLattice(population, limits, visit);
  const { offsets, order } = cells.sort(matrix.entitlements);
  const list = (entitlement: number, admission: Admission) => {
    const listed: Candidate[] = [];
    for (let i = offsets[entitlement]!; i < offsets[entitlement + 1]!; i++) {
      const { criteria, people } = cohorts[cells.cohorts[order[i]!]!]!;
      const holders = cells.holders[order[i]!]!;
      if (isAdmitted(criteria.length, people, holders, admission)) {
        listed.push({ criteria, people, holders });
      }
    }
    return listed;
  };
  return { of: list };
}

function isAdmitted(
  criteria: number,
  people: number,
  holders: number,
  { minIdentities, maxCriteria, falsePositiveMaxPercent }: Admission,
): boolean {
  return (
    people >= minIdentities &&
    criteria <= maxCriteria &&
    falsePositivePercent(people, holders) <= falsePositiveMaxPercent + slack
  );
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
