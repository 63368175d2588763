import type { MiningRule } from './mining-rule.ts';
import { slack } from './rule-candidates.ts';
import { isGood, type RuleFigures, rateRules } from './rules.ts';

/** Rules of one entitlement that are there already, as they are counted now. */
export interface RatedRules extends RuleFigures {
  /** In the order they were given. */
  rules: RuleFigures[];
}

/**
 * Counts rules that are there already.
 * @param isHolder by person: 1 where they hold the entitlement.
 * @param members who matches each rule, as indexes of people.
 */
export function rateKnownRules(
  isHolder: Uint8Array,
  members: readonly ArrayLike<number>[],
): RatedRules {
  const people = isHolder.length;
  const holders = isHolder.reduce((sum, one) => sum + one, 0);
  const isMatched = new Uint8Array(people);
  const rules = members.map((own) => {
    let right = 0;
    for (let i = 0; i < own.length; i++) {
      right += isHolder[own[i]!]!;
      isMatched[own[i]!] = 1;
    }
    return rateRules(people, holders, { matched: own.length, right });
  });
  let matched = 0;
  let right = 0;
  isMatched.forEach((one, person) => {
    matched += one;
    right += one & isHolder[person]!;
  });
  return { ...rateRules(people, holders, { matched, right }), rules };
}

/** Whether these rules keep within the limits of a mining rule. @param criteria how many each rule has. */
export function keepsWithin(
  rated: RatedRules,
  criteria: readonly number[],
  rule: MiningRule,
): boolean {
  const isAdmissible = ({ matched, falsePositivePercent }: RuleFigures, at: number) =>
    matched >= rule.minIdentities &&
    criteria[at]! <= rule.maxCriteria &&
    falsePositivePercent <= rule.falsePositiveMaxPercent + slack;
  return rated.truePositives > 0 && isGood(rated, rule) && rated.rules.every(isAdmissible);
}
