import {
  toCohortInIds,
  toOptionsInIndexes,
  toOutlierInIds,
  toRolesByIndex,
  toRulesInIds,
  toSuggestionInIds,
} from './ids-and-indexes.ts';
import { type AccessRows, replaceRows, toKeys, toMatrix } from './matrix/access-rows.ts';
import { CohortCountCache, type Keys } from './matrix/cohort-count-cache.ts';
import type { AccessMatrix } from './matrix/matrix.ts';
import { mineOrganization } from './mine-organization.ts';
import type { MiningOptions } from './options.ts';
import type { Outlier } from './outliers/outliers.ts';
import type { MinableRole, MiningRule } from './rules/mining-rule.ts';
import { mineRules, type RuleResult } from './rules/rules.ts';
import { analyzeCohort, type CohortFilter, type CohortResult } from './suggestions/analyze.ts';
import type { HiddenTeam } from './suggestions/hidden-teams.ts';
import { type MineResult, mine } from './suggestions/mine.ts';

/** The findings of one run over the whole organization. */
export interface Findings {
  result: MineResult;
  /** People who share access that no suggestion explains. */
  teams: HiddenTeam[];
  outliers: Outlier[];
  /** Number of cohorts, and how many of them no earlier run had counted. */
  cohorts: number;
  recounted: number;
}

/** The answer for one cohort, and the number of people and entitlements it was mined from. */
export interface CohortFindings {
  result: CohortResult;
  people: number;
  entitlements: number;
}

/** The rules that mining rules make, and the size of the matrix they were mined from. */
export interface RuleFindings extends RuleResult {
  people: number;
  entitlements: number;
  grants: number;
}

/**
 * Keeps the access of an organization between questions and updates it with what changed. Options
 * and answers contain ids; the mining functions that it calls work with indexes. The rows also
 * contain entitlements that are excluded from mining; each question names them.
 */
export class MiningSession {
  #rows: AccessRows;
  #matrix: AccessMatrix;
  readonly #countCache = new CohortCountCache();

  constructor(rows: AccessRows) {
    this.#rows = rows;
    this.#matrix = toMatrix(rows);
  }

  /**
   * Replaces the rows of the changed people by `current`. A changed person missing there is
   * removed.
   */
  refresh(changed: ArrayLike<number>, current: AccessRows): void {
    this.#countCache.noteChanges(this.#matrix, toKeys(this.#rows), changed);
    this.#rows = replaceRows(this.#rows, new Set(Array.from(changed)), current);
    this.#matrix = toMatrix(this.#rows);
  }

  /** @param now a clock in milliseconds, which bounds the search for hidden teams. */
  findAll(options: Partial<MiningOptions>, now: () => number): Findings {
    const keys = toKeys(this.#rows);
    const cachedCounts = this.#countCache.begin(this.#matrix, keys);
    const indexOptions = toOptionsInIndexes(options, keys);
    const { result, teams, outliers } = mineOrganization(
      this.#matrix,
      indexOptions,
      now,
      cachedCounts,
    );
    cachedCounts.commit();
    return {
      result: this.#inIds(result, indexOptions),
      teams: teams.map((team) => toSuggestionInIds(team, keys)),
      outliers: outliers.map((outlier) => toOutlierInIds(outlier, keys)),
      cohorts: cachedCounts.cohorts,
      recounted: cachedCounts.recounted,
    };
  }

  /** Finds suggestions only, to preview other options. The count cache does not change. */
  mine(options: Partial<MiningOptions>): MineResult {
    const keys = toKeys(this.#rows);
    const indexOptions = toOptionsInIndexes(options, keys);
    return this.#inIds(
      mine(this.#matrix, indexOptions, this.#countCache.begin(this.#matrix, keys)),
      indexOptions,
    );
  }

  analyze(filter: CohortFilter, options: Partial<MiningOptions>): CohortFindings {
    const keys = toKeys(this.#rows);
    const indexOptions = toOptionsInIndexes(options, keys);
    const result = toCohortInIds(analyzeCohort(this.#matrix, filter, indexOptions), keys);
    return { result, people: this.#matrix.people, entitlements: this.#countMined(indexOptions) };
  }

  /**
   * @param roles the entitlements to mine, by id; all others are ignored.
   * @param unvalued ids of people whose values make no rule. They are counted without any.
   */
  mineRules(
    roles: ReadonlyMap<number, MinableRole>,
    miningRules: readonly MiningRule[],
    unvalued: readonly number[] = [],
  ): RuleFindings {
    const keys = toKeys(this.#rows);
    const isMined = Array.from(keys.entitlements, (id) => roles.has(id));
    const found = mineRules(
      withoutValues(this.#matrix, keys, unvalued),
      toRolesByIndex(roles, keys),
      miningRules,
    );
    return {
      ...toRulesInIds(found, keys),
      people: this.#matrix.people,
      entitlements: isMined.filter(Boolean).length,
      grants: this.#matrix.items.reduce((sum, item) => sum + Number(isMined[item]), 0),
    };
  }

  #countMined({ excludedEntitlements = [] }: Partial<MiningOptions>): number {
    return this.#matrix.entitlements - new Set(excludedEntitlements).size;
  }

  #inIds(result: MineResult, options: Partial<MiningOptions>): MineResult {
    const keys = toKeys(this.#rows);
    return {
      ...result,
      entitlements: this.#countMined(options),
      suggestions: result.suggestions.map((suggestion) => toSuggestionInIds(suggestion, keys)),
    };
  }
}

/** The matrix without the values of some people. */
function withoutValues(
  matrix: AccessMatrix,
  keys: Keys,
  unvalued: readonly number[],
): AccessMatrix {
  if (unvalued.length === 0) return matrix;
  const ids = new Set(unvalued);
  const columns = matrix.columns.map((column) => ({
    ...column,
    codes: column.codes.map((code, person) => (ids.has(keys.people[person]!) ? 0 : code)),
  }));
  return { ...matrix, columns };
}
