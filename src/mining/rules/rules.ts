import type { Population } from '../matrix/cohort-lattice.ts';
import type { Criterion } from '../matrix/criterion.ts';
import { type AccessMatrix, countHolders } from '../matrix/matrix.ts';
import { isAbout, type MinableRole, type MiningRule } from './mining-rule.ts';
import {
  falsePositivePercent,
  findRuleCandidates,
  minNewHolders,
  slack,
} from './rule-candidates.ts';
import { type RuleCover, RuleCoverBuilder } from './rule-cover.ts';

/** What rules get right and wrong about an entitlement; percentages are 0–100. */
export interface RuleFigures {
  /** People who match. */
  matched: number;
  truePositives: number;
  /** Match and do not hold it. */
  falsePositives: number;
  /** Hold it and do not match. */
  falseNegatives: number;
  /** Share of everyone who is matched and holds it, or neither. */
  precisionPercent: number;
  falsePositivePercent: number;
}

/** People who meet all the criteria are to hold the entitlement. */
export interface MinedRule extends RuleFigures {
  criteria: { dimension: string; value: string }[];
}

/** The rules a mining rule makes for an entitlement; its figures are of all of them together. */
export interface RuleSet extends RuleFigures {
  /** Place in the list of mining rules. */
  miningRule: number;
  entitlement: number;
  rules: MinedRule[];
}

export interface RuleResult {
  /** In the order the mining rules run, then by entitlement. */
  sets: RuleSet[];
  /** Held back by the limits on all rules of a role together; no set came for these. */
  heldBack: RuleSet[];
}

/** The figures of `matched` people, `right` of them among the `holders` of all `people`. */
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
 * Turns access into single role rules. Mining rules run by descending priority; each makes rules
 * only for roles that have none so far.
 * @param roles by entitlement.
 */
export function mineRules(
  matrix: AccessMatrix,
  roles: readonly MinableRole[],
  miningRules: readonly MiningRule[],
): RuleResult {
  const found: RuleResult = { sets: [], heldBack: [] };
  const search = openSearch(matrix, miningRules);
  if (!search) return found;
  const open = new Set(roles.keys());
  const heldBack = new Map<number, RuleSet>();
  const order = [...miningRules.entries()].sort(([, a], [, b]) => b.priority - a.priority);
  for (const [miningRule, rule] of order) {
    const own = [...open].filter((entitlement) => isAbout(rule, roles[entitlement]!));
    if (rule.excludeRole) for (const entitlement of own) open.delete(entitlement);
    else {
      const sets = own.flatMap((one) => findSet(search, miningRule, rule, one) ?? []);
      for (const set of sets) heldBack.set(set.entitlement, set);
      const good = sets.filter((set) => isGood(set, rule));
      for (const { entitlement } of good) open.delete(entitlement);
      found.sets.push(...good);
    }
  }
  found.heldBack = [...heldBack.values()].filter(({ entitlement }) => open.has(entitlement));
  return found;
}

/** What the rules of a run read. */
interface Search {
  population: Population;
  covers: RuleCoverBuilder;
}

/** @returns undefined when no rule mines. */
function openSearch(matrix: AccessMatrix, miningRules: readonly MiningRule[]): Search | undefined {
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
    // Fewer people than a rule has to add make no rule, whatever a mining rule allows.
    minCohortSize: Math.max(
      minNewHolders,
      Math.min(...mining.map(({ minIdentities }) => minIdentities)),
    ),
    maxDepth: Math.max(...mining.map(({ maxCriteria }) => maxCriteria)),
    mostFalsePositivePercent: Math.max(...shares),
    strictest: {
      falsePositiveMaxPercent: Math.min(...shares),
      statisticalGuard: mining.some(({ statisticalGuard }) => statisticalGuard),
    },
  });
  return { population, covers: new RuleCoverBuilder(population, candidates) };
}

function findSet(
  { population, covers }: Search,
  miningRule: number,
  rule: MiningRule,
  entitlement: number,
): RuleSet | undefined {
  const cover = covers.make(entitlement, rule);
  if (cover.holders === 0) return undefined;
  return { miningRule, entitlement, ...describeCover(population, entitlement, cover) };
}

export function isGood(set: RuleFigures, rule: MiningRule): boolean {
  const isPrecise = set.precisionPercent >= rule.precisionMinPercent - slack;
  return (
    (isPrecise || rule.criterion === 'coverage') &&
    set.falsePositives <= (rule.maxNewGrants ?? Number.POSITIVE_INFINITY) &&
    set.falsePositivePercent <= rule.falsePositiveMaxPercent + slack
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
