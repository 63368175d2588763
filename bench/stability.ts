import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';
import { buildMatrix } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { mine } from '../src/mining/suggestions/mine.ts';
import type { MinedSuggestion } from '../src/mining/suggestions/suggestion.ts';
import { buildColumns, createNumbering, flipGrants, hasDataSet, readRows } from './data.ts';
import { generate, jaccard } from './generated.ts';
import { type BenchOptions, formatCount, mean, type Section, table } from './page.ts';

const churn = 0.01;
const all = { maxSuggestions: 1_000_000 };

export const stability: Section = {
  name: 'stability',
  title: 'Stability and repetition',
  measure: async (options) => {
    const rows = listMatrices(options).map(([name, matrix]) =>
      measureMatrix(name, matrix, options),
    );
    const repeated = rows.reduce((sum, row) => sum + row.repeated, 0);
    const suggestions = rows.reduce((sum, row) => sum + row.suggestions, 0);
    const share = (100 * repeated) / Math.max(1, suggestions);
    return {
      lines: [
        'Jaccard of the suggestions before and after 1 % of the grants are replaced by random ones: of',
        '(cohort, entitlement) pairs, and of whole suggestions, which differ if one entitlement differs.',
        'Repeated: entitlements suggested in a cohort within another cohort that has the same suggestion.',
        '',
        ...table(
          ['', 'suggestions', 'Jaccard of pairs', 'Jaccard of suggestions', 'repeated'],
          rows.map((row) => [
            row.name,
            formatCount(row.suggestions),
            row.pairs.toFixed(3),
            row.wholes.toFixed(3),
            String(row.repeated),
          ]),
        ),
      ],
      verdicts: [
        {
          figure: 'entitlements repeated in nested cohorts, per 100 suggestions',
          target: '0',
          measured: share.toFixed(2),
          met: repeated === 0,
        },
      ],
    };
  },
};

function listMatrices({ quick, seed }: BenchOptions): [string, AccessMatrix][] {
  const sizes = quick ? [400] : [400, 1_000, 4_000];
  const generated = sizes.map((people): [string, AccessMatrix] => [
    `generated, ${people.toLocaleString('en')} people, 2 % noise`,
    generate(people, 2, seed).matrix,
  ]);
  return hasDataSet('amazon-employee-access/users')
    ? [...generated, ['Amazon', readAmazon()]]
    : generated;
}

function readAmazon(): AccessMatrix {
  const path = 'amazon-employee-access';
  const resources = createNumbering();
  const users = readRows(`${path}/users`);
  const places = new Map(users.map(({ USER = '' }, at) => [USER, at]));
  const grants = readRows(`${path}/grants`);
  const personOf = grants.map(({ USER = '' }) => places.get(USER) ?? -1);
  const entitlementOf = grants.map(({ RESOURCE = '' }) => resources.of(RESOURCE));
  const dimensions = Object.keys(users[0] ?? {}).filter((name) => name !== 'USER');
  const columns = buildColumns(users, dimensions);
  return buildMatrix(users.length, resources.numbers.size, personOf, entitlementOf, columns);
}

function measureMatrix(name: string, matrix: AccessMatrix, { quick, seed }: BenchOptions) {
  const before = mine(matrix, all).suggestions;
  const runs = Array.from({ length: quick ? 1 : 5 }, (_, at) => {
    const after = mine(flipGrants(matrix, churn, createRandom(seed + at)), all).suggestions;
    return {
      pairs: jaccard(listPairKeys(before), listPairKeys(after)),
      wholes: jaccard(listSuggestionKeys(before), listSuggestionKeys(after)),
    };
  });
  return {
    name,
    suggestions: before.length,
    pairs: mean(runs.map(({ pairs }) => pairs)),
    wholes: mean(runs.map(({ wholes }) => wholes)),
    repeated: countRepeated(before),
  };
}

const toCohortKey = ({ cohort }: MinedSuggestion) => JSON.stringify(cohort);

function listPairKeys(suggestions: readonly MinedSuggestion[]): Set<string> {
  return new Set(
    suggestions.flatMap((one) =>
      one.entitlements.map((e) => `${toCohortKey(one)} ${e.entitlement}`),
    ),
  );
}

function listSuggestionKeys(suggestions: readonly MinedSuggestion[]): Set<string> {
  return new Set(
    suggestions.map((one) => {
      const entitlements = one.entitlements.map(({ entitlement }) => entitlement);
      return `${toCohortKey(one)} ${entitlements.sort((a, b) => a - b)}`;
    }),
  );
}

/** Compares every two suggestions of an entitlement: slow but certain. */
function countRepeated(suggestions: readonly MinedSuggestion[]): number {
  const byEntitlement = new Map<number, MinedSuggestion[]>();
  for (const suggestion of suggestions) {
    for (const { entitlement } of suggestion.entitlements) {
      const list = byEntitlement.get(entitlement);
      if (list) list.push(suggestion);
      else byEntitlement.set(entitlement, [suggestion]);
    }
  }
  let repeated = 0;
  for (const list of byEntitlement.values()) {
    const sets = list.map(({ members }) => new Set(members));
    list.forEach(({ members }, narrow) => {
      const isNested = sets.some(
        (wide, at) =>
          at !== narrow &&
          wide.size >= members.length &&
          members.every((person) => wide.has(person)),
      );
      if (isNested) repeated++;
    });
  }
  return repeated;
}
