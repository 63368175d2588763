import type { Population } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';
import { Queue } from '../matrix/queue.ts';
import type { MiningRule } from './mining-rule.ts';
import { type Candidates, minNewHolders } from './rule-candidates.ts';

/** A cohort that was chosen. */
interface ChosenRule {
  criteria: readonly Criterion[];
  people: number;
  /** Those of the people who hold the entitlement. */
  holders: number;
}

/** The rules chosen for one entitlement, and the people any of them matches. */
export interface RuleCover {
  chosen: ChosenRule[];
  matched: number;
  holders: number;
}

/** The holders of entitlement e are `people[offsets[e] .. offsets[e + 1])`, ascending. */
interface Holders {
  offsets: Uint32Array;
  people: Uint32Array;
}

const holds = 1;
const isMatched = 2;

/** Chooses the rules of one entitlement after the other, in arrays that serve them all. */
export class RuleCoverBuilder {
  readonly #candidates: Candidates;
  readonly #holders: Holders;
  /** By person: holds it and no chosen rule matches, or one does; all zero between entitlements. */
  readonly #state: Uint8Array;
  readonly #queue = new Queue();
  /**
   * By candidate of the entitlement: its cohort, how many of that hold it, the most holders it can still
   * add, and how many rules were chosen when that was counted.
   */
  readonly #cohorts: number[] = [];
  readonly #held: number[] = [];
  readonly #gains: number[] = [];
  readonly #countedAt: number[] = [];

  constructor({ matrix }: Population, candidates: Candidates) {
    this.#candidates = candidates;
    this.#holders = groupHolders(matrix);
    this.#state = new Uint8Array(matrix.people);
  }

  /** Takes the candidate that adds most holders, again and again, until none adds enough. */
  make(entitlement: number, rule: MiningRule): RuleCover {
    const { offsets, people } = this.#holders;
    const state = this.#state;
    const [first, end] = [offsets[entitlement]!, offsets[entitlement + 1]!];
    for (let i = first; i < end; i++) state[people[i]!] = holds;
    this.#open(entitlement, rule);
    const { criteria, sizes } = this.#candidates.cohorts;
    const cover: RuleCover = { chosen: [], matched: 0, holders: 0 };
    const touched: number[] = [];
    for (let best = this.#takeBest(0); best >= 0; best = this.#takeBest(cover.chosen.length)) {
      const cohort = this.#cohorts[best]!;
      const holders = this.#held[best]!;
      cover.chosen.push({ criteria: criteria[cohort]!, people: sizes[cohort]!, holders });
      cover.holders += this.#gains[best]!;
      this.#match(cohort, touched);
    }
    cover.matched = touched.length;
    for (let i = first; i < end; i++) state[people[i]!] = 0;
    for (const person of touched) state[person] = 0;
    return cover;
  }

  /** Puts the admitted candidates into the queue. */
  #open(entitlement: number, rule: MiningRule): void {
    this.#queue.clear();
    let count = 0;
    this.#candidates.visit(entitlement, rule, (cohort, holders) => {
      this.#cohorts[count] = cohort;
      this.#held[count] = this.#gains[count] = holders;
      this.#countedAt[count] = 0;
      this.#push(count++);
    });
  }

  /** The key is the holders it adds; of as many, the earlier cohort is greater. Exact up to 2⁵³. */
  #push(option: number): void {
    const all = this.#candidates.cohorts.criteria.length;
    this.#queue.push(option, this.#gains[option]! * all + (all - 1 - this.#cohorts[option]!));
  }

  /**
   * What a candidate adds only falls as others are chosen, so the first in the queue whose figure is of
   * this round is the best. One below a chosen rule adds nothing and so falls out.
   * @returns −1 when none adds enough.
   */
  #takeBest(round: number): number {
    while (this.#queue.length > 0) {
      const option = this.#queue.pop();
      if (this.#countedAt[option] === round) return option;
      const gain = this.#countNew(this.#cohorts[option]!);
      this.#gains[option] = gain;
      this.#countedAt[option] = round;
      if (gain >= minNewHolders) this.#push(option);
    }
    return -1;
  }

  /** Holders among the people of a cohort whom no chosen rule matches. */
  #countNew(cohort: number): number {
    const { starts, sizes, members } = this.#candidates.cohorts;
    const state = this.#state;
    const end = starts[cohort]! + sizes[cohort]!;
    let count = 0;
    for (let m = starts[cohort]!; m < end; m++) if (state[members[m]!] === holds) count++;
    return count;
  }

  /** Marks the people of a cohort and adds those to the list who were not yet matched. */
  #match(cohort: number, touched: number[]): void {
    const { starts, sizes, members } = this.#candidates.cohorts;
    const end = starts[cohort]! + sizes[cohort]!;
    for (let m = starts[cohort]!; m < end; m++) {
      const person = members[m]!;
      if (this.#state[person] === isMatched) continue;
      this.#state[person] = isMatched;
      touched.push(person);
    }
  }
}

function groupHolders({ people, entitlements, offsets: rows, items }: AccessMatrix): Holders {
  const offsets = new Uint32Array(entitlements + 1);
  for (let i = 0; i < items.length; i++) offsets[items[i]! + 1]!++;
  for (let e = 0; e < entitlements; e++) offsets[e + 1]! += offsets[e]!;
  const next = offsets.slice();
  const holders = new Uint32Array(items.length);
  for (let p = 0; p < people; p++) {
    for (let i = rows[p]!; i < rows[p + 1]!; i++) holders[next[items[i]!]!++] = p;
  }
  return { offsets, people: holders };
}
