import type { MinableRole, MiningRule } from '../../../src/mining/rules/mining-rule.ts';
import type { SmallCompany } from '../small-company.ts';

interface Conjunction {
  criteria: { dimension: string; value: string }[];
  people: Set<number>;
}

/** Every conjunction of at most `maxCriteria` criteria that somebody meets. */
function listConjunctions(
  { people, dimensions }: SmallCompany,
  maxCriteria: number,
): Conjunction[] {
  const found = new Map<string, Conjunction>();
  people.forEach(({ attributes }, p) => {
    for (let choice = 1; choice < 1 << dimensions; choice++) {
      const chosen = attributes.flatMap((value, d) =>
        choice & (1 << d) ? [{ dimension: `d${d}`, value: value ?? '' }] : [],
      );
      if (chosen.length > maxCriteria || chosen.some(({ value }) => value === '')) continue;
      const key = JSON.stringify(chosen);
      const conjunction = found.get(key) ?? { criteria: chosen, people: new Set() };
      conjunction.people.add(p);
      found.set(key, conjunction);
    }
  });
  return [...found.values()];
}

const dimensionsOf = ({ criteria }: Conjunction) => criteria.map((one) => one.dimension).join();
const valuesOf = ({ criteria }: Conjunction) => criteria.map((one) => one.value).join();
const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

function listCommon(a: Set<number>, b: Set<number>): number[] {
  return [...a].filter((one) => b.has(one));
}

function rate(total: number, matched: Set<number>, holders: Set<number>) {
  const right = listCommon(matched, holders).length;
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
 * Compares percentages without rounding. Limits have at most two decimal places, so both sides are
 * whole numbers.
 */
function isAtMost(part: number, whole: number, percent: number): boolean {
  return 10_000 * part <= Math.round(100 * percent) * whole;
}

/**
 * The lower end of the Wilson interval is the q below p with (p − q)² = z² q (1 − q) / n. So it is
 * above a given q exactly if p > q and the left side is greater.
 */
function isBeyondChance(total: number, matched: Set<number>, holders: Set<number>): boolean {
  const others = total - matched.size;
  if (others === 0) return true;
  const right = listCommon(matched, holders).length;
  const p = right / matched.size;
  const q = (holders.size - right) / others;
  return p > q && (p - q) ** 2 * matched.size > 1.959964 ** 2 * q * (1 - q);
}

function chooseRuleSet(company: SmallCompany, rule: MiningRule, holders: Set<number>) {
  const rateFor = (people: Set<number>) => rate(company.people.length, people, holders);
  const admissible = listConjunctions(company, rule.maxCriteria).filter(
    ({ people }) =>
      people.size >= rule.minIdentities &&
      isAtMost(rateFor(people).falsePositives, people.size, rule.falsePositiveMaxPercent) &&
      (!rule.statisticalGuard || isBeyondChance(company.people.length, people, holders)),
  );
  const chosen: Conjunction[] = [];
  let matched = new Set<number>();
  for (;;) {
    const gain = ({ people }: Conjunction) =>
      listCommon(people, holders).filter((one) => !matched.has(one)).length;
    const [best] = admissible.sort(
      (a, b) =>
        gain(b) - gain(a) ||
        a.criteria.length - b.criteria.length ||
        b.people.size - a.people.size ||
        compare(dimensionsOf(a), dimensionsOf(b)) ||
        compare(valuesOf(a), valuesOf(b)),
    );
    if (!best || gain(best) < 2) break;
    chosen.push(best);
    matched = new Set([...matched, ...best.people]);
  }
  const figures = rateFor(matched);
  const total = company.people.length;
  const wrong = figures.falsePositives + figures.falseNegatives;
  const isAccepted =
    (rule.criterion === 'coverage' || isAtMost(wrong, total, 100 - rule.precisionMinPercent)) &&
    isAtMost(figures.falsePositives, matched.size, rule.falsePositiveMaxPercent) &&
    figures.falsePositives <= (rule.maxNewGrants ?? total) &&
    figures.truePositives > 0;
  if (!isAccepted) return undefined;
  const rules = chosen.map(({ criteria, people }) => ({ criteria, ...rateFor(people) }));
  return { ...figures, rules };
}

/** Categories are lowercase here: `a` includes `a` and everything that begins with `a/`. */
function isTargeted(rule: MiningRule, { category = '', approvals }: MinableRole): boolean {
  const byApprovals = new Map([
    [0, rule.includeNoValidation],
    [1, rule.includeSimpleValidation],
    [2, rule.includeDoubleValidation],
    [3, rule.includeTripleValidation],
  ]);
  const isInside = rule.category === undefined || `${category}/`.startsWith(`${rule.category}/`);
  return isInside && (byApprovals.get(approvals) ?? false);
}

/** The sets of mining rules straight from their definition, by trying every conjunction. */
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
    const targeted = [...roles.keys()].filter(
      (e) => !settled.has(e) && isTargeted(rule, roles[e]!),
    );
    return targeted.flatMap((entitlement) => {
      const set = rule.excludeRole
        ? undefined
        : chooseRuleSet(company, rule, holdersOf(entitlement));
      if (set || rule.excludeRole) settled.add(entitlement);
      return set ? [{ miningRule, entitlement, ...set }] : [];
    });
  });
}
