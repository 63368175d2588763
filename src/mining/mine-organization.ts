import type { CellRecall } from './matrix/cohort-count-cache.ts';
import type { AccessMatrix } from './matrix/matrix.ts';
import type { MiningOptions } from './options.ts';
import { findOutliers, type Outlier } from './outliers/outliers.ts';
import { findHiddenTeams, type HiddenTeam } from './suggestions/hidden-teams.ts';
import { type MineResult, mine } from './suggestions/mine.ts';

/** Hidden teams come after the suggestions of cohorts; more would only bury them. */
const maxTeams = 10;
const teamSeconds = 1;
const patience = 10;

/**
 * All that a run of the whole organisation looks for: suggestions, the teams hidden in what they leave
 * unexplained, outliers.
 * @param now a clock in milliseconds, which bounds the search for teams.
 * @param recall what an earlier run counted.
 */
export function mineOrganization(
  matrix: AccessMatrix,
  options: Partial<MiningOptions>,
  now: () => number,
  recall?: CellRecall,
): { result: MineResult; teams: HiddenTeam[]; outliers: Outlier[] } {
  const result = mine(matrix, options, recall);
  // Work is the limit, so that the same access gives the same teams on a busy machine; the clock is a last resort.
  const late = () => now() / patience;
  const search = { objective: 'roles' as const, seconds: teamSeconds, seed: 1, now: late };
  const teams = findHiddenTeams(matrix, result.suggestions, search, options);
  return {
    result,
    teams: teams.slice(0, maxTeams),
    outliers: findOutliers(matrix, options).outliers,
  };
}
