import type { Keys } from './matrix/cohort-count-cache.ts';
import type { MiningOptions } from './options.ts';
import type { Outlier } from './outliers/outliers.ts';
import type { MinableRole } from './rules/mining-rule.ts';
import type { RuleResult } from './rules/rules.ts';
import type { CohortResult } from './suggestions/analyze.ts';
import type { MinedSuggestion } from './suggestions/suggestion.ts';

/** Replaces the indexes in a suggestion by ids, also in the profiles that it overlaps. */
export function toSuggestionInIds<S extends MinedSuggestion>(suggestion: S, keys: Keys): S {
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

export function toOutlierInIds(outlier: Outlier, keys: Keys): Outlier {
  const person = keys.people[outlier.person]!;
  return { ...outlier, person, entitlement: keys.entitlements[outlier.entitlement]! };
}

export function toCohortInIds(result: CohortResult, keys: Keys): CohortResult {
  const entitlement = (index: number) => keys.entitlements[index]!;
  switch (result.reason) {
    case 'found':
      return {
        ...result,
        suggestion: toSuggestionInIds(result.suggestion, keys),
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

/** Replaces the ids in options by indexes. */
export function toOptionsInIndexes(
  options: Partial<MiningOptions>,
  keys: Keys,
): Partial<MiningOptions> {
  const { excludedEntitlements = [], existingProfiles = [], profileCovers = [] } = options;
  const indexOf = new Map(Array.from(keys.entitlements, (id, index) => [id, index]));
  const hasMembers = profileCovers.some(({ people }) => people.length > 0);
  const personOf = new Map(
    hasMembers ? Array.from(keys.people, (id, index) => [id, index] as const) : [],
  );
  return {
    ...options,
    excludedEntitlements: excludedEntitlements.flatMap((id) => indexOf.get(id) ?? []),
    // An entitlement that nobody holds has no index; -1 prevents an exact match with such a
    // profile.
    existingProfiles: existingProfiles.map((ids) => ids.map((id) => indexOf.get(id) ?? -1)),
    profileCovers: profileCovers.map(({ entitlements, cohort, people }) => ({
      cohort,
      entitlements: entitlements.map((id) => indexOf.get(id) ?? -1),
      people: people.map((id) => personOf.get(id) ?? -1),
    })),
  };
}

/** No mining rule targets a negative number of approvals. */
const unminableRole: MinableRole = { approvals: -1 };

/** Roles by index. No mining rule targets those missing in `roles`. */
export function toRolesByIndex(roles: ReadonlyMap<number, MinableRole>, keys: Keys): MinableRole[] {
  return Array.from(keys.entitlements, (id) => roles.get(id) ?? unminableRole);
}

/** Replaces the indexes in rules by ids. */
export function toRulesInIds(result: RuleResult, keys: Keys): RuleResult {
  const inIds = (set: RuleResult['sets'][number]) => ({
    ...set,
    entitlement: keys.entitlements[set.entitlement]!,
  });
  return { sets: result.sets.map(inIds), heldBack: result.heldBack.map(inIds) };
}
