import { type AccessMatrix, countHolders } from '../src/mining/matrix/matrix.ts';
import { completeRule, type MiningRule } from '../src/mining/rules/mining-rule.ts';
import { type MinedRule, mineRules } from '../src/mining/rules/rules.ts';
import { listMembers } from './generated.ts';
import { type BenchOptions, type Measured, percent, table, whole } from './page.ts';
import { type PlantedMatrix, plantRules, shuffleAttributes } from './plant-rules.ts';

const noises = [0, 2, 5];
const entitlements = 100;

/** What a mining rule may be set to; the last is that of the well-known sample's third rule. */
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
  /** Rules made of the same grants when attributes are those of others. */
  invented: number;
}

/** How many of the planted rules a mining rule finds, by their people, and what it makes of chance. */
export function scoreRules(
  { matrix, planted, firstPlanted }: PlantedMatrix,
  rule: MiningRule,
  seed: number,
): Score {
  const found = findRules(matrix, rule).filter(({ entitlement }) => entitlement >= firstPlanted);
  const keys = new Set(found.map((one) => `${one.entitlement}:${keyOf(matrix, one)}`));
  const right = planted.filter(({ entitlement, key }) => keys.has(`${entitlement}:${key}`));
  const holders = countHolders(matrix);
  // What all but so few hold, anybody is right to get, whatever the attributes.
  const most = 1 - rule.falsePositiveMaxPercent / 100;
  const invented = findRules(shuffleAttributes(matrix, seed), rule).filter(
    ({ entitlement }) => holders[entitlement]! < most * matrix.people,
  );
  return {
    planted: planted.length,
    found: found.length,
    right: right.length,
    invented: invented.length,
  };
}

function keyOf(matrix: AccessMatrix, { criteria }: MinedRule): string {
  const cohort = criteria.map(({ dimension, value }) => [dimension, [value]]);
  return listMembers(matrix, Object.fromEntries(cohort)).join();
}

export function measurePlantedRules({ quick, seed, tell }: BenchOptions): Measured {
  const seeds = Array.from({ length: quick ? 1 : 5 }, (_, at) => seed + at);
  const rows = (quick ? [400] : [400, 1_000, 4_000]).flatMap((people) => {
    tell(`  planted rules, ${whole(people)} people`);
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
  const least = (noise: number, name: string) =>
    Math.min(
      ...rows.filter((row) => row.noise === noise && row.name === name).map((row) => row.recall),
    );
  const invented = rows.filter(({ name }) => name === settings[0]!.name);
  const atDefault = Math.max(...invented.map((row) => row.invented));
  const [exact, noisy] = [least(0, settings[0]!.name), least(2, '80, 20')];
  return {
    lines: [
      `The generated company with ${entitlements} more entitlements that one to three rules give, of one to three criteria and five`,
      'people and more each; then a share of all grants is gone and as many are new at random. Found is a planted',
      'rule when a rule of just its people is made; right is the share of the rules made for those entitlements',
      'that were planted. Limits are precisionMinPercent and falsePositiveMaxPercent. Of ten people one who lost the',
      'grant already is 10 % false positives, so that narrow limits find the parts of a noisy rule instead of the',
      'rule. Invented: rules made when everybody has the attributes of somebody else, but for entitlements that',
      `so many hold that anybody may. ${quick ? 'One company' : 'Means of five companies'} of each kind; at least 5 people and at most 3 criteria a rule.`,
      '',
      ...table(
        ['company', 'noise', 'limits', 'found', 'right', 'invented'],
        rows.map(({ people, noise, name, recall, precision, invented }) => [
          `${whole(people)} people`,
          `${noise} %`,
          name,
          percent(recall),
          precision === undefined ? 'none made' : percent(precision),
          invented.toFixed(1),
        ]),
      ),
    ],
    verdicts: [
      {
        what: 'planted single role rules found at 0 % noise, default limits (fewest of the sizes)',
        target: '100 %',
        measured: percent(exact),
        met: exact === 1,
      },
      {
        what: 'planted single role rules found at 2 % noise, limits 80 and 20 (fewest of the sizes)',
        target: '≥ 95 %',
        measured: percent(noisy),
        met: noisy >= 0.95,
      },
      {
        what: 'rules invented of shuffled attributes, default limits (most of the sizes and noises)',
        target: '0',
        measured: atDefault.toFixed(1),
        met: atDefault === 0,
      },
    ],
  };
}
