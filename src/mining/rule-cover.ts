import type { Criterion, Population } from './cohorts.ts';
import type { CohortColumn } from './matrix.ts';
import { compareCriteria } from './most-general.ts';
import { Queue } from './queue.ts';
import { type Candidate, leastNewHolders } from './rule-candidates.ts';
import { compareText, foldText } from './text.ts';

/** The rules chosen for one entitlement, and the people any of them matches. */
export interface Cover {
  chosen: Candidate[];
  matched: number;
  holders: number;
}

/** Rows of people by key: those of key k are `people[offsets[k] .. offsets[k + 1])`, ascending. */
interface Rows {
  offsets: Uint32Array;
  people: Uint32Array;
}

/** A candidate that is left, and the most holders it can still add. */
interface Option {
  candidate: Candidate;
  gain: number;
  /** The rules that were chosen when that was counted. */
  countedAt: number;
}

const holds = 1;
const isMatched = 2;

/** Chooses the rules of entitlements, keeping people by value and by entitlement in hand. */
export class CoverMaker {
  readonly #columns: Population['columns'];
  readonly #ranks: Uint32Array[];
  readonly #byCode: Rows[];
  readonly #byEntitlement: Rows;
  /** By person: holds it and no chosen rule matches, or one does; all zero between entitlements. */
  readonly #state: Uint8Array;

  readonly #scratch: Uint32Array;

  constructor({ matrix, columns }: Population) {
    this.#columns = columns;
    this.#ranks = columns.map(rankValues);
    this.#byCode = columns.map(({ codes, values }) => groupCodes(codes, values.length + 1));
    this.#byEntitlement = groupHolders(matrix);
    this.#scratch = new Uint32Array(matrix.people);
    this.#state = new Uint8Array(matrix.people);
  }

  /** Takes the candidate that adds most holders, again and again, until none adds enough. */
  make(entitlement: number, candidates: readonly Candidate[]): Cover {
    const holders = rowOf(this.#byEntitlement, entitlement);
    for (const person of holders) this.#state[person] = holds;
    const cover: Cover = { chosen: [], matched: 0, holders: 0 };
    const touched: number[] = [];
    const queue = new Queue<Option>((x, y) => this.#compare(x, y));
    for (const one of candidates) queue.push({ candidate: one, gain: one.holders, countedAt: 0 });
    for (let best = this.#takeBest(queue, 0); best; ) {
      cover.chosen.push(best.candidate);
      cover.holders += best.gain;
      const before = touched.length;
      for (const person of this.#listMembers(best.candidate)) {
        if (this.#state[person] !== isMatched) touched.push(person);
        this.#state[person] = isMatched;
      }
      cover.matched += touched.length - before;
      best = this.#takeBest(queue, cover.chosen.length);
    }
    for (const person of holders) this.#state[person] = 0;
    for (const person of touched) this.#state[person] = 0;
    return cover;
  }

  /**
   * What a candidate adds only falls as others are chosen, so the first in the queue whose figure is of
   * this round is the best. One below a chosen rule adds nothing and so falls out.
   */
  #takeBest(queue: Queue<Option>, round: number): Option | undefined {
    for (let one = queue.pop(); one; one = queue.pop()) {
      if (one.countedAt === round) return one.gain < leastNewHolders ? undefined : one;
      one.gain = this.#countNew(one.candidate);
      one.countedAt = round;
      if (one.gain >= leastNewHolders) queue.push(one);
    }
    return undefined;
  }

  #countNew(candidate: Candidate): number {
    const members = this.#listMembers(candidate);
    let count = 0;
    for (let m = 0; m < members.length; m++) if (this.#state[members[m]!] === holds) count++;
    return count;
  }

  /** Found through the smallest of its criteria; to be read before the next is listed. */
  #listMembers({ criteria }: Candidate): Uint32Array {
    let rows = this.#scratch;
    let smallest = -1;
    criteria.forEach(({ dimension, code }, at) => {
      const own = rowOf(this.#byCode[dimension]!, code);
      if (smallest >= 0 && own.length >= rows.length) return;
      smallest = at;
      rows = own;
    });
    if (criteria.length === 1) return rows;
    let members = rows;
    criteria.forEach(({ dimension, code }, at) => {
      if (at === smallest) return;
      members = this.#keep(members, this.#columns[dimension]!.codes, code);
    });
    return members;
  }

  /** Those of the people who have a code, in the scratch array, which may be where they came from. */
  #keep(people: Uint32Array, codes: Uint32Array, code: number): Uint32Array {
    let kept = 0;
    for (let i = 0; i < people.length; i++) {
      const person = people[i]!;
      if (codes[person] === code) this.#scratch[kept++] = person;
    }
    return this.#scratch.subarray(0, kept);
  }

  /** Negative when a is chosen first. */
  #compare(a: Option, b: Option): number {
    return (
      b.gain - a.gain ||
      a.candidate.criteria.length - b.candidate.criteria.length ||
      b.candidate.people - a.candidate.people ||
      compareCriteria(a.candidate.criteria, b.candidate.criteria) ||
      this.#compareValues(a.candidate.criteria, b.candidate.criteria)
    );
  }

  /** Of criteria on the same dimensions. */
  #compareValues(a: readonly Criterion[], b: readonly Criterion[]): number {
    for (let i = 0; i < a.length; i++) {
      const ranks = this.#ranks[a[i]!.dimension]!;
      const order = ranks[a[i]!.code]! - ranks[b[i]!.code]!;
      if (order !== 0) return order;
    }
    return 0;
  }
}

/** The place of each code among the values in alphabetical order. */
function rankValues({ values }: CohortColumn): Uint32Array {
  const folded = values.map(foldText);
  const order = [...values.keys()].sort((a, b) => compareText(folded[a]!, folded[b]!));
  const ranks = new Uint32Array(values.length + 1);
  order.forEach((value, place) => {
    ranks[value + 1] = place;
  });
  return ranks;
}

function rowOf({ offsets, people }: Rows, key: number): Uint32Array {
  return people.subarray(offsets[key]!, offsets[key + 1]!);
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
