/** How an existing access profile relates to a suggested set of entitlements. */
export interface ProfileComparison<Key> {
  /** Index of the profile in the input. */
  profile: number;
  /**
   * superset: the profile has all suggested entitlements and more. partial: it has some of them.
   */
  relation: 'exact' | 'superset' | 'partial';
  /** Suggested entitlements that the profile has, in the suggestion's order. */
  overlap: Key[];
  /** Suggested entitlements that the profile lacks, in the suggestion's order. */
  missing: Key[];
}

const relationOrder = { exact: 0, superset: 1, partial: 2 } as const;

/**
 * Compares a suggested set of entitlements with existing access profiles. Profiles that share
 * nothing are left out. Exact matches come first, then supersets, then the greatest overlap.
 */
export function compareProfiles<Key>(
  suggested: readonly Key[],
  profiles: readonly Iterable<Key>[],
): ProfileComparison<Key>[] {
  const comparisons: (ProfileComparison<Key> & { size: number })[] = [];
  profiles.forEach((entitlements, profile) => {
    const profileEntitlements = new Set(entitlements);
    const overlap = suggested.filter((key) => profileEntitlements.has(key));
    if (overlap.length === 0) return;
    const missing = suggested.filter((key) => !profileEntitlements.has(key));
    const covering = profileEntitlements.size > overlap.length ? 'superset' : 'exact';
    const relation = missing.length > 0 ? 'partial' : covering;
    comparisons.push({ profile, relation, overlap, missing, size: profileEntitlements.size });
  });
  comparisons.sort(
    (a, b) =>
      relationOrder[a.relation] - relationOrder[b.relation] ||
      b.overlap.length - a.overlap.length ||
      a.size - b.size ||
      a.profile - b.profile,
  );
  return comparisons.map(({ size: _, ...comparison }) => comparison);
}
