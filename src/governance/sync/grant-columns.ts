/** When a grant began, ends and was last used, in milliseconds; NaN where the source does not say. */
export interface GrantMoments {
  grantedAt: number;
  expiresAt: number;
  lastUsedAt: number;
}

/** One grant: the index of its entitlement, and its moments. */
export interface StagedGrant extends GrantMoments {
  entitlement: number;
}

const blockBits = 16;
const blockSize = 2 ** blockBits;

/** Numbers in blocks: growing copies nothing, and a column nobody writes to takes no room. */
class Column<Block extends Uint32Array | Float64Array> {
  readonly #blocks: (Block | undefined)[] = [];
  readonly #makeBlock: (size: number) => Block;
  readonly #nothing: number;

  constructor(makeBlock: (size: number) => Block, nothing: number) {
    this.#makeBlock = makeBlock;
    this.#nothing = nothing;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  get(index: number): number {
    return this.#blocks[index >>> blockBits]?.[index & (blockSize - 1)] ?? this.#nothing;
  }

  set(index: number, value: number): void {
    let block = this.#blocks[index >>> blockBits];
    if (!block) {
      block = this.#makeBlock(blockSize);
      block.fill(this.#nothing);
      this.#blocks[index >>> blockBits] = block;
    }
    block[index & (blockSize - 1)] = value;
  }
}

const wholeNumbers = () => new Column((size) => new Uint32Array(size), 0);
const moments = () => new Column((size) => new Float64Array(size), Number.NaN);

/** Adds to one number of an array. @returns what it was. */
function bump(numbers: Uint32Array, index: number, by = 1): number {
  const before = numbers[index] ?? 0;
  numbers[index] = before + by;
  return before;
}

/**
 * All grants of a source in typed arrays, 8 bytes each and 8 more a date, so that a file of hundreds of
 * megabytes does not become objects.
 */
export class GrantColumns {
  length = 0;
  readonly #person = wholeNumbers();
  readonly #entitlement = wholeNumbers();
  readonly #grantedAt = moments();
  readonly #expiresAt = moments();
  readonly #lastUsedAt = moments();

  /** Whether there is any date at all. */
  get hasMoments(): boolean {
    return ![this.#grantedAt, this.#expiresAt, this.#lastUsedAt].every((column) => column.isEmpty);
  }

  add(person: number, entitlement: number, at: Partial<GrantMoments>): void {
    const index = this.length;
    this.#person.set(index, person);
    this.#entitlement.set(index, entitlement);
    if (at.grantedAt !== undefined) this.#grantedAt.set(index, at.grantedAt);
    if (at.expiresAt !== undefined) this.#expiresAt.set(index, at.expiresAt);
    if (at.lastUsedAt !== undefined) this.#lastUsedAt.set(index, at.lastUsedAt);
    this.length += 1;
  }

  /** Sorts the grants by person (a counting sort); the function it returns lists those of one. */
  groupByPerson(people: number): (person: number) => StagedGrant[] {
    // ends[p + 1] counts up from the start of person p to the end, where the next one starts.
    const ends = new Uint32Array(people + 2);
    for (let i = 0; i < this.length; i++) bump(ends, this.#person.get(i) + 2);
    for (let p = 2; p < ends.length; p++) bump(ends, p, ends[p - 1]);
    const order = new Uint32Array(this.length);
    for (let i = 0; i < this.length; i++) order[bump(ends, this.#person.get(i) + 1)] = i;
    return (person) => Array.from(order.subarray(ends[person], ends[person + 1]), this.#at);
  }

  #at = (index: number): StagedGrant => ({
    entitlement: this.#entitlement.get(index),
    grantedAt: this.#grantedAt.get(index),
    expiresAt: this.#expiresAt.get(index),
    lastUsedAt: this.#lastUsedAt.get(index),
  });
}
