import type { CachedCountReader } from './matrix/cohort-count-cache.ts';
import type { AccessMatrix } from './matrix/matrix.ts';
import type { MiningOptions } from './options.ts';
import { findOutliers, type Outlier } from './outliers/outliers.ts';
import { findHiddenTeams, type HiddenTeam } from './suggestions/hidden-teams.ts';
import { type MineResult, mine } from './suggestions/mine.ts';

/** Hidden teams are listed after the suggestions of cohorts; a longer list would hide them. */
const maxTeams = 10;
const teamSeconds = 1;
/**
 * The clock of the team search runs this many times slower, so that the work limit ends it first.
 */
const clockDivisor = 10;

/**
 * Mines the whole organization: suggestions, hidden teams among the grants that no suggestion
 * explains, and outliers.
 * @param now a clock in milliseconds; it limits the search for teams.
 * @param cachedCounts the counts of an earlier run.
 */
export function mineOrganization(
  matrix: AccessMatrix,
  options: Partial<MiningOptions>,
  now: () => number,
  cachedCounts?: CachedCountReader,
): { result: MineResult; teams: HiddenTeam[]; outliers: Outlier[] } {
  const result = mine(matrix, options, cachedCounts);
  // The work limit gives the same teams for the same access on a busy machine. The clock is a last
  // resort.
  const slowClock = () => now() / clockDivisor;
  const search = { objective: 'roles' as const, seconds: teamSeconds, seed: 1, now: slowClock };
  const teams = findHiddenTeams(matrix, result.suggestions, search, options);
  return {
    result,
    teams: teams.slice(0, maxTeams),
    outliers: findOutliers(matrix, options).outliers,
  };
}
