/** A binary heap of indexes with keys; it returns the greatest key first. Williams 1964. */
export class Queue {
  #keys = new Float64Array(64);
  #indexes = new Uint32Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  push(index: number, key: number): void {
    if (this.#length === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const indexes = this.#indexes;
    let at = this.#length++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (keys[above]! >= key) break;
      keys[at] = keys[above]!;
      indexes[at] = indexes[above]!;
      at = above;
    }
    keys[at] = key;
    indexes[at] = index;
  }

  /** Removes and returns the index with the greatest key. The queue must not be empty. */
  pop(): number {
    const first = this.#indexes[0]!;
    const last = --this.#length;
    this.#sink(this.#keys[last]!, this.#indexes[last]!);
    return first;
  }

  /** Replaces the first entry and moves it down to its place. */
  #sink(key: number, index: number): void {
    const keys = this.#keys;
    const indexes = this.#indexes;
    const length = this.#length;
    let at = 0;
    for (let below = 1; below < length; below = 2 * at + 1) {
      if (below + 1 < length && keys[below + 1]! > keys[below]!) below++;
      if (key >= keys[below]!) break;
      keys[at] = keys[below]!;
      indexes[at] = indexes[below]!;
      at = below;
    }
    keys[at] = key;
    indexes[at] = index;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const indexes = new Uint32Array(keys.length);
    keys.set(this.#keys);
    indexes.set(this.#indexes);
    this.#keys = keys;
    this.#indexes = indexes;
  }
}
