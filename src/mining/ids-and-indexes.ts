import type { Keys } from './matrix/cohort-count-cache.ts';
import type { MiningOptions } from './options.ts';
import type { Outlier } from './outliers/outliers.ts';
import type { MinableRole } from './rules/mining-rule.ts';
import type { RuleResult } from './rules/rules.ts';
import type { CohortResult } from './suggestions/analyze.ts';
import type { MinedSuggestion } from './suggestions/suggestion.ts';

/** A suggestion with ids in the place of indexes. Profiles keep what they have and lack by id, too. */
export function suggestionInIds<S extends MinedSuggestion>(suggestion: S, keys: Keys): S {
  const person = (index: number) => keys.people[index]!;
  const entitlement = (index: number) => keys.entitlements[index]!;
  return {
    ...suggestion,
    members: suggestion.members.map(person),
    gaining: suggestion.gaining.map(person),
    entitlements: suggestion.entitlements.map((one) => ({
      ...one,
      entitlement: entitlement(one.entitlement),
    })),
    overlaps: suggestion.overlaps.map((one) => ({
      ...one,
      overlap: one.overlap.map(entitlement),
      missing: one.missing.map(entitlement),
    })),
  };
}

export function outlierInIds(outlier: Outlier, keys: Keys): Outlier {
  const person = keys.people[outlier.person]!;
  return { ...outlier, person, entitlement: keys.entitlements[outlier.entitlement]! };
}

export function cohortInIds(result: CohortResult, keys: Keys): CohortResult {
  const entitlement = (index: number) => keys.entitlements[index]!;
  switch (result.reason) {
    case 'found':
      return {
        ...result,
        suggestion: suggestionInIds(result.suggestion, keys),
        sharedByEveryone: result.sharedByEveryone.map(entitlement),
      };
    case 'nothing-qualifies': {
      const { best } = result;
      return {
        ...result,
        ...(best && { best: { ...best, entitlement: entitlement(best.entitlement) } }),
        sharedByEveryone: result.sharedByEveryone.map(entitlement),
      };
    }
    default:
      return result;
  }
}

/** Options in ids with indexes in their place. */
export function optionsInIndexes(
  options: Partial<MiningOptions>,
  entitlementIds: Int32Array,
): Partial<MiningOptions> {
  const { excludedEntitlements = [], existingProfiles = [] } = options;
  const indexOf = new Map(Array.from(entitlementIds, (id, index) => [id, index]));
  return {
    ...options,
    excludedEntitlements: excludedEntitlements.flatMap((id) => indexOf.get(id) ?? []),
    // An entitlement nobody holds has no index; -1 keeps such a profile from looking exact.
    existingProfiles: existingProfiles.map((ids) => ids.map((id) => indexOf.get(id) ?? -1)),
  };
}

/** No mining rule is about what needs fewer approvals than none. */
const notMined: MinableRole = { approvals: -1 };

/** Roles by index; those that are not in `roles` are of no mining rule. */
export function rolesByIndex(roles: ReadonlyMap<number, MinableRole>, keys: Keys): MinableRole[] {
  return Array.from(keys.entitlements, (id) => roles.get(id) ?? notMined);
}

/** Rules with ids in the place of indexes. */
export function rulesInIds(result: RuleResult, keys: Keys): RuleResult {
  const inIds = (set: RuleResult['sets'][number]) => ({
    ...set,
    entitlement: keys.entitlements[set.entitlement]!,
  });
  return { sets: result.sets.map(inIds), heldBack: result.heldBack.map(inIds) };
}
