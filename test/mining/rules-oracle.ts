import type { MinedRole, MiningRule } from '../../src/mining/mining-rule.ts';
import type { SmallCompany } from './small-company.ts';

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

function chooseFor(company: SmallCompany, rule: MiningRule, holders: Set<number>) {
  const rated = (people: Set<number>) => rate(company.people.length, people, holders);
  const admissible = listConjunctions(company, rule.maxCriteria).filter(
    ({ people }) =>
      people.size >= rule.minIdentities &&
      rated(people).falsePositivePercent <= rule.falsePositiveMaxPercent,
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
  const isMade =
    (rule.criterion === 'coverage' || figures.precisionPercent >= rule.precisionMinPercent) &&
    figures.falsePositivePercent <= rule.falsePositiveMaxPercent &&
    figures.truePositives > 0;
  if (!isMade) return undefined;
  const rules = chosen.map(({ criteria, people }) => ({ criteria, ...rated(people) }));
  return { ...figures, rules };
}

/** The sets of mining rules by their definition alone, trying everything. */
export function chooseRules(
  company: SmallCompany,
  roles: readonly MinedRole[],
  rules: readonly MiningRule[],
) {
  const settled = new Set<number>();
  const holdersOf = (entitlement: number) =>
    new Set(company.people.flatMap(({ holds }, p) => (holds.has(entitlement) ? [p] : [])));
  const order = [...rules.entries()].sort(([, a], [, b]) => b.priority - a.priority);
  return order.flatMap(([miningRule, rule]) => {
    const asked = [
      rule.includeNoValidation,
      rule.includeSimpleValidation,
      rule.includeDoubleValidation,
    ];
    const open = [...roles.keys()].filter((e) => !settled.has(e) && asked[roles[e]!.approvals]);
    return open.flatMap((entitlement) => {
      const set = rule.excludeRole ? undefined : chooseFor(company, rule, holdersOf(entitlement));
      if (set || rule.excludeRole) settled.add(entitlement);
      return set ? [{ miningRule, entitlement, ...set }] : [];
    });
  });
}
