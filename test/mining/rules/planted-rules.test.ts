import { describe, expect, test } from 'vitest';
import { plantRules } from '../../../bench/plant-rules.ts';
import { scoreRules } from '../../../bench/rules-planted.ts';
import { findUniversityRules } from '../../../bench/rules-university.ts';
import { isUniversityThere } from '../../../bench/university.ts';
import { completeRule } from '../../../src/mining/rules/mining-rule.ts';

const size = { people: 400, entitlements: 60 };
const lenient = { precisionMinPercent: 80, falsePositiveMaxPercent: 20 };

describe('single role rules planted in a generated company are found', () => {
  test('all of them and no others without noise, and none with shuffled attributes', () => {
    const company = plantRules(size, 0, 1);
    const score = scoreRules(company, completeRule({ ruleType: 'required' }), 1);
    expect(score).toMatchObject({ found: score.planted, right: score.planted, invented: 0 });
    expect(score.planted).toBeGreaterThan(size.entitlements);
  });

  test.each([
    { guard: 'without', statisticalGuard: false },
    { guard: 'with', statisticalGuard: true },
  ])(
    'at least 95 % of them in noisy data, $guard the statistical guard',
    ({ statisticalGuard }) => {
      const rule = completeRule({ ruleType: 'required', ...lenient, statisticalGuard });
      const { planted, found, right } = scoreRules(plantRules(size, 2, 1), rule, 1);
      expect(right / planted).toBeGreaterThanOrEqual(0.95);
      expect(right / found).toBeGreaterThanOrEqual(0.95);
    },
  );
});

const hasUniversity = isUniversityThere();
const skipNote = hasUniversity ? '' : ' [skipped: ../shared/data/abac-university is not here]';

describe.skipIf(!hasUniversity)(`rules of a university (Xu and Stoller 2015)${skipNote}`, () => {
  test('rules on user attributes alone are found, each for all of its entitlements', () => {
    const found = findUniversityRules('coverage');
    expect(found.map(({ rule }) => rule.value)).toEqual(['registrar', 'registrar', 'admissions']);
    for (const { rule, found: foundEntitlements } of found)
      expect(foundEntitlements).toBe(rule.entitlements.length);
  });
});
