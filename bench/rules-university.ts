import { completeRule } from '../src/mining/rules/mining-rule.ts';
import { mineRules } from '../src/mining/rules/rules.ts';
import { absent, type Measured, table } from './page.ts';
import {
  isUniversityThere,
  readUniversity,
  sayUniversityRule,
  type UniversityRule,
} from './university.ts';

/** Of the entitlements a rule of the policy gives, how many get just that rule. */
export function findUniversityRules(
  criterion: 'precision' | 'coverage',
): { rule: UniversityRule; found: number }[] {
  const { matrix, rules } = readUniversity();
  const roles = Array.from({ length: matrix.entitlements }, () => ({ approvals: 1 }));
  // Offices of two people.
  const miningRule = completeRule({ ruleType: 'required', minIdentities: 2, criterion });
  const { sets } = mineRules(matrix, roles, [miningRule]);
  return rules.map((rule) => {
    const right = sets.filter(({ entitlement, rules: [made, ...more] }) => {
      const [first, ...further] = made?.criteria ?? [];
      const isRule = first?.dimension === rule.dimension && first.value === rule.value;
      return (
        isRule && more.length + further.length === 0 && rule.entitlements.includes(entitlement)
      );
    });
    return { rule, found: right.length };
  });
}

export function measureUniversityRules(): Measured {
  if (!isUniversityThere()) return absent('abac-university is not there');
  const covering = findUniversityRules('coverage');
  const precise = findUniversityRules('precision');
  const whole = covering.filter(({ rule, found }) => found === rule.entitlements.length);
  return {
    lines: [
      'Of the rules of the university policy those that ask for an attribute of the user alone, at no false',
      'positives and at least 2 people: for how many of its entitlements is the rule made, and no other? What',
      'further rules give to single people (a student reads the own transcript) are holders that no attribute',
      'tells; of 22 people each is 4.5 % of precision, so that 100 % holds those back and `criterion: coverage` does not.',
      '',
      ...table(
        ['rule', 'entitlements', 'coverage', 'precision 100 %'],
        covering.map(({ rule, found }, at) => [
          sayUniversityRule(rule),
          String(rule.entitlements.length),
          String(found),
          String(precise[at]?.found),
        ]),
      ),
    ],
    verdicts: [
      {
        what: 'university rules on user attributes alone, found by a mining rule',
        target: `${covering.length} of ${covering.length}`,
        measured: `${whole.length} of ${covering.length}`,
        met: covering.length > 0 && whole.length === covering.length,
      },
    ],
  };
}
