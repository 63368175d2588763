import type { Criterion, Population } from './cohorts.ts';
import type { CohortColumn } from './matrix.ts';
import { compareCriteria } from './most-general.ts';
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

  constructor({ matrix, columns }: Population) {
    this.#columns = columns;
    this.#ranks = columns.map(rankValues);
    this.#byCode = columns.map(({ codes, values }) => groupCodes(codes, values.length + 1));
    this.#byEntitlement = groupHolders(matrix);
    this.#state = new Uint8Array(matrix.people);
  }

  /** Takes the candidate that adds most holders, again and again, until none adds enough. */
  make(entitlement: number, candidates: readonly Candidate[]): Cover {
    const holders = rowOf(this.#byEntitlement, entitlement);
    for (const person of holders) this.#state[person] = holds;
    const cover: Cover = { chosen: [], matched: 0, holders: 0 };
    const touched: number[] = [];
    let options: Option[] = candidates.map((one) => ({ candidate: one, gain: one.holders }));
    while (options.length > 0) {
      const { candidate, gain } = this.#findBest(options, cover.chosen.length === 0);
      if (gain < leastNewHolders) break;
      cover.chosen.push(candidate);
      cover.holders += gain;
      const before = touched.length;
      for (const person of this.#listMembers(candidate)) {
        if (this.#state[person] !== isMatched) touched.push(person);
        this.#state[person] = isMatched;
      }
      cover.matched += touched.length - before;
      options = options.filter((one) => isOpen(one, candidate));
    }
    for (const person of holders) this.#state[person] = 0;
    for (const person of touched) this.#state[person] = 0;
    return cover;
  }

  /** What a candidate adds only falls as others are chosen, so its last figure is the most it can be. */
  #findBest(options: Option[], isFirst: boolean): Option {
    options.sort((a, b) => this.#compare(a, b));
    let best: Option | undefined;
    for (const one of options) {
      if (best && one.gain < best.gain) break;
      if (!isFirst) one.gain = this.#countNew(one.candidate);
      if (!best || this.#compare(one, best) < 0) best = one;
    }
    return best!;
  }

  #countNew(candidate: Candidate): number {
    return this.#listMembers(candidate).filter((person) => this.#state[person] === holds).length;
  }

  /** Found through the smallest of its criteria. */
  #listMembers({ criteria }: Candidate): Uint32Array {
    const [first, ...others] = criteria
      .map(({ dimension, code }) => ({
        rows: rowOf(this.#byCode[dimension]!, code),
        codes: this.#columns[dimension]!.codes,
        code,
      }))
      .sort((a, b) => a.rows.length - b.rows.length);
    return first!.rows.filter((person) =>
      others.every(({ codes, code }) => codes[person] === code),
    );
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

/** Whether an option may add something to the rule just chosen. */
function isOpen({ candidate, gain }: Option, chosen: Candidate): boolean {
  return gain >= leastNewHolders && !isWithin(candidate, chosen);
}

function rowOf({ offsets, people }: Rows, key: number): Uint32Array {
  return people.subarray(offsets[key]!, offsets[key + 1]!);
}

/** Whether a candidate has all the criteria of the other, and so none but its people. */
function isWithin({ criteria }: Candidate, wide: Candidate): boolean {
  return wide.criteria.every(({ dimension, code }) =>
    criteria.some((one) => one.dimension === dimension && one.code === code),
  );
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
