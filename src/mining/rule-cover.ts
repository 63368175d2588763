import type { Criterion, Population } from './cohorts.ts';
import { Queue } from './queue.ts';
import { type Candidates, type Cohort, leastNewHolders } from './rule-candidates.ts';

/** A cohort that was chosen, and how many of its people hold the entitlement. */
interface ChosenRule extends Cohort {
  holders: number;
}

/** The rules chosen for one entitlement, and the people any of them matches. */
export interface Cover {
  chosen: ChosenRule[];
  matched: number;
  holders: number;
}

/** Rows of people by key: those of key k are `people[offsets[k] .. offsets[k + 1])`, ascending. */
interface Rows {
  offsets: Uint32Array;
  people: Uint32Array;
}

/** The candidates of an entitlement, in arrays that serve one after the other: there may be thousands. */
interface Options {
  cohorts: number[];
  holders: number[];
  /** The most holders each can still add, and how many rules were chosen when that was counted. */
  gains: number[];
  countedAt: number[];
}

const holds = 1;
const isMatched = 2;

/** Chooses the rules of entitlements, keeping people by value and by entitlement in hand. */
export class CoverMaker {
  readonly #columns: Population['columns'];
  readonly #candidates: Candidates;
  readonly #byCode: Rows[];
  readonly #byEntitlement: Rows;
  /** By person: holds it and no chosen rule matches, or one does; all zero between entitlements. */
  readonly #state: Uint8Array;
  readonly #options: Options = { cohorts: [], holders: [], gains: [], countedAt: [] };
  readonly #queue = new Queue();

  constructor({ matrix, columns }: Population, candidates: Candidates) {
    this.#columns = columns;
    this.#candidates = candidates;
    this.#byCode = columns.map(({ codes, values }) => groupCodes(codes, values.length + 1));
    this.#byEntitlement = groupHolders(matrix);
    this.#state = new Uint8Array(matrix.people);
  }

  /** Takes the candidate that adds most holders, again and again, until none adds enough. */
  make(entitlement: number, admission: Parameters<Candidates['visit']>[1]): Cover {
    const { offsets, people } = this.#byEntitlement;
    const [first, end] = [offsets[entitlement]!, offsets[entitlement + 1]!];
    for (let i = first; i < end; i++) this.#state[people[i]!] = holds;
    this.#open(entitlement, admission);
    const cover: Cover = { chosen: [], matched: 0, holders: 0 };
    const touched: number[] = [];
    for (let best = this.#takeBest(0); best >= 0; best = this.#takeBest(cover.chosen.length)) {
      const { cohorts, holders, gains } = this.#options;
      const cohort = this.#candidates.cohorts[cohorts[best]!]!;
      cover.chosen.push({ ...cohort, holders: holders[best]! });
      cover.holders += gains[best]!;
      this.#match(cohort, touched);
    }
    cover.matched = touched.length;
    for (let i = first; i < end; i++) this.#state[people[i]!] = 0;
    for (const person of touched) this.#state[person] = 0;
    return cover;
  }

  /** Puts the admitted candidates into the queue. */
  #open(entitlement: number, admission: Parameters<Candidates['visit']>[1]): void {
    const { cohorts, holders, gains, countedAt } = this.#options;
    this.#queue.clear();
    let count = 0;
    this.#candidates.visit(entitlement, admission, (cohort, held) => {
      cohorts[count] = cohort;
      holders[count] = gains[count] = held;
      countedAt[count] = 0;
      this.#push(count++);
    });
  }

  /** The key is the holders it adds; of as many, the earlier cohort is greater. Exact up to 2⁵³. */
  #push(option: number): void {
    const { cohorts, gains } = this.#options;
    const all = this.#candidates.cohorts.length;
    this.#queue.push(option, gains[option]! * all + (all - 1 - cohorts[option]!));
  }

  /**
   * What a candidate adds only falls as others are chosen, so the first in the queue whose figure is of
   * this round is the best. One below a chosen rule adds nothing and so falls out.
   * @returns −1 when none adds enough.
   */
  #takeBest(round: number): number {
    const { cohorts, gains, countedAt } = this.#options;
    while (this.#queue.length > 0) {
      const option = this.#queue.pop();
      if (countedAt[option] === round) return option;
      gains[option] = this.#countNew(this.#candidates.cohorts[cohorts[option]!]!);
      countedAt[option] = round;
      if (gains[option]! >= leastNewHolders) this.#push(option);
    }
    return -1;
  }

  /** Holders among the people of a cohort whom no chosen rule matches. */
  #countNew({ criteria }: Cohort): number {
    const narrowest = this.#findNarrowest(criteria);
    const { dimension, code } = criteria[narrowest]!;
    const { offsets, people } = this.#byCode[dimension]!;
    const end = offsets[code + 1]!;
    let count = 0;
    for (let i = offsets[code]!; i < end; i++) {
      const person = people[i]!;
      if (this.#state[person] === holds && this.#meets(person, criteria, narrowest)) count++;
    }
    return count;
  }

  /** Marks the people of a cohort and adds those to the list who were not yet matched. */
  #match({ criteria }: Cohort, touched: number[]): void {
    const narrowest = this.#findNarrowest(criteria);
    const { dimension, code } = criteria[narrowest]!;
    const { offsets, people } = this.#byCode[dimension]!;
    const end = offsets[code + 1]!;
    for (let i = offsets[code]!; i < end; i++) {
      const person = people[i]!;
      if (this.#state[person] === isMatched || !this.#meets(person, criteria, narrowest)) continue;
      this.#state[person] = isMatched;
      touched.push(person);
    }
  }

  /** The criterion that fewest people meet: the others are looked up for each of these. */
  #findNarrowest(criteria: readonly Criterion[]): number {
    let narrowest = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < criteria.length; at++) {
      const { dimension, code } = criteria[at]!;
      const { offsets } = this.#byCode[dimension]!;
      const size = offsets[code + 1]! - offsets[code]!;
      if (size >= fewest) continue;
      narrowest = at;
      fewest = size;
    }
    return narrowest;
  }

  /** Whether a person who meets the criterion at `known` meets the others. */
  #meets(person: number, criteria: readonly Criterion[], known: number): boolean {
    for (let at = 0; at < criteria.length; at++) {
      const { dimension, code } = criteria[at]!;
      if (at !== known && this.#columns[dimension]!.codes[person] !== code) return false;
    }
    return true;
  }
}

function groupCodes(codes: Uint32Array, size: number): Rows {
  const offsets = new Uint32Array(size + 1);
  for (let p = 0; p < codes.length; p++) offsets[codes[p]! + 1]!++;
  for (let code = 0; code < size; code++) offsets[code + 1]! += offsets[code]!;
  const next = offsets.slice();
  const people = new Uint32Array(codes.length);
  for (let p = 0; p < codes.length; p++) people[next[codes[p]!]!++] = p;
  return { offsets, people };
}

function groupHolders({ people, entitlements, offsets: rows, items }: Population['matrix']): Rows {
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
