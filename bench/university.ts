import { buildMatrix } from '../src/mining/matrix.ts';
import { mine } from '../src/mining/mine.ts';
import { columnsOf, isThere, numbering, readRows, readText } from './data.ts';
import { absent, type Section, table } from './page.ts';

const path = 'abac-university';
const dimensions = ['position', 'department', 'isChair'];
/** Offices of two people: what is asked for is whether the rule is seen, not whether it is sure. */
const options = { minCohortSize: 2, minLowerBoundPercent: 30, maxSuggestions: 1_000_000 };

interface Rule {
  dimension: string;
  value: string;
  resourceType: string;
  actions: string[];
}

/**
 * The rules that ask for one attribute of the user and nothing that ties user and resource together:
 * `rule(department [ {registrar}; type [ {roster}; {read write}; )`.
 */
function readRules(): Rule[] {
  const pattern = /^rule\(\s*(\w+) \[ \{(\w+)\};\s*type \[ \{(\w+)\};\s*\{([\w ]+)\};\s*\)/gm;
  return [...readText(`${path}/policy.abac`).matchAll(pattern)].map(
    ([, dimension = '', value = '', resourceType = '', actions = '']) => ({
      dimension,
      value,
      resourceType,
      actions: actions.split(' '),
    }),
  );
}

export const university: Section = {
  name: 'university',
  title: 'Rules of the university policy',
  measure: async () => {
    if (!isThere(`${path}/grants`)) return absent(`${path} is not there`);
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
    const { suggestions } = mine(matrix, options);
    const resources = readRows(`${path}/resources`);
    const rules = readRules().map((rule) => {
      const wanted = resources
        .filter(({ type }) => type === rule.resourceType)
        .flatMap(({ RESOURCE }) => rule.actions.map((action) => `${RESOURCE} ${action}`));
      const found = suggestions
        .filter(({ cohort }) => isCohort(cohort, rule))
        .flatMap(({ entitlements }) => entitlements.map(({ entitlement }) => entitlement));
      const right = wanted.filter((name) => found.includes(entitlements.of(name)));
      return { rule, wanted: wanted.length, right: right.length };
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
            `${rule.dimension} = ${rule.value} → ${rule.actions.join(', ')} every ${rule.resourceType}`,
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

function isCohort(cohort: Record<string, string[]>, { dimension, value }: Rule): boolean {
  const entries = Object.entries(cohort);
  return entries.length === 1 && cohort[dimension]?.[0] === value;
}
