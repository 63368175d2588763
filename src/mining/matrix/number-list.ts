/**
 * Whole numbers ≥ 0 in a growing typed array; takes a quarter to half of the memory of number[].
 */
export class NumberList {
  #numbers = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) this.#grow(this.#length + 1);
    this.#numbers[this.#length++] = number;
  }

  pushAll(numbers: Uint32Array): void {
    const end = this.#length + numbers.length;
    if (end > this.#numbers.length) this.#grow(end);
    this.#numbers.set(numbers, this.#length);
    this.#length = end;
  }

  /** The numbers without a copy; valid only until the next push. */
  view(): Uint32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  #grow(minLength: number): void {
    const larger = new Uint32Array(Math.max(2 * this.#numbers.length, minLength));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}
