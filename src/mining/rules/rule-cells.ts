import { NumberList } from '../matrix/number-list.ts';

/** Holders of an entitlement in a cohort. There may be tens of millions of these cells. */
export class RuleCells {
  #entitlements = new NumberList();
  #cohorts = new NumberList();
  #holders = new NumberList();

  add(entitlement: number, cohort: number, holders: number): void {
    this.#entitlements.push(entitlement);
    this.#cohorts.push(cohort);
    this.#holders.push(holders);
  }

  /**
   * Returns the cells by entitlement and empties this list. Those of e are at `offsets[e] ..
   * offsets[e + 1]`.
   * @param places by cohort: its index after sorting.
   */
  take(entitlements: number, places: Uint32Array) {
    const of = this.#entitlements.view();
    const cohorts = this.#cohorts.view();
    const holders = this.#holders.view();
    this.#entitlements = new NumberList();
    this.#cohorts = new NumberList();
    this.#holders = new NumberList();
    const offsets = new Uint32Array(entitlements + 1);
    for (let i = 0; i < of.length; i++) offsets[of[i]! + 1]!++;
    for (let e = 0; e < entitlements; e++) offsets[e + 1]! += offsets[e]!;
    const next = offsets.slice();
    const cells = {
      cohorts: new Uint32Array(of.length),
      holders: new Uint32Array(of.length),
    };
    for (let i = 0; i < of.length; i++) {
      const at = next[of[i]!]!++;
      cells.cohorts[at] = places[cohorts[i]!]!;
      cells.holders[at] = holders[i]!;
    }
    return { offsets, cells };
  }
}
