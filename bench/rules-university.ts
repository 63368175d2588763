import { completeRule } from '../src/mining/rules/mining-rule.ts';
import { mineRules } from '../src/mining/rules/rules.ts';
import { type Measured, notMeasured, table } from './page.ts';
import {
  formatUniversityRule,
  isUniversityThere,
  readUniversity,
  type UniversityRule,
} from './university.ts';

/** For each rule of the policy, the number of its entitlements that get exactly this rule. */
export function findUniversityRules(
  criterion: 'precision' | 'coverage',
): { rule: UniversityRule; found: number }[] {
  const { matrix, rules } = readUniversity();
  const roles = Array.from({ length: matrix.entitlements }, () => ({ approvals: 1 }));
  // Some offices have two people.
  const miningRule = completeRule({ ruleType: 'required', minIdentities: 2, criterion });
  const { sets } = mineRules(matrix, roles, [miningRule]);
  return rules.map((rule) => {
    const right = sets.filter(({ entitlement, rules: [firstRule, ...more] }) => {
      const [first, ...further] = firstRule?.criteria ?? [];
      const isRule = first?.dimension === rule.dimension && first.value === rule.value;
      return (
        isRule && more.length + further.length === 0 && rule.entitlements.includes(entitlement)
      );
    });
    return { rule, found: right.length };
  });
}

export function measureUniversityRules(): Measured {
  if (!isUniversityThere()) return notMeasured('abac-university is missing');
  const covering = findUniversityRules('coverage');
  const precise = findUniversityRules('precision');
  const complete = covering.filter(({ rule, found }) => found === rule.entitlements.length);
  return {
    lines: [
      'Rules of the university policy with only a condition on an attribute of the user, without false',
      'positives and with at least 2 people: the number of entitlements that get exactly this rule. Other',
      'rules of the policy give access to single people (a student reads their own transcript), whom no attribute',
      'identifies. Among 22 people each is 4.5 % of precision, so 100 % rejects such rules and `criterion: coverage` does not.',
      '',
      ...table(
        ['rule', 'entitlements', 'coverage', 'precision 100 %'],
        covering.map(({ rule, found }, at) => [
          formatUniversityRule(rule),
          String(rule.entitlements.length),
          String(found),
          String(precise[at]?.found),
        ]),
      ),
    ],
    verdicts: [
      {
        figure: 'university rules on user attributes alone, found by a mining rule',
        target: `${covering.length} of ${covering.length}`,
        measured: `${complete.length} of ${covering.length}`,
        met: covering.length > 0 && complete.length === covering.length,
      },
    ],
  };
}
