import type { Criterion } from '../matrix/criterion.ts';
import { compareText, foldText } from '../matrix/fold-text.ts';
import type { CohortColumn } from '../matrix/matrix.ts';
import { NumberList } from '../matrix/number-list.ts';
import { compareCriteria } from '../suggestions/most-general.ts';

/**
 * Cohorts in order of preference among those that add equally many holders: fewer criteria, more
 * people, earlier dimensions, then values in alphabetical order.
 */
export interface SortedCohorts {
  criteria: readonly Criterion[][];
  /** Number of criteria and people of each cohort. */
  depths: Uint8Array;
  sizes: Uint32Array;
  /** The people of cohort c are `members[starts[c] .. starts[c] + sizes[c])`. */
  starts: Uint32Array;
  members: Uint32Array;
}

/** Collects cohorts and their people. */
export class CohortList {
  readonly #criteria: Criterion[][] = [];
  readonly #ends: number[] = [];
  readonly #members = new NumberList();

  get count(): number {
    return this.#criteria.length;
  }

  add(criteria: Criterion[], members: Uint32Array): void {
    this.#criteria.push(criteria);
    this.#members.pushAll(members);
    this.#ends.push(this.#members.length);
  }

  #startOf(cohort: number): number {
    return this.#ends[cohort - 1] ?? 0;
  }

  /**
   * @returns the sorted cohorts, and the sorted place of each cohort by the order of collection.
   */
  sort(columns: readonly CohortColumn[]): { sorted: SortedCohorts; places: Uint32Array } {
    const sizes = this.#ends.map((end, cohort) => end - this.#startOf(cohort));
    const compareValues = createValueComparison(columns);
    const compare = (a: number, b: number) => {
      const [one, other] = [this.#criteria[a]!, this.#criteria[b]!];
      return (
        one.length - other.length ||
        sizes[b]! - sizes[a]! ||
        compareCriteria(one, other) ||
        compareValues(one, other)
      );
    };
    const order = Uint32Array.from(sizes.keys()).sort(compare);
    const places = new Uint32Array(order.length);
    order.forEach((cohort, place) => {
      places[cohort] = place;
    });
    const criteria = Array.from(order, (cohort) => this.#criteria[cohort]!);
    const sorted = {
      criteria,
      depths: Uint8Array.from(criteria, ({ length }) => length),
      sizes: order.map((cohort) => sizes[cohort]!),
      starts: order.map((cohort) => this.#startOf(cohort)),
      members: this.#members.view(),
    };
    return { sorted, places };
  }
}

/** Compares the values of criteria on the same dimensions, in alphabetical order. */
function createValueComparison(columns: readonly CohortColumn[]) {
  const ranks = columns.map(rankValues);
  return (a: readonly Criterion[], b: readonly Criterion[]): number => {
    for (let i = 0; i < a.length; i++) {
      const ranked = ranks[a[i]!.dimension]!;
      const order = ranked[a[i]!.code]! - ranked[b[i]!.code]!;
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** The alphabetical rank of each code's value. */
function rankValues({ values }: CohortColumn): Uint32Array {
  const folded = values.map(foldText);
  const order = [...values.keys()].sort((a, b) => compareText(folded[a]!, folded[b]!));
  const ranks = new Uint32Array(values.length + 1);
  order.forEach((value, place) => {
    ranks[value + 1] = place;
  });
  return ranks;
}
