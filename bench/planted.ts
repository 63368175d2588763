import { createRandom } from '../src/mining/matrix/random.ts';
import { mineRoles } from '../src/mining/roles/roles.ts';
import { mine } from '../src/mining/suggestions/mine.ts';
import { flipGrants, hasDataSet, readGrants, readRows } from './data.ts';
import { generate, jaccard, listCells } from './generated.ts';
import {
  type BenchOptions,
  formatCount,
  formatPercent,
  type Measured,
  mean,
  type Section,
  table,
  type Verdict,
} from './page.ts';

const noises = [0, 1, 5];
const sets = ['20_200_40_2_5', '80_800_160_8_5'];
const sizes = [400, 1_000, 4_000];

export const planted: Section = {
  name: 'planted',
  title: 'Planted access that was found',
  measure: async (options) => {
    const roles = measureSets(options);
    const profiles = measureCompanies(options);
    return {
      lines: [...profiles.lines, '', ...roles],
      verdicts: profiles.verdicts,
    };
  },
};

interface Recovery {
  exactly: number;
  nearly: number;
}

/** The share of planted sets that were found exactly, and with a Jaccard of at least 0.9. */
function recover(planted: readonly Set<number>[], found: readonly Set<number>[]): Recovery {
  const best = planted.map((one) => Math.max(0, ...found.map((other) => jaccard(one, other))));
  const share = (least: number) => best.filter((value) => value >= least).length / best.length;
  return { exactly: share(1), nearly: share(0.9) };
}

/** Finds planted roles of the synthetic sets by exact cover. */
function measureSets({ quick, seed }: BenchOptions): string[] {
  const available = sets.filter((name) => hasDataSet(`planted-synthetic/${name}_grants`));
  if (available.length === 0) return ['The synthetic sets with planted roles are missing.'];
  const rows = available.flatMap((name) => {
    const { matrix, permissions } = readGrants(`planted-synthetic/${name}_grants`);
    const planted = readPlanted(name, permissions);
    return noises.map((noise) => {
      const seeds = Array.from({ length: quick || noise === 0 ? 1 : 3 }, (_, at) => seed + at);
      const found = seeds.map((one) => {
        const noisy = flipGrants(matrix, noise / 100, createRandom(one));
        const search = { seed: one, seconds: 2, now: () => performance.now() };
        const { roles } = mineRoles(noisy, search);
        const sets = roles.map(({ entitlements }) => new Set(entitlements));
        return { ...recover(planted, sets), roles: roles.length };
      });
      return [
        name,
        `${noise} %`,
        String(planted.length),
        mean(found.map(({ roles }) => roles)).toFixed(0),
        formatPercent(mean(found.map(({ exactly }) => exactly))),
        formatPercent(mean(found.map(({ nearly }) => nearly))),
      ];
    });
  });
  return [
    'Roles of the synthetic sets, planted without attributes, by exact cover (fewest roles). A cover includes every',
    'grant, also the flipped ones, so noise adds roles; there is no target for it. Two planted roles that',
    'only occur together, or one within another, cannot be distinguished by the grants alone.',
    '',
    ...table(['set', 'grants flipped', 'planted', 'found', 'exact', 'Jaccard ≥ 0.9'], rows),
  ];
}

function readPlanted(name: string, permissions: ReadonlyMap<string, number>): Set<number>[] {
  const roles = new Map<string, Set<number>>();
  for (const { ROLE = '', PERMISSION = '' } of readRows(
    `planted-synthetic/${name}_role_permissions`,
  )) {
    const role = roles.get(ROLE) ?? new Set<number>();
    roles.set(ROLE, role.add(permissions.get(PERMISSION) ?? -1));
  }
  return [...roles.values()];
}

interface Score {
  planted: number;
  found: number;
  right: number;
  exactly: number;
  nearly: number;
}

/**
 * Scores the suggestions for planted profiles of a generated company, at the default thresholds.
 */
function scoreCompany(people: number, noise: number, seed: number): Score {
  const { matrix, planted } = generate(people, noise, seed);
  const { suggestions } = mine(matrix, { maxSuggestions: 1_000_000 });
  const profiles = suggestions.map(({ members, entitlements }) => ({
    key: members.join(),
    entitlements: entitlements.map(({ entitlement }) => entitlement),
  }));
  const [plantedCells, foundCells] = [listCells(planted), listCells(profiles)];
  const byPeople = new Map<string, Set<number>>();
  for (const { key, entitlements } of profiles) {
    byPeople.set(key, new Set([...(byPeople.get(key) ?? []), ...entitlements]));
  }
  const best = planted.map(({ key, entitlements }) =>
    jaccard(new Set(entitlements), byPeople.get(key) ?? new Set<number>()),
  );
  return {
    planted: plantedCells.size,
    found: foundCells.size,
    right: [...foundCells].filter((cell) => plantedCells.has(cell)).length,
    exactly: best.filter((value) => value === 1).length / best.length,
    nearly: best.filter((value) => value >= 0.9).length / best.length,
  };
}

interface Recovered extends Recovery {
  people: number;
  noise: number;
  precision: number;
  recall: number;
}

function scoreCompanies(people: number, noise: number, { quick, seed }: BenchOptions): Recovered {
  const scores = Array.from({ length: quick ? 1 : 5 }, (_, at) =>
    scoreCompany(people, noise, seed + at),
  );
  const sum = (of: keyof Score) => scores.reduce((total, score) => total + score[of], 0);
  return {
    people,
    noise,
    precision: sum('right') / sum('found'),
    recall: sum('right') / sum('planted'),
    exactly: sum('exactly') / scores.length,
    nearly: sum('nearly') / scores.length,
  };
}

function measureCompanies(options: BenchOptions): Measured {
  const recovered = (options.quick ? sizes.slice(0, 1) : sizes).flatMap((people) => {
    options.report(`  ${formatCount(people)} people`);
    return noises.map((noise) => scoreCompanies(people, noise, options));
  });
  const lines = [
    'A generated company: entitlements planted in cohorts of at least five people, then some of those grants removed',
    'and the same number of random ones added. Precision is the share of suggested (cohort, entitlement) pairs that were',
    'planted; recall is the share of planted pairs that were suggested, at the default thresholds. Cohorts are compared by',
    `their people. ${options.quick ? 'One company' : 'Five companies'} of each kind. Exact: the cohort is suggested with exactly its planted entitlements.`,
    '',
    ...table(
      ['company', 'noise', 'precision', 'recall', 'exact', 'Jaccard ≥ 0.9'],
      recovered.map(({ people, noise, precision, recall, exactly, nearly }) => [
        `${formatCount(people)} people`,
        `${noise} %`,
        ...[precision, recall, exactly, nearly].map(formatPercent),
      ]),
    ),
  ];
  return { lines, verdicts: recovered.filter(({ noise }) => noise !== 1).map(toVerdict) };
}

function toVerdict({ people, noise, precision, recall }: Recovered): Verdict {
  const minShare = noise === 0 ? 0.95 : 0.9;
  return {
    figure: `planted profiles, ${formatCount(people)} people, ${noise} % noise: precision, recall`,
    target: `≥ ${100 * minShare} % each`,
    measured: `${formatPercent(precision)}, ${formatPercent(recall)}`,
    met: precision >= minShare && recall >= minShare,
  };
}
