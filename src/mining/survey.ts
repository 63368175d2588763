import type { AccessMatrix } from './matrix/matrix.ts';
import type { MiningOptions } from './options.ts';
import { findOutliers, type OutlierResult } from './outliers/outliers.ts';
import type { RoleOptions } from './roles/role-options.ts';
import { mineRoles, type RoleResult } from './roles/roles.ts';
import { type MineResult, mine } from './suggestions/mine.ts';

/**
 * Options of a survey: suggestions, and optionally roles and outliers. Plain data, for a worker.
 */
export interface SurveyOptions {
  mining: Partial<MiningOptions>;
  /** Options of an exact cover by roles; without them no roles are mined. */
  roles?: Partial<Omit<RoleOptions, 'now'>> | undefined;
  /** Lists all outliers, without the usual limit. */
  outliers: boolean;
}

/** The results of a survey. Roles and outliers are present only if the options request them. */
export interface Survey {
  result: MineResult;
  roles?: RoleResult;
  outliers?: OutlierResult;
}

const everyOutlier = 100_000_000;

/**
 * Mines one matrix for everything the options request. Excluded entitlements are in no suggestion
 * and no outlier. Roles include them, since an exact cover covers all grants.
 * @param now a clock in milliseconds; the search for roles reads it often.
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
