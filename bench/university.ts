import { type AccessMatrix, buildMatrix } from '../src/mining/matrix/matrix.ts';
import { mine } from '../src/mining/suggestions/mine.ts';
import { columnsOf, isThere, numbering, readRows, readText } from './data.ts';
import { absent, type Section, table } from './page.ts';

const path = 'abac-university';
const dimensions = ['position', 'department', 'isChair'];
/** Offices of two people: what is asked for is whether the rule is seen, not whether it is sure. */
const options = { minCohortSize: 2, minLowerBoundPercent: 30, maxSuggestions: 1_000_000 };

/** A rule of the policy, and the entitlements it gives. */
export interface UniversityRule {
  dimension: string;
  value: string;
  resourceType: string;
  actions: string[];
  entitlements: number[];
}

export function isUniversityThere(): boolean {
  return isThere(`${path}/grants`);
}

/**
 * The grants of the university, and the rules that ask for one attribute of the user and nothing that
 * ties user and resource together: `rule(department [ {registrar}; type [ {roster}; {read write}; )`.
 */
export function readUniversity(): { matrix: AccessMatrix; rules: UniversityRule[] } {
  const entitlements = numbering();
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
    columnsOf(users, dimensions),
  );
  const resources = readRows(`${path}/resources`);
  const pattern = /^rule\(\s*(\w+) \[ \{(\w+)\};\s*type \[ \{(\w+)\};\s*\{([\w ]+)\};\s*\)/gm;
  const rules = [...readText(`${path}/policy.abac`).matchAll(pattern)].map(
    ([, dimension = '', value = '', resourceType = '', words = '']) => {
      const actions = words.split(' ');
      const given = resources
        .filter(({ type }) => type === resourceType)
        .flatMap(({ RESOURCE }) => actions.map((action) => `${RESOURCE} ${action}`));
      return { dimension, value, resourceType, actions, entitlements: given.map(entitlements.of) };
    },
  );
  return { matrix, rules };
}

/** "department = registrar → read every transcript" */
export function sayUniversityRule({ dimension, value, resourceType, actions }: UniversityRule) {
  return `${dimension} = ${value} → ${actions.join(', ')} every ${resourceType}`;
}

export const university: Section = {
  name: 'university',
  title: 'Rules of the university policy',
  measure: async () => {
    if (!isUniversityThere()) return absent(`${path} is not there`);
    const { matrix, rules: policy } = readUniversity();
    const { suggestions } = mine(matrix, options);
    const rules = policy.map((rule) => {
      const found = suggestions
        .filter(({ cohort }) => isCohort(cohort, rule))
        .flatMap(({ entitlements }) => entitlements.map(({ entitlement }) => entitlement));
      const right = rule.entitlements.filter((one) => found.includes(one));
      return { rule, wanted: rule.entitlements.length, right: right.length };
    });
    const whole = rules.filter(({ wanted, right }) => wanted > 0 && right === wanted);
    return {
      lines: [
        `Of the rules of the policy, ${rules.length} ask for an attribute of the user alone. Recovered is one whose condition is`,
        `suggested as a cohort with all the entitlements the rule gives (cohorts of ${options.minCohortSize} people, lower bound ${options.minLowerBoundPercent} %).`,
        '',
        ...table(
          ['rule', 'entitlements', 'suggested'],
          rules.map(({ rule, wanted, right }) => [
            sayUniversityRule(rule),
            String(wanted),
            String(right),
          ]),
        ),
      ],
      verdicts: [
        {
          what: 'university rules on user attributes alone, recovered',
          target: `${rules.length} of ${rules.length}`,
          measured: `${whole.length} of ${rules.length}`,
          met: rules.length > 0 && whole.length === rules.length,
        },
      ],
    };
  },
};

function isCohort(cohort: Record<string, string[]>, { dimension, value }: UniversityRule): boolean {
  const entries = Object.entries(cohort);
  return entries.length === 1 && cohort[dimension]?.[0] === value;
}
