import { OutOfRange } from './out-of-range.ts';
import type { ProfileCover } from './suggestions/profile-cover.ts';

/** Thresholds and limits of a mining run. Percentages are 0–100. */
export interface MiningOptions {
  /** Minimum people of a cohort, ≥ 1. */
  minCohortSize: number;
  /** Minimum share of the cohort's people who hold the entitlement. */
  minConfidencePercent: number;
  /** Minimum lower end of the 95 % Wilson interval of that share. */
  minLowerBoundPercent: number;
  /** Minimum ratio of that share to the share among everyone; ≥ 0. */
  minLift: number;
  /** Maximum criteria of a cohort, 1–5. */
  maxDepth: number;
  maxSuggestions: number;
  /** Mined dimensions in order of preference; all columns if undefined. */
  dimensions?: readonly string[] | undefined;
  /** Indexes of entitlements that are excluded from mining. */
  excludedEntitlements: readonly number[];
  /** Entitlements of a cohort whose mean Jaccard is below this (0–1) are split into clusters. */
  clusterJaccard: number;
  /** Entitlement indexes of each existing access profile; a suggestion equal to one is left out. */
  existingProfiles: readonly (readonly number[])[];
  /** The access profiles with the people they are for. Their access counts as explained. */
  profileCovers: readonly ProfileCover[];
}

export const defaultMiningOptions: MiningOptions = {
  minCohortSize: 5,
  minConfidencePercent: 80,
  minLowerBoundPercent: 50,
  minLift: 1.2,
  maxDepth: 3,
  maxSuggestions: 50,
  excludedEntitlements: [],
  clusterJaccard: 0.6,
  existingProfiles: [],
  profileCovers: [],
};

const numberOptions = [
  'minCohortSize',
  'minConfidencePercent',
  'minLowerBoundPercent',
  'minLift',
  'maxDepth',
  'maxSuggestions',
  'clusterJaccard',
] as const;
type NumberOption = (typeof numberOptions)[number];

const ranges: Record<NumberOption, { from: number; to: number; whole: boolean }> = {
  minCohortSize: { from: 1, to: 1_000_000_000, whole: true },
  minConfidencePercent: { from: 0, to: 100, whole: false },
  minLowerBoundPercent: { from: 0, to: 100, whole: false },
  minLift: { from: 0, to: 1_000_000_000, whole: false },
  maxDepth: { from: 1, to: 5, whole: true },
  maxSuggestions: { from: 0, to: 1_000_000, whole: true },
  clusterJaccard: { from: 0, to: 1, whole: false },
};

/** Fills in the defaults. Throws OutOfRange for the first option out of range. */
export function completeOptions(options: Partial<MiningOptions> = {}): MiningOptions {
  const definedOptions = Object.entries(options).filter(([, value]) => value !== undefined);
  const complete: MiningOptions = {
    ...defaultMiningOptions,
    ...Object.fromEntries(definedOptions),
  };
  for (const name of numberOptions) {
    const { from, to, whole } = ranges[name];
    const value = complete[name];
    if (value >= from && value <= to && (!whole || Number.isInteger(value))) continue;
    const kind = whole ? 'a whole number' : 'a number';
    throw new OutOfRange(name, `${kind} from ${from} to ${to}`, value);
  }
  return complete;
}
