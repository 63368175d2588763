/** An end that the source has and that cannot be read. A stored end stays, and the grant has not ended. */
export const unreadEnd = Number.POSITIVE_INFINITY;

/** The dates of a grant in milliseconds; NaN where the source has none. */
export interface GrantDates {
  grantedAt: number;
  expiresAt: number;
  lastUsedAt: number;
}

/** One grant with its dates. */
export interface StagedGrant extends GrantDates {
  /** Index of the entitlement. */
  entitlement: number;
}

const blockBits = 16;
const blockSize = 2 ** blockBits;

/** Numbers in blocks, because growing then copies nothing and an empty column takes no memory. */
class Column<Block extends Uint32Array | Float64Array> {
  readonly #blocks: (Block | undefined)[] = [];
  readonly #makeBlock: (size: number) => Block;
  readonly #emptyValue: number;

  constructor(makeBlock: (size: number) => Block, emptyValue: number) {
    this.#makeBlock = makeBlock;
    this.#emptyValue = emptyValue;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  get(index: number): number {
    return this.#blocks[index >>> blockBits]?.[index & (blockSize - 1)] ?? this.#emptyValue;
  }

  set(index: number, value: number): void {
    let block = this.#blocks[index >>> blockBits];
    if (!block) {
      block = this.#makeBlock(blockSize);
      block.fill(this.#emptyValue);
      this.#blocks[index >>> blockBits] = block;
    }
    block[index & (blockSize - 1)] = value;
  }
}

const createIndexColumn = () => new Column((size) => new Uint32Array(size), 0);
const createDateColumn = () => new Column((size) => new Float64Array(size), Number.NaN);

/** Increases one number of an array. @returns the number before. */
function increase(numbers: Uint32Array, index: number, by = 1): number {
  const before = numbers[index] ?? 0;
  numbers[index] = before + by;
  return before;
}

/**
 * All grants of a source in typed arrays: 8 bytes a grant and 8 bytes a date. Objects would not fit in memory for a
 * file of hundreds of megabytes.
 */
export class GrantColumns {
  length = 0;
  readonly #person = createIndexColumn();
  readonly #entitlement = createIndexColumn();
  readonly #grantedAt = createDateColumn();
  readonly #expiresAt = createDateColumn();
  readonly #lastUsedAt = createDateColumn();

  /** Whether any grant has a date. */
  get hasDates(): boolean {
    return ![this.#grantedAt, this.#expiresAt, this.#lastUsedAt].every((column) => column.isEmpty);
  }

  /** Adds a grant by the indexes of its person and entitlement. */
  add(person: number, entitlement: number, dates: Partial<GrantDates>): void {
    const index = this.length;
    this.#person.set(index, person);
    this.#entitlement.set(index, entitlement);
    if (dates.grantedAt !== undefined) this.#grantedAt.set(index, dates.grantedAt);
    if (dates.expiresAt !== undefined) this.#expiresAt.set(index, dates.expiresAt);
    if (dates.lastUsedAt !== undefined) this.#lastUsedAt.set(index, dates.lastUsedAt);
    this.length += 1;
  }

  /**
   * Sorts the grants by person with a counting sort.
   * @param people the number of people.
   * @returns a function that lists the grants of one person, in the order they were added.
   */
  groupByPerson(people: number): (person: number) => StagedGrant[] {
    // The last loop moves ends[p + 1] from the start of person p to its end, which is the start of the next person.
    const ends = new Uint32Array(people + 2);
    for (let i = 0; i < this.length; i++) increase(ends, this.#person.get(i) + 2);
    for (let p = 2; p < ends.length; p++) increase(ends, p, ends[p - 1]);
    const order = new Uint32Array(this.length);
    for (let i = 0; i < this.length; i++) order[increase(ends, this.#person.get(i) + 1)] = i;
    return (person) => Array.from(order.subarray(ends[person], ends[person + 1]), this.#get);
  }

  #get = (index: number): StagedGrant => ({
    entitlement: this.#entitlement.get(index),
    grantedAt: this.#grantedAt.get(index),
    expiresAt: this.#expiresAt.get(index),
    lastUsedAt: this.#lastUsedAt.get(index),
  });
}
