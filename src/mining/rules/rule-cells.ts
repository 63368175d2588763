import { NumberList } from '../matrix/number-list.ts';

/** Of a cohort and an entitlement, how many hold it: there may be tens of millions of these. */
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
   * The cells by entitlement: those of e are at `offsets[e] .. offsets[e + 1]`. Nothing is left in here.
   * @param places by cohort: what it is called from here on.
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
