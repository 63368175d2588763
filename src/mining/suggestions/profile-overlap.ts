/** How an access profile that exists already relates to a suggested set of entitlements. */
export interface ProfileComparison<Key> {
  /** Position of the profile in the list that was given. */
  profile: number;
  /** superset: it holds all of the suggestion and more. partial: it holds some of it. */
  relation: 'exact' | 'superset' | 'partial';
  /** Entitlements of the suggestion that the profile holds, in the suggestion's order. */
  overlap: Key[];
  /** Entitlements of the suggestion that the profile lacks, in the suggestion's order. */
  missing: Key[];
}

const relationOrder = { exact: 0, superset: 1, partial: 2 } as const;

/**
 * Compares a suggested set of entitlements with the access profiles there are. Profiles that share
 * nothing are left out; exact ones come first, then supersets, then the greatest overlap.
 */
export function compareProfiles<Key>(
  suggested: readonly Key[],
  profiles: readonly Iterable<Key>[],
): ProfileComparison<Key>[] {
  const comparisons: (ProfileComparison<Key> & { size: number })[] = [];
  profiles.forEach((entitlements, profile) => {
    const held = new Set(entitlements);
    const overlap = suggested.filter((key) => held.has(key));
    if (overlap.length === 0) return;
    const missing = suggested.filter((key) => !held.has(key));
    const covering = held.size > overlap.length ? 'superset' : 'exact';
    const relation = missing.length > 0 ? 'partial' : covering;
    comparisons.push({ profile, relation, overlap, missing, size: held.size });
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
