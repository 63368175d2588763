import type { MinableRole, MiningRule } from '../../../src/mining/rules/mining-rule.ts';
import type { SmallCompany } from '../small-company.ts';

interface Conjunction {
  criteria: { dimension: string; value: string }[];
  people: Set<number>;
}

/** Every conjunction of at most `most` `dimension = value` that somebody meets. */
function listConjunctions({ people, dimensions }: SmallCompany, most: number): Conjunction[] {
  const found = new Map<string, Conjunction>();
  people.forEach(({ attributes }, p) => {
    for (let choice = 1; choice < 1 << dimensions; choice++) {
      const chosen = attributes.flatMap((value, d) =>
        choice & (1 << d) ? [{ dimension: `d${d}`, value: value ?? '' }] : [],
      );
      if (chosen.length > most || chosen.some(({ value }) => value === '')) continue;
      const key = JSON.stringify(chosen);
      const known = found.get(key) ?? { criteria: chosen, people: new Set() };
      known.people.add(p);
      found.set(key, known);
    }
  });
  return [...found.values()];
}

const dimensionsOf = ({ criteria }: Conjunction) => criteria.map((one) => one.dimension).join();
const valuesOf = ({ criteria }: Conjunction) => criteria.map((one) => one.value).join();
const order = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

function common(a: Set<number>, b: Set<number>): number[] {
  return [...a].filter((one) => b.has(one));
}

function rate(total: number, matched: Set<number>, holders: Set<number>) {
  const right = common(matched, holders).length;
  const falsePositives = matched.size - right;
  const falseNegatives = holders.size - right;
  const neither = total - right - falsePositives - falseNegatives;
  return {
    matched: matched.size,
    truePositives: right,
    falsePositives,
    falseNegatives,
    precisionPercent: (100 * (right + neither)) / total,
    falsePositivePercent: matched.size === 0 ? 0 : (100 * falsePositives) / matched.size,
  };
}

/**
 * Percentages compared without rounding: limits are written with at most two places, so that both sides
 * are whole numbers.
 */
function isAtMost(part: number, whole: number, percent: number): boolean {
  return 10_000 * part <= Math.round(100 * percent) * whole;
}

/**
 * The lower end of the Wilson interval is the share q below p that is just as far from it as chance
 * goes, (p − q)² = z² q (1 − q) / n; so it is above a given q when p is and the left side is greater.
 */
function isBeyondChance(total: number, matched: Set<number>, holders: Set<number>): boolean {
  const others = total - matched.size;
  if (others === 0) return true;
  const right = common(matched, holders).length;
  const p = right / matched.size;
  const q = (holders.size - right) / others;
  return p > q && (p - q) ** 2 * matched.size > 1.959964 ** 2 * q * (1 - q);
}

function chooseFor(company: SmallCompany, rule: MiningRule, holders: Set<number>) {
  const rated = (people: Set<number>) => rate(company.people.length, people, holders);
  const admissible = listConjunctions(company, rule.maxCriteria).filter(
    ({ people }) =>
      people.size >= rule.minIdentities &&
      isAtMost(rated(people).falsePositives, people.size, rule.falsePositiveMaxPercent) &&
      (!rule.statisticalGuard || isBeyondChance(company.people.length, people, holders)),
  );
  const chosen: Conjunction[] = [];
  let matched = new Set<number>();
  for (;;) {
    const gain = ({ people }: Conjunction) =>
      common(people, holders).filter((one) => !matched.has(one)).length;
    const [best] = admissible.sort(
      (a, b) =>
        gain(b) - gain(a) ||
        a.criteria.length - b.criteria.length ||
        b.people.size - a.people.size ||
        order(dimensionsOf(a), dimensionsOf(b)) ||
        order(valuesOf(a), valuesOf(b)),
    );
    if (!best || gain(best) < 2) break;
    chosen.push(best);
    matched = new Set([...matched, ...best.people]);
  }
  const figures = rated(matched);
  const total = company.people.length;
  const wrong = figures.falsePositives + figures.falseNegatives;
  const isMade =
    (rule.criterion === 'coverage' || isAtMost(wrong, total, 100 - rule.precisionMinPercent)) &&
    isAtMost(figures.falsePositives, matched.size, rule.falsePositiveMaxPercent) &&
    figures.falsePositives <= (rule.maxNewGrants ?? total) &&
    figures.truePositives > 0;
  if (!isMade) return undefined;
  const rules = chosen.map(({ criteria, people }) => ({ criteria, ...rated(people) }));
  return { ...figures, rules };
}

/** Categories are written in lower case here: `a` holds `a` and all that begins with `a/`. */
function isWanted(rule: MiningRule, { category = '', approvals }: MinableRole): boolean {
  const byApprovals = {
    0: rule.includeNoValidation,
    1: rule.includeSimpleValidation,
    2: rule.includeDoubleValidation,
    3: rule.includeTripleValidation,
  };
  const isInside = rule.category === undefined || `${category}/`.startsWith(`${rule.category}/`);
  return isInside && (byApprovals[approvals as 0 | 1 | 2 | 3] ?? false);
}

/** The sets of mining rules by their definition alone, trying everything. */
export function chooseRules(
  company: SmallCompany,
  roles: readonly MinableRole[],
  rules: readonly MiningRule[],
) {
  const settled = new Set<number>();
  const holdersOf = (entitlement: number) =>
    new Set(company.people.flatMap(({ holds }, p) => (holds.has(entitlement) ? [p] : [])));
  const order = [...rules.entries()].sort(([, a], [, b]) => b.priority - a.priority);
  return order.flatMap(([miningRule, rule]) => {
    const open = [...roles.keys()].filter((e) => !settled.has(e) && isWanted(rule, roles[e]!));
    return open.flatMap((entitlement) => {
      const set = rule.excludeRole ? undefined : chooseFor(company, rule, holdersOf(entitlement));
      if (set || rule.excludeRole) settled.add(entitlement);
      return set ? [{ miningRule, entitlement, ...set }] : [];
    });
  });
}
