import { countCodes } from '../matrix/cohort-lattice.ts';
import { compareText, foldText } from '../matrix/fold-text.ts';
import { type AccessMatrix, buildMatrix, type CohortColumn } from '../matrix/matrix.ts';
import { readPopulation } from '../matrix/population.ts';
import { completeOptions, type MiningOptions } from '../options.ts';
import type { RoleOptions } from '../roles/role-options.ts';
import { findRoles } from '../roles/roles.ts';
import { forEachSuggested } from './mine.ts';
import { markCovered, type ProfileCover } from './profile-cover.ts';
import {
  buildSuggestion,
  compareStrength,
  type MinedSuggestion,
  measureEntitlement,
} from './suggestion.ts';

/**
 * People who share access that no cohort explains. `cohort` is the one value that describes them
 * best (greatest Jaccard with the members), empty if they share none.
 */
export interface HiddenTeam extends MinedSuggestion {
  kind: 'members';
  /** Number of members with that value, and number of all people with it. */
  matching: number;
  described: number;
}

/** Minimum entitlements of a team: one entitlement that some people share is no pattern. */
const minEntitlements = 2;

/**
 * A team has at least this many times the people who would hold all its entitlements if the unexplained grants were
 * spread by chance. Fewer are what frequent entitlements share anyway (docs/mining.md#suggestions).
 */
const minTimesChance = 4;

/** By entitlement: the share of people who hold it, 0–1. */
function countShares({ people, entitlements, items }: AccessMatrix): Float64Array {
  const shares = new Float64Array(entitlements);
  for (const item of items) shares[item] = shares[item]! + 1 / Math.max(1, people);
  return shares;
}

/** The share of people who would hold all of these if each were spread independently. */
function chanceOf(entitlements: ArrayLike<number>, shares: Float64Array): number {
  let chance = 1;
  for (let at = 0; at < entitlements.length; at++) chance *= shares[entitlements[at]!]!;
  return chance;
}

/** The grants that no suggestion and no profile explains; excluded entitlements are left out. */
function readResidual(
  matrix: AccessMatrix,
  suggestions: readonly MinedSuggestion[],
  { excluded, profiles }: { excluded: Uint8Array; profiles: readonly ProfileCover[] },
): AccessMatrix {
  const covered = markCovered(matrix, profiles);
  const { people, entitlements, offsets, items } = matrix;
  const stamps = new Uint32Array(entitlements);
  const personOf: number[] = [];
  const entitlementOf: number[] = [];
  forEachSuggested(people, suggestions, (person, own) => {
    for (const suggestion of own) {
      for (const { entitlement } of suggestion.entitlements) stamps[entitlement] = person + 1;
    }
    profiles.forEach((profile, at) => {
      if (!covered[at]![person]) return;
      for (const entitlement of profile.entitlements) {
        if (entitlement >= 0) stamps[entitlement] = person + 1;
      }
    });
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      const entitlement = items[i]!;
      if (stamps[entitlement] === person + 1 || excluded[entitlement]) continue;
      personOf.push(person);
      entitlementOf.push(entitlement);
    }
  });
  return buildMatrix(people, entitlements, personOf, entitlementOf);
}

interface Description {
  cohort: Record<string, string[]>;
  matching: number;
  described: number;
}

interface Candidate extends Description {
  jaccard: number;
  text: string;
}

/** The values of a column that at least two members share. */
function listShared(column: CohortColumn, members: Uint32Array): Candidate[] {
  const sizes = countCodes(column);
  const own = new Map<number, number>();
  for (const person of members) {
    const code = column.codes[person]!;
    if (code > 0) own.set(code, (own.get(code) ?? 0) + 1);
  }
  const shared = [...own].filter(([, matching]) => matching > 1);
  return shared.map(([code, matching]) => {
    const value = column.values[code - 1]!;
    const described = sizes[code]!;
    const jaccard = matching / (described + members.length - matching);
    const cohort = { [column.dimension]: [value] };
    return { cohort, matching, described, jaccard, text: foldText(value) };
  });
}

/** The value of any mined dimension whose people match the members best. */
function describeMembers(columns: readonly CohortColumn[], members: Uint32Array): Description {
  const candidates = columns.flatMap((column) =>
    listShared(column, members).sort((a, b) => compareText(a.text, b.text)),
  );
  const best = candidates.reduce<Candidate | undefined>(
    (nearest, candidate) => (nearest && nearest.jaccard >= candidate.jaccard ? nearest : candidate),
    undefined,
  );
  if (!best) return { cohort: {}, matching: 0, described: 0 };
  return { cohort: best.cohort, matching: best.matching, described: best.described };
}

/**
 * Finds teams in the grants that suggestions leave unexplained. Teams are roles of an exact cover
 * of these grants with at least `minCohortSize` people and two entitlements, by descending score,
 * at most `maxSuggestions`. If the time is too short for all grants, the cover is partial. All
 * members hold all of the entitlements, so nobody gains access. `roleOptions` are those of
 * `mineRoles`, with the clock and the time limit.
 */
export function findHiddenTeams(
  matrix: AccessMatrix,
  suggestions: readonly MinedSuggestion[],
  roleOptions: Partial<RoleOptions> & Pick<RoleOptions, 'now'>,
  options: Partial<MiningOptions> = {},
): HiddenTeam[] {
  const complete = completeOptions(options);
  const { population } = readPopulation(matrix, complete);
  const residual = readResidual(matrix, suggestions, {
    excluded: population.excluded,
    profiles: complete.profileCovers,
  });
  const roles = findRoles(residual, roleOptions);
  const shares = countShares(residual);
  const teams = roles.filter(
    ({ people, entitlements }) =>
      people.length >= complete.minCohortSize &&
      entitlements.length >= minEntitlements &&
      people.length >= minTimesChance * residual.people * chanceOf(entitlements, shares),
  );
  return teams
    .map(({ people, entitlements }) => {
      const figures = Array.from(entitlements, (entitlement) =>
        measureEntitlement(population, entitlement, people.length, people.length),
      ).sort(compareStrength);
      const { cohort, ...counts } = describeMembers(population.columns, people);
      const team = buildSuggestion(population, complete, 'members', cohort, people, figures);
      return { ...team, kind: 'members' as const, ...counts };
    })
    .filter(({ overlaps }) => overlaps[0]?.relation !== 'exact')
    .sort((a, b) => b.score - a.score)
    .slice(0, complete.maxSuggestions);
}
