import type { CachedCountReader } from '../matrix/cohort-count-cache.ts';
import type { Population } from '../matrix/cohort-lattice.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';
import { countGrants, readPopulation } from '../matrix/population.ts';
import { completeOptions, type MiningOptions } from '../options.ts';
import { findQualifyingCells, listCohort, type QualifyingCell } from './generalization-layers.ts';
import { addParentLift } from './parent-lift.ts';
import { isContained, markCovered } from './profile-cover.ts';
import { compareProfiles } from './profile-overlap.ts';
import { buildSuggestion, describeCriteria, type MinedSuggestion } from './suggestion.ts';

export interface MineResult {
  /** Size of the matrix; excluded entitlements count only in `entitlements`. */
  people: number;
  entitlements: number;
  grants: number;
  /** Greatest score first, at most `maxSuggestions`. */
  suggestions: MinedSuggestion[];
  /** Number of suggestions before the limit, without those equal to an existing profile. */
  found: number;
  /** Grants that at least one suggestion contains, each counted once. */
  explainedGrants: number;
  /** Requested dimensions that the matrix does not have. */
  unknownDimensions: string[];
}

/**
 * Mines suggestions for access profiles: entitlements that everyone holds, then entitlements of
 * cohorts, each at the most general cohort in which it qualifies, bundled and ranked. The order of
 * rows does not change the result. Throws RangeError with the name of an option out of range.
 * @param cachedCounts the counts of an earlier run, updated to this matrix; the result is the same.
 */
export function mine(
  matrix: AccessMatrix,
  options: Partial<MiningOptions> = {},
  recall?: CachedCountReader,
): MineResult {
  const complete = completeOptions(options);
  const { population, unknownDimensions } = readPopulation(matrix, complete);
  const covered = markCovered(matrix, complete.profileCovers);
  const candidates = findQualifyingCells(population, complete, recall).filter(
    (candidate) => !isExisting(population, candidate, complete, covered),
  );
  const chosen = candidates.slice(0, complete.maxSuggestions);
  addParentLift(population, chosen);
  const suggestions = chosen.map((candidate) => expand(population, complete, candidate));
  return {
    people: matrix.people,
    entitlements: matrix.entitlements,
    grants: countGrants(population),
    suggestions,
    found: candidates.length,
    explainedGrants: countExplained(matrix, suggestions),
    unknownDimensions,
  };
}

/** Whether a profile is equal to the candidate, or contains it: its entitlements and its people. */
function isExisting(
  population: Population,
  { criteria, entitlements }: QualifyingCell,
  { existingProfiles, profileCovers }: MiningOptions,
  covered: readonly Uint8Array[],
): boolean {
  const keys = entitlements.map(({ entitlement }) => entitlement);
  if (compareProfiles(keys, existingProfiles)[0]?.relation === 'exact') return true;
  if (profileCovers.length === 0) return false;
  const people = listCohort(population, criteria);
  return isContained(profileCovers, covered, { entitlements: keys, people });
}

function expand(
  population: Population,
  options: MiningOptions,
  { criteria, entitlements }: QualifyingCell,
): MinedSuggestion {
  const kind = criteria.length === 0 ? 'everyone' : 'cohort';
  const cohort = describeCriteria(population, criteria);
  const members = listCohort(population, criteria);
  return buildSuggestion(population, options, kind, cohort, members, entitlements);
}

/** Calls `visit` with each person and the suggestions that have them as a member. */
export function forEachSuggested(
  people: number,
  suggestions: readonly MinedSuggestion[],
  visit: (person: number, suggestions: MinedSuggestion[]) => void,
): void {
  const perPerson = new Map<number, MinedSuggestion[]>();
  for (const suggestion of suggestions) {
    for (const person of suggestion.members) {
      const list = perPerson.get(person);
      if (list) list.push(suggestion);
      else perPerson.set(person, [suggestion]);
    }
  }
  for (let person = 0; person < people; person++) visit(person, perPerson.get(person) ?? []);
}

function countExplained(matrix: AccessMatrix, suggestions: readonly MinedSuggestion[]): number {
  const { offsets, items } = matrix;
  const stamps = new Uint32Array(matrix.entitlements);
  let explained = 0;
  forEachSuggested(matrix.people, suggestions, (person, own) => {
    if (own.length === 0) return;
    for (const { entitlements } of own) {
      for (const { entitlement } of entitlements) stamps[entitlement] = person + 1;
    }
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      if (stamps[items[i]!] === person + 1) explained++;
    }
  });
  return explained;
}
