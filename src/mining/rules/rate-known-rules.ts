import type { MiningRule } from './mining-rule.ts';
import { percentTolerance } from './rule-candidates.ts';
import { isWithinLimits, type RuleFigures, rateRules } from './rules.ts';

/** Existing rules of one entitlement with their current figures. */
export interface RatedRules extends RuleFigures {
  /** In the order of the input. */
  rules: RuleFigures[];
}

/**
 * Calculates the figures of existing rules.
 * @param isHolder by person: 1 for holders of the entitlement.
 * @param members the people who match each rule, as indexes.
 */
export function rateKnownRules(
  isHolder: Uint8Array,
  members: readonly ArrayLike<number>[],
): RatedRules {
  const people = isHolder.length;
  const holders = isHolder.reduce((sum, one) => sum + one, 0);
  const isMatched = new Uint8Array(people);
  const rules = members.map((matchedPeople) => {
    let right = 0;
    for (let i = 0; i < matchedPeople.length; i++) {
      right += isHolder[matchedPeople[i]!]!;
      isMatched[matchedPeople[i]!] = 1;
    }
    return rateRules(people, holders, { matched: matchedPeople.length, right });
  });
  let matched = 0;
  let right = 0;
  isMatched.forEach((one, person) => {
    matched += one;
    right += one & isHolder[person]!;
  });
  return { ...rateRules(people, holders, { matched, right }), rules };
}

/**
 * Checks the limits of a mining rule on these rules.
 * @param criteria number of criteria of each rule.
 */
export function areRulesWithinLimits(
  rated: RatedRules,
  criteria: readonly number[],
  rule: MiningRule,
): boolean {
  const isAdmissible = ({ matched, falsePositivePercent }: RuleFigures, at: number) =>
    matched >= rule.minIdentities &&
    criteria[at]! <= rule.maxCriteria &&
    falsePositivePercent <= rule.falsePositiveMaxPercent + percentTolerance;
  return rated.truePositives > 0 && isWithinLimits(rated, rule) && rated.rules.every(isAdmissible);
}
