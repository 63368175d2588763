import type { CellRecall } from '../matrix/cohort-count-cache.ts';
import type { Population } from '../matrix/cohort-lattice.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';
import { countGrants, readPopulation } from '../matrix/population.ts';
import { completeOptions, type MiningOptions } from '../options.ts';
import { findQualifyingCells, listCohort, type QualifyingCell } from './generalization-layers.ts';
import { addParentLift } from './parent-lift.ts';
import { compareProfiles } from './profile-overlap.ts';
import { buildSuggestion, describeCriteria, type MinedSuggestion } from './suggestion.ts';

export interface MineResult {
  /** Counted people, entitlements and grants; excluded entitlements count in none but the second. */
  people: number;
  entitlements: number;
  grants: number;
  /** Greatest score first, at most `maxSuggestions`. */
  suggestions: MinedSuggestion[];
  /** Suggestions there were before the limit, without those that equal an existing profile. */
  found: number;
  /** Grants within at least one of the suggestions, each counted once. */
  explainedGrants: number;
  /** Dimensions that were asked for and are not in the matrix. */
  unknownDimensions: string[];
}

/**
 * Mines access profile suggestions from everybody's access: entitlements that everyone holds, then
 * entitlements of cohorts, each at the most general cohort in which it qualifies, bundled and
 * ranked. Deterministic, whatever the order of rows. Throws RangeError naming an option that is
 * out of range.
 * @param recall what an earlier run counted of a matrix that became this one: the result is the same.
 */
export function mine(
  matrix: AccessMatrix,
  options: Partial<MiningOptions> = {},
  recall?: CellRecall,
): MineResult {
  const complete = completeOptions(options);
  const { population, unknownDimensions } = readPopulation(matrix, complete);
  const candidates = findQualifyingCells(population, complete, recall).filter(
    (candidate) => !isExisting(candidate, complete),
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

function isExisting(
  { entitlements }: QualifyingCell,
  { existingProfiles }: MiningOptions,
): boolean {
  const keys = entitlements.map(({ entitlement }) => entitlement);
  return compareProfiles(keys, existingProfiles)[0]?.relation === 'exact';
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

/** Calls `visit` with each person and the entitlements (with repetitions) suggested to them. */
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
