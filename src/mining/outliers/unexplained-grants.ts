import type { Criterion } from '../matrix/criterion.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';

/** One cohort of a lattice. */
export interface CohortOf {
  criteria: Criterion[];
  people: number;
}

/** A grant, by its place in the matrix, in the cohort where it is rarest. */
export interface Sighting {
  grant: number;
  person: number;
  holders: number;
  cohort: CohortOf;
}

/** Negative when a is rarer: smaller share, then larger cohort, then earlier dimension, then earlier grant. */
function compareRarity(a: Sighting, b: Sighting): number {
  return compareCohorts(a.holders, a.cohort, b.holders, b.cohort) || a.grant - b.grant;
}

function compareCohorts(aHolders: number, a: CohortOf, bHolders: number, b: CohortOf): number {
  return (
    aHolders * b.people - bHolders * a.people ||
    b.people - a.people ||
    a.criteria[0]!.dimension - b.criteria[0]!.dimension
  );
}

/**
 * Where each of some grants of a matrix is rarest. They can be a million: with an object for each of them
 * the process had 520 MB resident at 10 M grants, with arrays it has 210.
 */
export class UnexplainedGrants {
  /** By person: the place of the first in the arrays below; one more than there are people. */
  readonly #starts: Uint32Array;
  readonly #grants: Uint32Array;
  readonly #entitlements: Uint32Array;
  readonly #cohorts: CohortOf[] = [];
  /** 1 + the index of the cohort where the grant is rarest, 0 before any was seen; its holders there. */
  readonly #cohortOf: Uint32Array;
  readonly #holders: Uint32Array;

  /** @param marks 1 at each of the grants, by place in `items`. */
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

  /** Notes a cohort of one criterion, and the holders in it of what is rare there. */
  see(members: Uint32Array, counts: Uint32Array, cohort: CohortOf): void {
    this.#cohorts.push(cohort);
    for (const person of members) {
      const end = this.#starts[person + 1]!;
      for (let place = this.#starts[person]!; place < end; place++) {
        const holders = counts[this.#entitlements[place]!]!;
        if (holders === 0) continue;
        const known = this.#cohorts[this.#cohortOf[place]! - 1];
        if (known && compareCohorts(holders, cohort, this.#holders[place]!, known) >= 0) continue;
        this.#cohortOf[place] = this.#cohorts.length;
        this.#holders[place] = holders;
      }
    }
  }

  #at(place: number, person: number): Sighting {
    return {
      grant: this.#grants[place]!,
      person,
      holders: this.#holders[place]!,
      cohort: this.#cohorts[this.#cohortOf[place]! - 1]!,
    };
  }

  /** How many were rare somewhere, and the `most` rarest of them. */
  listRarest(most: number): { found: number; rarest: Sighting[] } {
    let found = 0;
    let rarest: Sighting[] = [];
    const cut = () => {
      rarest = rarest.sort(compareRarity).slice(0, most);
    };
    for (let person = 0; person + 1 < this.#starts.length; person++) {
      const end = this.#starts[person + 1]!;
      for (let place = this.#starts[person]!; place < end; place++) {
        if (this.#cohortOf[place] === 0) continue;
        found++;
        rarest.push(this.#at(place, person));
      }
      // So that not all are held and sorted for the sake of a few.
      if (rarest.length >= 2 * most + 10_000) cut();
    }
    cut();
    return { found, rarest };
  }
}
