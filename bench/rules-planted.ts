import { type AccessMatrix, countHolders } from '../src/mining/matrix/matrix.ts';
import { completeRule, type MiningRule } from '../src/mining/rules/mining-rule.ts';
import { type MinedRule, mineRules } from '../src/mining/rules/rules.ts';
import { listMembers } from './generated.ts';
import {
  type BenchOptions,
  formatCount,
  formatPercent,
  type Measured,
  table,
  type Verdict,
} from './page.ts';
import { type PlantedMatrix, plantRules, shuffleAttributes } from './plant-rules.ts';

const noises = [0, 2, 5];
const entitlements = 100;

/** Settings of a mining rule; the last limits are those of the well-known sample's third rule. */
const settings: { name: string; rule: MiningRule }[] = [
  { name: 'default: 100, 0', given: {} },
  { name: '97, 3', given: { precisionMinPercent: 97, falsePositiveMaxPercent: 3 } },
  { name: '95, 10', given: { precisionMinPercent: 95, falsePositiveMaxPercent: 10 } },
  { name: '80, 20', given: { precisionMinPercent: 80, falsePositiveMaxPercent: 20 } },
  {
    name: '80, 20, guarded',
    given: { precisionMinPercent: 80, falsePositiveMaxPercent: 20, statisticalGuard: true },
  },
].map(({ name, given }) => ({ name, rule: completeRule({ ruleType: 'required', ...given }) }));

type FoundRule = MinedRule & { entitlement: number };

function findRules(matrix: AccessMatrix, rule: MiningRule): FoundRule[] {
  const roles = Array.from({ length: matrix.entitlements }, () => ({ approvals: 1 }));
  const { sets } = mineRules(matrix, roles, [rule]);
  return sets.flatMap(({ entitlement, rules }) => rules.map((one) => ({ ...one, entitlement })));
}

interface Score {
  planted: number;
  found: number;
  right: number;
  /** Rules found in the same grants with shuffled attributes. */
  invented: number;
}

/**
 * Counts the planted rules that a mining rule finds, by their people, and the rules it finds by
 * chance.
 */
export function scoreRules(
  { matrix, planted, firstPlanted }: PlantedMatrix,
  rule: MiningRule,
  seed: number,
): Score {
  const found = findRules(matrix, rule).filter(({ entitlement }) => entitlement >= firstPlanted);
  const keys = new Set(found.map((one) => `${one.entitlement}:${toPeopleKey(matrix, one)}`));
  const right = planted.filter(({ entitlement, key }) => keys.has(`${entitlement}:${key}`));
  const holders = countHolders(matrix);
  // If nearly everybody holds an entitlement, any rule for it is right, whatever the attributes.
  const maxHolderShare = 1 - rule.falsePositiveMaxPercent / 100;
  const invented = findRules(shuffleAttributes(matrix, seed), rule).filter(
    ({ entitlement }) => holders[entitlement]! < maxHolderShare * matrix.people,
  );
  return {
    planted: planted.length,
    found: found.length,
    right: right.length,
    invented: invented.length,
  };
}

function toPeopleKey(matrix: AccessMatrix, { criteria }: MinedRule): string {
  const cohort = criteria.map(({ dimension, value }) => [dimension, [value]]);
  return listMembers(matrix, Object.fromEntries(cohort)).join();
}

interface Row {
  people: number;
  noise: number;
  name: string;
  recall: number;
  /** undefined: no rules were found. */
  precision: number | undefined;
  invented: number;
}

function measureRows({ quick, seed, report }: BenchOptions): Row[] {
  const seeds = Array.from({ length: quick ? 1 : 5 }, (_, at) => seed + at);
  return (quick ? [400] : [400, 1_000, 4_000]).flatMap((people) => {
    report(`  planted rules, ${formatCount(people)} people`);
    return noises.flatMap((noise) => {
      const companies = seeds.map((one) => plantRules({ people, entitlements }, noise, one));
      return settings.map(({ name, rule }) => {
        const scores = companies.map((company, at) => scoreRules(company, rule, seeds[at]!));
        const sum = (of: keyof Score) => scores.reduce((total, score) => total + score[of], 0);
        return {
          people,
          noise,
          name,
          recall: sum('right') / sum('planted'),
          precision: sum('found') === 0 ? undefined : sum('right') / sum('found'),
          invented: sum('invented') / seeds.length,
        };
      });
    });
  });
}

export function measurePlantedRules(options: BenchOptions): Measured {
  const { quick } = options;
  const rows = measureRows(options);
  return {
    lines: [
      `A generated company with ${entitlements} more entitlements that one to three rules give, each with one to three criteria and at least five`,
      'people; then a share of all grants is replaced by random ones. A planted rule is found',
      'if a rule with exactly its people is created; right is the share of the rules for those entitlements',
      'that were planted. Limits are precisionMinPercent and falsePositiveMaxPercent. One of ten people who lost the',
      'grant is already 10 % false positives, so narrow limits find parts of a noisy rule instead of the',
      'rule. Invented: rules found after people get the attributes of others, except for entitlements that',
      `nearly everybody holds. ${quick ? 'One company' : 'Means of five companies'} of each kind; at least 5 people and at most 3 criteria per rule.`,
      '',
      ...table(
        ['company', 'noise', 'limits', 'found', 'right', 'invented'],
        rows.map(({ people, noise, name, recall, precision, invented }) => [
          `${formatCount(people)} people`,
          `${noise} %`,
          name,
          formatPercent(recall),
          precision === undefined ? 'none' : formatPercent(precision),
          invented.toFixed(1),
        ]),
      ),
    ],
    verdicts: toVerdicts(rows),
  };
}

function toVerdicts(rows: readonly Row[]): Verdict[] {
  const findLowestRecall = (noise: number, name: string) =>
    Math.min(
      ...rows.filter((row) => row.noise === noise && row.name === name).map((row) => row.recall),
    );
  const invented = rows.filter(({ name }) => name === settings[0]!.name);
  const atDefault = Math.max(...invented.map((row) => row.invented));
  const [exact, noisy] = [findLowestRecall(0, settings[0]!.name), findLowestRecall(2, '80, 20')];
  return [
    {
      figure: 'planted single role rules found at 0 % noise, default limits (minimum of the sizes)',
      target: '100 %',
      measured: formatPercent(exact),
      met: exact === 1,
    },
    {
      figure:
        'planted single role rules found at 2 % noise, limits 80 and 20 (minimum of the sizes)',
      target: '≥ 95 %',
      measured: formatPercent(noisy),
      met: noisy >= 0.95,
    },
    {
      figure:
        'rules found in shuffled attributes, default limits (maximum of the sizes and noises)',
      target: '0',
      measured: atDefault.toFixed(1),
      met: atDefault === 0,
    },
  ];
}
