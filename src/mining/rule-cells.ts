import { grow } from './grow.ts';

/** (entitlement, cohort, holders) in typed arrays that grow: there may be tens of millions. */
export class Cells {
  #entitlements = new Uint32Array(1024);
  #cohorts = new Uint32Array(1024);
  #holders = new Uint32Array(1024);
  #count = 0;

  add(entitlement: number, cohort: number, holders: number): void {
    if (this.#count === this.#holders.length) {
      this.#entitlements = grow(this.#entitlements);
      this.#cohorts = grow(this.#cohorts);
      this.#holders = grow(this.#holders);
    }
    this.#entitlements[this.#count] = entitlement;
    this.#cohorts[this.#count] = cohort;
    this.#holders[this.#count++] = holders;
  }

  /**
   * The cells by entitlement: those of e are at `offsets[e] .. offsets[e + 1]`. Nothing is left in here.
   * @param places by cohort: what it is called from here on.
   */
  sort(entitlements: number, places: Uint32Array) {
    const offsets = new Uint32Array(entitlements + 1);
    for (let i = 0; i < this.#count; i++) offsets[this.#entitlements[i]! + 1]!++;
    for (let e = 0; e < entitlements; e++) offsets[e + 1]! += offsets[e]!;
    const next = offsets.slice();
    const cohorts = new Uint32Array(this.#count);
    const holders = new Uint32Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const at = next[this.#entitlements[i]!]!++;
      cohorts[at] = places[this.#cohorts[i]!]!;
      holders[at] = this.#holders[i]!;
    }
    this.#entitlements = this.#cohorts = this.#holders = new Uint32Array(0);
    this.#count = 0;
    return { offsets, cells: { cohorts, holders } };
  }
}
