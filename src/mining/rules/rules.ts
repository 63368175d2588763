import type { Population } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { type AccessMatrix, countHolders } from '../matrix/matrix.ts';
import { isRoleTargeted, type MinableRole, type MiningRule } from './mining-rule.ts';
import {
  falsePositivePercent,
  findRuleCandidates,
  minNewHolders,
  percentTolerance,
} from './rule-candidates.ts';
import { type RuleCover, RuleCoverBuilder } from './rule-cover.ts';

/** The correct and wrong classifications of rules for an entitlement; percentages are 0–100. */
export interface RuleFigures {
  /** People who match. */
  matched: number;
  truePositives: number;
  /** Match and do not hold the entitlement. */
  falsePositives: number;
  /** Hold the entitlement and do not match. */
  falseNegatives: number;
  /** Share of all people who match and hold it, or do neither. */
  precisionPercent: number;
  falsePositivePercent: number;
}

/** A rule that gives an entitlement to people who meet all its criteria. */
export interface MinedRule extends RuleFigures {
  criteria: { dimension: string; value: string }[];
}

/**
 * The rules that one mining rule creates for an entitlement. The figures cover all of them
 * together.
 */
export interface RuleSet extends RuleFigures {
  /** Index of the mining rule in the input. */
  miningRule: number;
  entitlement: number;
  rules: MinedRule[];
}

export interface RuleResult {
  /** In the order in which the mining rules run, then by entitlement. */
  sets: RuleSet[];
  /**
   * Sets that the limits on all rules of a role reject, for entitlements without any accepted set.
   */
  heldBack: RuleSet[];
}

/**
 * Calculates figures: `matched` of all `people` match, `right` of these are among the `holders`.
 */
export function rateRules(
  people: number,
  holders: number,
  { matched, right }: { matched: number; right: number },
): RuleFigures {
  const falsePositives = matched - right;
  const falseNegatives = holders - right;
  const wrong = falsePositives + falseNegatives;
  return {
    matched,
    truePositives: right,
    falsePositives,
    falseNegatives,
    precisionPercent: people === 0 ? 0 : (100 * (people - wrong)) / people,
    falsePositivePercent: falsePositivePercent(matched, right),
  };
}

/**
 * Turns access into single role rules. Mining rules run in descending priority. Each creates rules
 * only for roles that have none so far.
 * @param roles by entitlement.
 */
export function mineRules(
  matrix: AccessMatrix,
  roles: readonly MinableRole[],
  miningRules: readonly MiningRule[],
): RuleResult {
  const result: RuleResult = { sets: [], heldBack: [] };
  const search = createSearch(matrix, miningRules);
  if (!search) return result;
  const unresolved = new Set(roles.keys());
  const heldBack = new Map<number, RuleSet>();
  const order = [...miningRules.entries()].sort(([, a], [, b]) => b.priority - a.priority);
  for (const [miningRule, rule] of order) {
    const targeted = [...unresolved].filter((entitlement) =>
      isRoleTargeted(rule, roles[entitlement]!),
    );
    if (rule.excludeRole) for (const entitlement of targeted) unresolved.delete(entitlement);
    else {
      const sets = targeted.flatMap((one) => buildRuleSet(search, miningRule, rule, one) ?? []);
      for (const set of sets) heldBack.set(set.entitlement, set);
      const accepted = sets.filter((set) => isWithinLimits(set, rule));
      for (const { entitlement } of accepted) unresolved.delete(entitlement);
      result.sets.push(...accepted);
    }
  }
  result.heldBack = [...heldBack.values()].filter(({ entitlement }) => unresolved.has(entitlement));
  return result;
}

/** The state shared by the mining rules of a run. */
interface Search {
  population: Population;
  covers: RuleCoverBuilder;
}

/** @returns undefined if no mining rule creates rules. */
function createSearch(
  matrix: AccessMatrix,
  miningRules: readonly MiningRule[],
): Search | undefined {
  const mining = miningRules.filter(({ excludeRole }) => !excludeRole);
  if (mining.length === 0) return undefined;
  const population: Population = {
    matrix,
    columns: matrix.columns,
    holders: countHolders(matrix),
    excluded: new Uint8Array(matrix.entitlements),
  };
  const shares = mining.map(({ falsePositiveMaxPercent }) => falsePositiveMaxPercent);
  const candidates = findRuleCandidates(population, {
    // A rule must add `minNewHolders`, so smaller cohorts never become rules.
    minCohortSize: Math.max(
      minNewHolders,
      Math.min(...mining.map(({ minIdentities }) => minIdentities)),
    ),
    maxDepth: Math.max(...mining.map(({ maxCriteria }) => maxCriteria)),
    maxFalsePositivePercent: Math.max(...shares),
    strictest: {
      falsePositiveMaxPercent: Math.min(...shares),
      statisticalGuard: mining.some(({ statisticalGuard }) => statisticalGuard),
    },
  });
  return { population, covers: new RuleCoverBuilder(population, candidates) };
}

function buildRuleSet(
  { population, covers }: Search,
  miningRule: number,
  rule: MiningRule,
  entitlement: number,
): RuleSet | undefined {
  const cover = covers.buildCover(entitlement, rule);
  if (cover.holders === 0) return undefined;
  return { miningRule, entitlement, ...describeCover(population, entitlement, cover) };
}

export function isWithinLimits(set: RuleFigures, rule: MiningRule): boolean {
  const isPrecise = set.precisionPercent >= rule.precisionMinPercent - percentTolerance;
  return (
    (isPrecise || rule.criterion === 'coverage') &&
    set.falsePositives <= (rule.maxNewGrants ?? Number.POSITIVE_INFINITY) &&
    set.falsePositivePercent <= rule.falsePositiveMaxPercent + percentTolerance
  );
}

function describeCover(
  { matrix, columns, holders }: Population,
  entitlement: number,
  cover: RuleCover,
) {
  const all = holders[entitlement]!;
  const name = ({ dimension, code }: Criterion) => ({
    dimension: columns[dimension]!.dimension,
    value: columns[dimension]!.values[code - 1]!,
  });
  return {
    ...rateRules(matrix.people, all, { matched: cover.matched, right: cover.holders }),
    rules: cover.chosen.map((one) => ({
      criteria: one.criteria.map(name),
      ...rateRules(matrix.people, all, { matched: one.people, right: one.holders }),
    })),
  };
}
