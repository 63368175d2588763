import type { Criterion } from '../matrix/criterion.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';

/** One cohort of a lattice. */
export interface LatticeCohort {
  criteria: Criterion[];
  people: number;
}

/** A grant, by its index in the matrix, in the cohort where it is rarest. */
export interface RareGrant {
  grant: number;
  person: number;
  holders: number;
  cohort: LatticeCohort;
}

/**
 * Negative if a is rarer: smaller share, then larger cohort, then earlier dimension, then earlier
 * grant.
 */
function compareRarity(a: RareGrant, b: RareGrant): number {
  return compareCohorts(a.holders, a.cohort, b.holders, b.cohort) || a.grant - b.grant;
}

function compareCohorts(
  aHolders: number,
  a: LatticeCohort,
  bHolders: number,
  b: LatticeCohort,
): number {
  return (
    aHolders * b.people - bHolders * a.people ||
    b.people - a.people ||
    a.criteria[0]!.dimension - b.criteria[0]!.dimension
  );
}

/**
 * Finds the cohort in which each unexplained grant is rarest. There can be a million grants: with
 * one object each the process took 520 MB of resident memory at 10 M grants, with arrays it takes
 * 210.
 */
export class UnexplainedGrants {
  /** By person: the index of the first grant in the arrays below; one longer than the people. */
  readonly #starts: Uint32Array;
  readonly #grants: Uint32Array;
  readonly #entitlements: Uint32Array;
  readonly #cohorts: LatticeCohort[] = [];
  /**
   * 1 + the index of the cohort where the grant is rarest, 0 before the first cohort; its holders
   * there.
   */
  readonly #cohortOf: Uint32Array;
  readonly #holders: Uint32Array;

  /** @param marks 1 at each unexplained grant, by index in `items`. */
  constructor({ people, offsets, items }: AccessMatrix, marks: Uint8Array) {
    const total = marks.reduce((sum, mark) => sum + mark, 0);
    this.#starts = new Uint32Array(people + 1);
    this.#grants = new Uint32Array(total);
    this.#entitlements = new Uint32Array(total);
    this.#cohortOf = new Uint32Array(total);
    this.#holders = new Uint32Array(total);
    let place = 0;
    for (let person = 0; person < people; person++) {
      for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
        if (marks[i] === 0) continue;
        this.#grants[place] = i;
        this.#entitlements[place++] = items[i]!;
      }
      this.#starts[person + 1] = place;
    }
  }

  /** Records a cohort of one criterion with the holders of the entitlements that are rare in it. */
  recordCohort(members: Uint32Array, counts: Uint32Array, cohort: LatticeCohort): void {
    this.#cohorts.push(cohort);
    for (const person of members) {
      const end = this.#starts[person + 1]!;
      for (let place = this.#starts[person]!; place < end; place++) {
        const holders = counts[this.#entitlements[place]!]!;
        if (holders === 0) continue;
        const rarest = this.#cohorts[this.#cohortOf[place]! - 1];
        if (rarest && compareCohorts(holders, cohort, this.#holders[place]!, rarest) >= 0) continue;
        this.#cohortOf[place] = this.#cohorts.length;
        this.#holders[place] = holders;
      }
    }
  }

  #at(place: number, person: number): RareGrant {
    return {
      grant: this.#grants[place]!,
      person,
      holders: this.#holders[place]!,
      cohort: this.#cohorts[this.#cohortOf[place]! - 1]!,
    };
  }

  /** The number of rare grants, and the `maxGrants` rarest of them. */
  listRarest(maxGrants: number): { found: number; rarest: RareGrant[] } {
    let found = 0;
    let rarest: RareGrant[] = [];
    const trim = () => {
      rarest = rarest.sort(compareRarity).slice(0, maxGrants);
    };
    for (let person = 0; person + 1 < this.#starts.length; person++) {
      const end = this.#starts[person + 1]!;
      for (let place = this.#starts[person]!; place < end; place++) {
        if (this.#cohortOf[place] === 0) continue;
        found++;
        rarest.push(this.#at(place, person));
      }
      // Trims early, so that a short list does not hold and sort all grants.
      if (rarest.length >= 2 * maxGrants + 10_000) trim();
    }
    trim();
    return { found, rarest };
  }
}
