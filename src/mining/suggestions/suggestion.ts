import type { Population } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { wilsonLowerBound } from '../matrix/matrix.ts';
import type { MiningOptions } from '../options.ts';
import { compareProfiles, type ProfileComparison } from './profile-overlap.ts';

/** The evidence for one entitlement in a cohort. */
export interface SuggestedEntitlement {
  /** Entitlement index in the matrix. */
  entitlement: number;
  /** People of the cohort who hold it. */
  holders: number;
  /** 0–100: holders ÷ people of the cohort. */
  confidencePercent: number;
  /** 0–100: lower end of the 95 % Wilson interval of the confidence. */
  lowerBoundPercent: number;
  /** Confidence ÷ the share of all people who hold it. */
  lift: number;
  /** Confidence ÷ the best confidence among the cohorts with one criterion fewer. */
  liftOverParent?: number;
}

/** A suggested access profile: people and entitlements. */
export interface MinedSuggestion {
  /** everyone: birthright. members: a hidden team; its cohort is only a description. */
  kind: 'everyone' | 'cohort' | 'members';
  /** Values by dimension, in dimension order; empty for everyone. */
  cohort: Record<string, string[]>;
  people: number;
  /** Person indexes, ascending. */
  members: Uint32Array;
  /** Strongest first: lower bound, then lift, then index. */
  entitlements: SuggestedEntitlement[];
  /** Members who hold all of the entitlements. */
  peopleWithAll: number;
  /** 0–100: mean share of the entitlements that the members hold. */
  averageCoveragePercent: number;
  /** Members who lack at least one of the entitlements, ascending. */
  gaining: Uint32Array;
  /** Grants of members within the bundle. */
  explainedGrants: number;
  /** Explained grants weighted by lower bound (0–1); suggestions are ranked by it. */
  score: number;
  /** Existing access profiles that share entitlements with it, most similar first. */
  overlaps: ProfileComparison<number>[];
}

/** Calculates the figures of an entitlement that `holders` of a cohort's `people` hold. */
export function measureEntitlement(
  population: Population,
  entitlement: number,
  holders: number,
  people: number,
): SuggestedEntitlement {
  const everyone = population.matrix.people;
  const allHolders = population.holders[entitlement]!;
  return {
    entitlement,
    holders,
    confidencePercent: people === 0 ? 0 : (100 * holders) / people,
    lowerBoundPercent: 100 * wilsonLowerBound(holders, people),
    lift: people === 0 || allHolders === 0 ? 0 : (holders * everyone) / (people * allHolders),
  };
}

/** Checks confidence and lower bound against the thresholds. The caller checks lift. */
export function isStrong(figures: SuggestedEntitlement, options: MiningOptions): boolean {
  return (
    figures.holders > 0 &&
    figures.confidencePercent >= options.minConfidencePercent &&
    figures.lowerBoundPercent >= options.minLowerBoundPercent
  );
}

/**
 * The smallest number of holders that reaches confidence and lower bound, or people + 1 if none
 * does. Both figures rise with the holders, so a binary search finds it.
 */
export function findMinHolders(people: number, options: MiningOptions): number {
  let low = 1;
  let high = people + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const isEnough =
      (100 * middle) / people >= options.minConfidencePercent &&
      100 * wilsonLowerBound(middle, people) >= options.minLowerBoundPercent;
    if (isEnough) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Strongest evidence first: lower bound, then lift, then index. */
export function compareStrength(a: SuggestedEntitlement, b: SuggestedEntitlement): number {
  return (
    b.lowerBoundPercent - a.lowerBoundPercent || b.lift - a.lift || a.entitlement - b.entitlement
  );
}

/** Grants weighted by the lower bound (0–1) of their entitlement. */
export function scoreEntitlements(entitlements: readonly SuggestedEntitlement[]): number {
  return entitlements.reduce((sum, e) => sum + (e.holders * e.lowerBoundPercent) / 100, 0);
}

/** Converts criteria to values by dimension. */
export function describeCriteria(
  population: Population,
  criteria: readonly Criterion[],
): Record<string, string[]> {
  const named = criteria.map(({ dimension, code }) => {
    const column = population.columns[dimension]!;
    return [column.dimension, [column.values[code - 1]!]] satisfies [string, string[]];
  });
  return Object.fromEntries<string[]>(named);
}

/** Counts the marked entitlements that each member holds; `marks` is by entitlement. */
function countHeld(population: Population, members: Uint32Array, marks: Uint8Array): Uint32Array {
  const { offsets, items } = population.matrix;
  return members.map((person) => {
    let heldCount = 0;
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) heldCount += marks[items[i]!]!;
    return heldCount;
  });
}

/**
 * Builds the suggestion of a bundle, with its people, coverage and score; strongest entitlements
 * first.
 */
export function buildSuggestion(
  population: Population,
  options: MiningOptions,
  kind: MinedSuggestion['kind'],
  cohort: Record<string, string[]>,
  members: Uint32Array,
  entitlements: SuggestedEntitlement[],
): MinedSuggestion {
  const marks = new Uint8Array(population.matrix.entitlements);
  for (const { entitlement } of entitlements) marks[entitlement] = 1;
  const heldCounts = countHeld(population, members, marks);
  const gaining = members.filter((_, m) => heldCounts[m]! < entitlements.length);
  const explainedGrants = entitlements.reduce((sum, { holders }) => sum + holders, 0);
  const keys = entitlements.map(({ entitlement }) => entitlement);
  return {
    kind,
    cohort,
    people: members.length,
    members,
    entitlements,
    peopleWithAll: members.length - gaining.length,
    averageCoveragePercent: (100 * explainedGrants) / (members.length * entitlements.length),
    gaining,
    explainedGrants,
    score: scoreEntitlements(entitlements),
    overlaps: compareProfiles(keys, options.existingProfiles),
  };
}
