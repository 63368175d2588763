import {
  cohortInIds,
  optionsInIndexes,
  outlierInIds,
  rolesByIndex,
  rulesInIds,
  suggestionInIds,
} from './ids-and-indexes.ts';
import { type AccessRows, keysOf, replaceRows, toMatrix } from './matrix/access-rows.ts';
import { CohortCountCache } from './matrix/cohort-count-cache.ts';
import type { AccessMatrix } from './matrix/matrix.ts';
import { mineOrganization } from './mine-organization.ts';
import type { MiningOptions } from './options.ts';
import type { Outlier } from './outliers/outliers.ts';
import type { MinableRole, MiningRule } from './rules/mining-rule.ts';
import { mineRules, type RuleResult } from './rules/rules.ts';
import { analyzeCohort, type CohortFilter, type CohortResult } from './suggestions/analyze.ts';
import type { HiddenTeam } from './suggestions/hidden-teams.ts';
import { type MineResult, mine } from './suggestions/mine.ts';

/** What one run of the whole organisation finds. */
export interface Findings {
  result: MineResult;
  /** People who share access that no suggestion explains. */
  teams: HiddenTeam[];
  outliers: Outlier[];
  /** Cohorts there were, and those of them that an earlier run had not counted. */
  cohorts: number;
  recounted: number;
}

/** The answer for one cohort, and what it was looked for in. */
export interface CohortFindings {
  result: CohortResult;
  people: number;
  entitlements: number;
}

/** The rules that mining rules make, and what they were looked for in. */
export interface RuleFindings extends RuleResult {
  people: number;
  entitlements: number;
  grants: number;
}

/**
 * The access of an organisation, kept from one question to the next and brought up to date by what
 * changed. Options and answers have ids where those of the functions it calls have indexes.
 * Entitlements that are not for mining are in it; each question says which these are.
 */
export class MiningSession {
  #rows: AccessRows;
  #matrix: AccessMatrix;
  readonly #memory = new CohortCountCache();

  constructor(rows: AccessRows) {
    this.#rows = rows;
    this.#matrix = toMatrix(rows);
  }

  /** Replaces what is held of people by what `fresh` has of them; who is not in it counts no more. */
  refresh(changed: ArrayLike<number>, fresh: AccessRows): void {
    this.#memory.noteChanges(this.#matrix, keysOf(this.#rows), changed);
    this.#rows = replaceRows(this.#rows, new Set(Array.from(changed)), fresh);
    this.#matrix = toMatrix(this.#rows);
  }

  /** @param now a clock in milliseconds, which bounds the search for hidden teams. */
  findAll(options: Partial<MiningOptions>, now: () => number): Findings {
    const keys = keysOf(this.#rows);
    const recall = this.#memory.begin(this.#matrix, keys);
    const own = optionsInIndexes(options, keys.entitlements);
    const { result, teams, outliers } = mineOrganization(this.#matrix, own, now, recall);
    recall.commit();
    return {
      result: this.#inIds(result, own),
      teams: teams.map((team) => suggestionInIds(team, keys)),
      outliers: outliers.map((outlier) => outlierInIds(outlier, keys)),
      cohorts: recall.cohorts,
      recounted: recall.recounted,
    };
  }

  /** Suggestions alone, for a look at other options: nothing is remembered of it. */
  mine(options: Partial<MiningOptions>): MineResult {
    const keys = keysOf(this.#rows);
    const own = optionsInIndexes(options, keys.entitlements);
    return this.#inIds(mine(this.#matrix, own, this.#memory.begin(this.#matrix, keys)), own);
  }

  analyze(filter: CohortFilter, options: Partial<MiningOptions>): CohortFindings {
    const keys = keysOf(this.#rows);
    const own = optionsInIndexes(options, keys.entitlements);
    const result = cohortInIds(analyzeCohort(this.#matrix, filter, own), keys);
    return { result, people: this.#matrix.people, entitlements: this.#countMined(own) };
  }

  /** @param roles what may be mined, by entitlement; the others are left alone. */
  mineRules(
    roles: ReadonlyMap<number, MinableRole>,
    miningRules: readonly MiningRule[],
  ): RuleFindings {
    const keys = keysOf(this.#rows);
    const isMined = Array.from(keys.entitlements, (id) => roles.has(id));
    const found = mineRules(this.#matrix, rolesByIndex(roles, keys), miningRules);
    return {
      ...rulesInIds(found, keys),
      people: this.#matrix.people,
      entitlements: isMined.filter(Boolean).length,
      grants: this.#matrix.items.reduce((sum, item) => sum + Number(isMined[item]), 0),
    };
  }

  #countMined({ excludedEntitlements = [] }: Partial<MiningOptions>): number {
    return this.#matrix.entitlements - new Set(excludedEntitlements).size;
  }

  #inIds(result: MineResult, options: Partial<MiningOptions>): MineResult {
    const keys = keysOf(this.#rows);
    return {
      ...result,
      entitlements: this.#countMined(options),
      suggestions: result.suggestions.map((one) => suggestionInIds(one, keys)),
    };
  }
}
