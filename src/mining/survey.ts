import type { AccessMatrix } from './matrix/matrix.ts';
import type { MiningOptions } from './options.ts';
import { findOutliers, type OutlierResult } from './outliers/outliers.ts';
import type { RoleOptions } from './roles/role-options.ts';
import { mineRoles, type RoleResult } from './roles/roles.ts';
import { type MineResult, mine } from './suggestions/mine.ts';

/** What a survey looks for besides suggestions. Plain data, to be handed to a worker. */
export interface SurveyOptions {
  mining: Partial<MiningOptions>;
  /** An exact cover by roles; none when absent. */
  roles?: Partial<Omit<RoleOptions, 'now'>> | undefined;
  /** All outliers, not the first few. */
  outliers: boolean;
}

/** What was asked for; the rest is absent. */
export interface Survey {
  result: MineResult;
  roles?: RoleResult;
  outliers?: OutlierResult;
}

const everyOutlier = 100_000_000;

/**
 * Looks through one matrix for everything asked for. Excluded entitlements are in no suggestion and no
 * outlier; roles cover them, since a cover is of all grants.
 * @param now a clock in milliseconds; it is asked often while roles are searched for.
 */
export function survey(
  matrix: AccessMatrix,
  { mining, roles, outliers }: SurveyOptions,
  now: () => number,
): Survey {
  return {
    result: mine(matrix, mining),
    ...(roles && { roles: mineRoles(matrix, { ...roles, now }) }),
    ...(outliers && { outliers: findOutliers(matrix, { ...mining, maxOutliers: everyOutlier }) }),
  };
}
