import { type AccessMatrix, buildMatrix } from '../src/mining/matrix/matrix.ts';
import { mine } from '../src/mining/suggestions/mine.ts';
import { buildColumns, createNumbering, hasDataSet, readRows, readText } from './data.ts';
import { notMeasured, type Section, table } from './page.ts';

const path = 'abac-university';
const dimensions = ['position', 'department', 'isChair'];
/** Offices of two people: the question is whether a rule is found, not whether it is certain. */
const options = { minCohortSize: 2, minLowerBoundPercent: 30, maxSuggestions: 1_000_000 };

/** A rule of the policy with its entitlements. */
export interface UniversityRule {
  dimension: string;
  value: string;
  resourceType: string;
  actions: string[];
  entitlements: number[];
}

export function isUniversityThere(): boolean {
  return hasDataSet(`${path}/grants`);
}

/**
 * Reads the grants of the university, and the rules with one attribute of the user and no condition
 * that relates user and resource: `rule(department [ {registrar}; type [ {roster}; {read write};
 * )`.
 */
export function readUniversity(): { matrix: AccessMatrix; rules: UniversityRule[] } {
  const entitlements = createNumbering();
  const users = readRows(`${path}/users`);
  const places = new Map(users.map(({ USER = '' }, at) => [USER, at]));
  const grants = readRows(`${path}/grants`).map(({ USER = '', RESOURCE, ACTION }) => ({
    person: places.get(USER) ?? -1,
    entitlement: entitlements.of(`${RESOURCE} ${ACTION}`),
  }));
  const matrix = buildMatrix(
    users.length,
    entitlements.numbers.size,
    grants.map(({ person }) => person),
    grants.map(({ entitlement }) => entitlement),
    buildColumns(users, dimensions),
  );
  const resources = readRows(`${path}/resources`);
  const pattern = /^rule\(\s*(\w+) \[ \{(\w+)\};\s*type \[ \{(\w+)\};\s*\{([\w ]+)\};\s*\)/gm;
  const rules = [...readText(`${path}/policy.abac`).matchAll(pattern)].map(
    ([, dimension = '', value = '', resourceType = '', words = '']) => {
      const actions = words.split(' ');
      const names = resources
        .filter(({ type }) => type === resourceType)
        .flatMap(({ RESOURCE }) => actions.map((action) => `${RESOURCE} ${action}`));
      return { dimension, value, resourceType, actions, entitlements: names.map(entitlements.of) };
    },
  );
  return { matrix, rules };
}

/** "department = registrar → read every transcript" */
export function formatUniversityRule({ dimension, value, resourceType, actions }: UniversityRule) {
  return `${dimension} = ${value} → ${actions.join(', ')} every ${resourceType}`;
}

export const university: Section = {
  name: 'university',
  title: 'Rules of the university policy',
  measure: async () => {
    if (!isUniversityThere()) return notMeasured(`${path} is missing`);
    const { matrix, rules: policy } = readUniversity();
    const { suggestions } = mine(matrix, options);
    const rules = policy.map((rule) => {
      const found = suggestions
        .filter(({ cohort }) => isCohort(cohort, rule))
        .flatMap(({ entitlements }) => entitlements.map(({ entitlement }) => entitlement));
      const right = rule.entitlements.filter((one) => found.includes(one));
      return { rule, total: rule.entitlements.length, right: right.length };
    });
    const complete = rules.filter(({ total: wanted, right }) => wanted > 0 && right === wanted);
    return {
      lines: [
        `Of the rules of the policy, ${rules.length} have only a condition on an attribute of the user. A rule is recovered if its condition is`,
        `suggested as a cohort with all its entitlements (cohorts of ${options.minCohortSize} people, lower bound ${options.minLowerBoundPercent} %).`,
        '',
        ...table(
          ['rule', 'entitlements', 'suggested'],
          rules.map(({ rule, total: wanted, right }) => [
            formatUniversityRule(rule),
            String(wanted),
            String(right),
          ]),
        ),
      ],
      verdicts: [
        {
          figure: 'university rules on user attributes alone, recovered',
          target: `${rules.length} of ${rules.length}`,
          measured: `${complete.length} of ${rules.length}`,
          met: rules.length > 0 && complete.length === rules.length,
        },
      ],
    };
  },
};

function isCohort(cohort: Record<string, string[]>, { dimension, value }: UniversityRule): boolean {
  const entries = Object.entries(cohort);
  return entries.length === 1 && cohort[dimension]?.[0] === value;
}
