import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildColumn, buildMatrix } from '../../../src/mining/matrix/matrix.ts';
import {
  completeRule,
  type MinableRole,
  type MiningRule,
} from '../../../src/mining/rules/mining-rule.ts';
import { mineRules } from '../../../src/mining/rules/rules.ts';
import { smallCompanies, toMatrix } from '../small-company.ts';
import { chooseRules } from './rules-oracle.ts';

const simple: MinableRole = { approvals: 1 };

function createRule(properties: Partial<MiningRule> = {}) {
  return completeRule({ ruleType: 'required', ...properties });
}

/**
 * 1000 people, `matched` of them in Sales. The first `right` of these and `others` more hold the
 * role.
 */
function buildSales(matched: number, right: number, others: number) {
  const teams = Array.from({ length: 1000 }, (_, p) => (p < matched ? 'Sales' : undefined));
  const holders = teams.flatMap((_, p) =>
    p < right || (p >= matched && p < matched + others) ? [p] : [],
  );
  return buildMatrix(1000, 1, holders, new Uint32Array(holders.length), [
    buildColumn('department', teams),
  ]);
}

function mineSales(sizes: [number, number, number], properties: Partial<MiningRule>) {
  return mineRules(buildSales(...sizes), [simple], [createRule(properties)]);
}

const strict = { precisionMinPercent: 99.5, falsePositiveMaxPercent: 1 };
const loose = { precisionMinPercent: 95, falsePositiveMaxPercent: 5 };

describe('mining rules', () => {
  test('a rule with 99 holders among 100 people has precision 99.8 % and 1 % false positives', () => {
    const { sets } = mineSales([100, 99, 1], strict);
    expect(sets).toMatchObject([
      {
        truePositives: 99,
        falsePositives: 1,
        falseNegatives: 1,
        precisionPercent: 99.8,
        falsePositivePercent: 1,
        rules: [{ criteria: [{ dimension: 'department', value: 'Sales' }], matched: 100 }],
      },
    ]);
  });

  test('a rule with 95 holders among 100 people passes only the loose limits', () => {
    expect(mineSales([100, 95, 5], strict).sets).toEqual([]);
    const { sets } = mineSales([100, 95, 5], loose);
    expect(sets).toMatchObject([{ precisionPercent: 99, falsePositivePercent: 5 }]);
  });

  test('rules that would create more grants than maxNewGrants are held back', () => {
    expect(mineSales([100, 95, 5], { ...loose, maxNewGrants: 5 }).sets).toHaveLength(1);
    const { sets, heldBack } = mineSales([100, 95, 5], { ...loose, maxNewGrants: 4 });
    expect([sets.length, heldBack.length]).toEqual([0, 1]);
  });

  test('rounding does not decide whether a rule reaches a limit', () => {
    const third = { minIdentities: 3, precisionMinPercent: 0 };
    const countSets = (falsePositiveMaxPercent: number) =>
      mineSales([3, 2, 0], { ...third, falsePositiveMaxPercent }).sets.length;
    expect([countSets(33.333_333_333), countSets(33.333)]).toEqual([1, 0]);
  });

  test('a rule that excludes roles affects only later rules of the same priority', () => {
    const [mining, excluding] = [
      createRule({ priority: 1 }),
      createRule({ priority: 1, excludeRole: true }),
    ];
    const listMiningRules = (...rules: MiningRule[]) =>
      mineRules(buildSales(10, 10, 0), [simple], rules).sets.map(({ miningRule }) => miningRule);
    expect(listMiningRules(mining, excluding)).toEqual([0]);
    expect(listMiningRules(excluding, mining)).toEqual([]);
    expect(listMiningRules(excluding, { ...mining, priority: 2 })).toEqual([1]);
  });

  test('a role whose holders match no rule is not in the result', () => {
    expect(mineSales([0, 0, 5], strict)).toEqual({ sets: [], heldBack: [] });
  });

  test('a rule that matches 40 of 100 holders is held back, but accepted with the coverage criterion', () => {
    const { sets, heldBack } = mineSales([40, 40, 60], strict);
    expect(sets).toEqual([]);
    expect(heldBack).toMatchObject([
      { truePositives: 40, falseNegatives: 60, precisionPercent: 94, falsePositivePercent: 0 },
    ]);
    const covering = mineSales([40, 40, 60], { ...strict, criterion: 'coverage' });
    expect(covering.sets).toMatchObject([{ truePositives: 40 }]);
  });

  test('the statistical guard rejects a rule that could be chance or popularity', () => {
    const guarded = { precisionMinPercent: 0, falsePositiveMaxPercent: 20, statisticalGuard: true };
    // Five of five: at least 56.55 %. Of the other 995 people 56.48 % and 56.58 % hold it.
    expect(mineSales([5, 5, 562], guarded).sets).toHaveLength(1);
    expect(mineSales([5, 5, 563], guarded)).toEqual({ sets: [], heldBack: [] });
    // 95 of 100: at least 88.82 %.
    expect(mineSales([100, 95, 799], guarded).sets).toHaveLength(1);
    expect(mineSales([100, 95, 800], guarded).sets).toEqual([]);
    expect(mineSales([100, 95, 800], { ...guarded, statisticalGuard: false }).sets).toHaveLength(1);
  });

  test('the statistical guard always accepts a rule that matches everyone', () => {
    const { sets } = mineSales([1000, 990, 0], {
      ...strict,
      precisionMinPercent: 99,
      statisticalGuard: true,
    });
    expect(sets).toMatchObject([{ matched: 1000, truePositives: 990 }]);
  });

  test('the statistical guard can reject a cohort and accept a narrower one', () => {
    // 80 of the 100 in Sales hold it, including all 20 in Lyon, and 700 of the other 900 people.
    const teams = Array.from({ length: 1000 }, (_, p) => (p < 100 ? 'Sales' : 'Support'));
    const towns = Array.from({ length: 1000 }, (_, p) => (p < 20 || p >= 980 ? 'Lyon' : 'Oslo'));
    const holders = teams.flatMap((_, p) => (p < 80 || (p >= 100 && p < 800) ? [p] : []));
    const matrix = buildMatrix(1000, 1, holders, new Uint32Array(holders.length), [
      buildColumn('team', teams),
      buildColumn('town', towns),
    ]);
    const limits = { criterion: 'coverage' as const, falsePositiveMaxPercent: 20 };
    const mineFirstRule = (statisticalGuard: boolean) =>
      mineRules(matrix, [simple], [createRule({ ...limits, statisticalGuard })]).sets[0]!.rules[0];
    expect(mineFirstRule(false)?.criteria).toEqual([{ dimension: 'team', value: 'Sales' }]);
    expect(mineFirstRule(true)?.criteria).toEqual([
      { dimension: 'team', value: 'Sales' },
      { dimension: 'town', value: 'Lyon' },
    ]);
  });

  test('the result matches the definition', () => {
    const usually = fc.integer({ min: 0, max: 7 }).map((roll) => roll > 0);
    const percents = fc.constantFrom(0, 14.28, 14.29, 20, 33.33, 33.34, 50, 100);
    const rule = fc.record({
      ruleType: fc.constant('required' as const),
      precisionMinPercent: fc.constantFrom(0, 0, 60, 66.66, 66.67, 80, 95, 100),
      falsePositiveMaxPercent: percents,
      criterion: fc.constantFrom('precision' as const, 'coverage', 'coverage'),
      excludeRole: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
      category: fc.constantFrom(...Array(8).fill(undefined), 'a', 'a/b'),
      includeNoValidation: usually,
      includeSimpleValidation: usually,
      includeDoubleValidation: usually,
      includeTripleValidation: usually,
      maxNewGrants: fc.constantFrom(undefined, undefined, undefined, 1, 3),
      statisticalGuard: fc.integer({ min: 0, max: 2 }).map((roll) => roll === 0),
      priority: fc.integer({ min: 0, max: 2 }),
      minIdentities: fc.integer({ min: 1, max: 6 }),
      maxCriteria: fc.integer({ min: 1, max: 3 }),
    });
    let accepted = 0;
    let several = 0;
    let changedByGuard = 0;
    fc.assert(
      fc.property(
        smallCompanies,
        fc.array(rule, { minLength: 1, maxLength: 3 }),
        (company, properties) => {
          const rules = properties.map(completeRule);
          const categories = ['a', 'a/b', 'ab', undefined, 'b'];
          const roles = Array.from({ length: company.entitlements }, (_, e) => ({
            approvals: e % 4,
            category: categories[e % 5],
          }));
          const { sets } = mineRules(toMatrix(company), roles, rules);
          expect(sets).toEqual(chooseRules(company, roles, rules));
          accepted += sets.length;
          several += sets.filter((set) => set.rules.length > 1).length;
          const without = rules.map((one) => ({ ...one, statisticalGuard: false }));
          const unguarded = mineRules(toMatrix(company), roles, without).sets;
          if (JSON.stringify(unguarded) !== JSON.stringify(sets)) changedByGuard++;
        },
      ),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(several).toBeGreaterThan(8);
    expect(changedByGuard).toBeGreaterThan(8);
  });

  test('the order of grants does not change the result', () => {
    fc.assert(
      fc.property(smallCompanies, (company) => {
        const roles = Array.from({ length: company.entitlements }, () => simple);
        const rules = [createRule({ precisionMinPercent: 0, falsePositiveMaxPercent: 34 })];
        const found = mineRules(toMatrix(company), roles, rules);
        expect(mineRules(toMatrix(company, true), roles, rules)).toEqual(found);
      }),
    );
  });

  test('mining rules by priority: sensitive roles at high precision, then all roles, then suggestions', () => {
    // Ten teams of 100 people; role r belongs to team r, and a few of the team lack it.
    const teams = Array.from({ length: 1000 }, (_, p) => `Team ${Math.floor(p / 100)}`);
    const missingPeople = [0, 4, 0, 15, 40];
    const pairs = missingPeople.flatMap((missing, role) =>
      teams.flatMap((team, p) =>
        team === `Team ${role}` && p % 100 >= missing ? [[p, role]] : [],
      ),
    );
    const matrix = buildMatrix(
      1000,
      missingPeople.length,
      pairs.map(([p]) => p!),
      pairs.map(([, role]) => role!),
      [buildColumn('team', teams)],
    );
    const roles = [2, 3, 0, 1, 1].map((approvals) => ({ approvals }));
    const first = createRule({
      includeNoValidation: false,
      includeSimpleValidation: false,
      falsePositiveMaxPercent: 0.03,
      precisionMinPercent: 97,
      priority: 10,
    });
    const second = createRule({
      falsePositiveMaxPercent: 0.05,
      precisionMinPercent: 95,
      priority: 1,
    });
    const third = createRule({
      falsePositiveMaxPercent: 20,
      precisionMinPercent: 80,
      ruleType: 'suggested',
      priority: 1,
    });
    const mineSets = (rules: MiningRule[]) =>
      mineRules(matrix, roles, rules).sets.map((set) => [set.miningRule, set.entitlement]);
    expect(mineSets([first, second, third])).toEqual([
      [0, 0],
      [1, 2],
      [2, 1],
      [2, 3],
    ]);
    expect(mineSets([second, third, { ...first, excludeRole: true }])).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test('a category includes the categories below it, ignoring case', () => {
    const matrix = buildMatrix(
      10,
      3,
      Array.from({ length: 30 }, (_, i) => i % 10),
      Array.from({ length: 30 }, (_, i) => Math.floor(i / 10)),
      [buildColumn('country', Array(10).fill('FR'))],
    );
    const roles = ['it/Servers', 'ITSM', undefined].map((category) => ({ category, approvals: 1 }));
    const { sets } = mineRules(matrix, roles, [createRule({ category: 'IT' })]);
    expect(sets.map(({ entitlement }) => entitlement)).toEqual([0]);
  });

  test('percentages out of range and more than three criteria are rejected', () => {
    expect(() => createRule({ precisionMinPercent: 100.1 })).toThrow(
      'precisionMinPercent must be 0 to 100, not 100.1',
    );
    expect(() => createRule({ falsePositiveMaxPercent: Number.NaN })).toThrow('0 to 100, not NaN');
    expect(() => createRule({ maxCriteria: 4 })).toThrow('maxCriteria must be 1, 2 or 3, not 4');
    expect(() => createRule({ minIdentities: 0 })).toThrow('whole number from 1, not 0');
  });
});
