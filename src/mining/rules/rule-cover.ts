import type { Population } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';
import { Queue } from '../matrix/queue.ts';
import type { MiningRule } from './mining-rule.ts';
import { type Candidates, minNewHolders } from './rule-candidates.ts';

/** A cohort chosen as a rule. */
interface ChosenRule {
  criteria: readonly Criterion[];
  people: number;
  /** Number of the people who hold the entitlement. */
  holders: number;
}

/** The rules of one entitlement, and the number of people whom at least one of them matches. */
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

/** Chooses the rules of each entitlement; its arrays are reused for all entitlements. */
export class RuleCoverBuilder {
  readonly #candidates: Candidates;
  readonly #holders: Holders;
  /**
   * By person: `holds` for unmatched holders, `isMatched` for matched people; all 0 between
   * entitlements.
   */
  readonly #state: Uint8Array;
  readonly #queue = new Queue();
  /**
   * By candidate of the entitlement: its cohort, the holders in it, the maximum holders it can
   * still add, and the number of chosen rules when that was counted.
   */
  readonly #cohorts: number[] = [];
  readonly #holderCounts: number[] = [];
  readonly #gains: number[] = [];
  readonly #countedAt: number[] = [];

  constructor({ matrix }: Population, candidates: Candidates) {
    this.#candidates = candidates;
    this.#holders = groupHolders(matrix);
    this.#state = new Uint8Array(matrix.people);
  }

  /** Chooses the candidate that adds the most holders, repeatedly, until none adds enough. */
  buildCover(entitlement: number, rule: MiningRule): RuleCover {
    const { offsets, people } = this.#holders;
    const state = this.#state;
    const [first, end] = [offsets[entitlement]!, offsets[entitlement + 1]!];
    for (let i = first; i < end; i++) state[people[i]!] = holds;
    this.#queueCandidates(entitlement, rule);
    const { criteria, sizes } = this.#candidates.cohorts;
    const cover: RuleCover = { chosen: [], matched: 0, holders: 0 };
    const touched: number[] = [];
    for (let best = this.#takeBest(0); best >= 0; best = this.#takeBest(cover.chosen.length)) {
      const cohort = this.#cohorts[best]!;
      const holders = this.#holderCounts[best]!;
      cover.chosen.push({ criteria: criteria[cohort]!, people: sizes[cohort]!, holders });
      cover.holders += this.#gains[best]!;
      this.#match(cohort, touched);
    }
    cover.matched = touched.length;
    for (let i = first; i < end; i++) state[people[i]!] = 0;
    for (const person of touched) state[person] = 0;
    return cover;
  }

  /** Queues the admitted candidates. */
  #queueCandidates(entitlement: number, rule: MiningRule): void {
    this.#queue.clear();
    let count = 0;
    this.#candidates.visit(entitlement, rule, (cohort, holders) => {
      this.#cohorts[count] = cohort;
      this.#holderCounts[count] = this.#gains[count] = holders;
      this.#countedAt[count] = 0;
      this.#push(count++);
    });
  }

  /** The key is the number of added holders; ties go to the earlier cohort. Exact up to 2⁵³. */
  #push(option: number): void {
    const all = this.#candidates.cohorts.criteria.length;
    this.#queue.push(option, this.#gains[option]! * all + (all - 1 - this.#cohorts[option]!));
  }

  /**
   * Each choice can only lower the holders that other candidates add. So the first candidate in the
   * queue whose count is from this round is the best. Candidates below a chosen rule add nothing
   * and drop out.
   * @returns −1 if none adds enough.
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

  /** Counts the holders in a cohort whom no chosen rule matches. */
  #countNew(cohort: number): number {
    const { starts, sizes, members } = this.#candidates.cohorts;
    const state = this.#state;
    const end = starts[cohort]! + sizes[cohort]!;
    let count = 0;
    for (let m = starts[cohort]!; m < end; m++) if (state[members[m]!] === holds) count++;
    return count;
  }

  /** Marks the people of a cohort as matched and appends the newly matched ones to `touched`. */
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
