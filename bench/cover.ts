import { mineRoles } from '../src/mining/roles/roles.ts';
import { bestKnown, type CoverSet } from './best-known.ts';
import { hasDataSet, readGrants } from './data.ts';
import {
  type BenchOptions,
  formatCount,
  geometricMean,
  type Measured,
  median,
  notMeasured,
  type Section,
  table,
  type Verdict,
} from './page.ts';

interface Figures {
  set: CoverSet;
  grants: string;
  /** Medians over the runs, each with a different seed. */
  roles: number;
  edges: number;
  rolesSeconds: number;
  edgesSeconds: number;
}

type Objective = 'roles' | 'edges';

/** Time of the search in seconds; reading, checking and the first cover come on top. */
const largeSeconds = 5;
const usualSeconds = 1.8;

export const cover: Section = {
  name: 'cover',
  title: 'Roles by exact cover, against the best known covers',
  measure: async (options) => {
    const sets = bestKnown.filter(({ path }) => hasDataSet(path));
    if (sets.length === 0) return notMeasured('all sets are missing');
    const figures = sets
      .filter(({ isLarge }) => !(options.quick && isLarge))
      .map((set) => measureSet(set, options));
    return describeCovers(figures, bestKnown.length - sets.length, options);
  },
};

function countRuns({ isLarge }: CoverSet, { quick }: BenchOptions): number {
  if (quick) return 1;
  return isLarge ? 3 : 5;
}

function measureSet(set: CoverSet, options: BenchOptions): Figures {
  const { matrix } = readGrants(set.path);
  const runs = countRuns(set, options);
  const seconds = set.isLarge ? largeSeconds : options.quick ? 0.5 : usualSeconds;
  const run = (objective: Objective) =>
    Array.from({ length: runs }, (_, at) => {
      const startedAt = performance.now();
      const found = mineRoles(matrix, {
        objective,
        seconds,
        seed: options.seed + at,
        now: () => performance.now(),
      });
      const edges = found.userAssignments + found.permissionAssignments;
      const took = (performance.now() - startedAt) / 1000;
      return { count: objective === 'roles' ? found.roles.length : edges, took };
    });
  const [byRoles, byEdges] = [run('roles'), run('edges')];
  options.report(`  ${set.path}`);
  return {
    set,
    grants: `${formatCount(matrix.people)} × ${formatCount(matrix.entitlements)}, ${formatCount(matrix.items.length)}`,
    roles: median(byRoles.map(({ count }) => count)),
    edges: median(byEdges.map(({ count }) => count)),
    rolesSeconds: median(byRoles.map(({ took }) => took)),
    edgesSeconds: median(byEdges.map(({ took }) => took)),
  };
}

function describeCovers(figures: Figures[], missing: number, options: BenchOptions): Measured {
  const roleMean = geometricMean(figures.map(({ set, roles }) => roles / set.roles));
  const edgeMean = geometricMean(figures.map(({ set, edges }) => edges / set.edges));
  const rows = figures.map(({ set, grants, roles, edges, rolesSeconds, edgesSeconds }) => [
    set.path.replace(/\/grants$/, '').replace(/^.*\//, ''),
    grants,
    formatCount(roles),
    formatCount(set.roles),
    rolesSeconds.toFixed(2),
    formatCount(edges),
    formatCount(set.edges),
    edgesSeconds.toFixed(2),
  ]);
  const runs = options.quick ? 'One run' : 'Medians of 5 runs (3 of the last two sets)';
  return {
    lines: [
      'Roles (people × entitlements) whose union equals the grants; every cover was checked after the search.',
      'Edges are user and permission assignments together. Each objective was searched for separately.',
      `${runs}, each with a different seed.${missing > 0 ? ` ${missing} sets are missing.` : ''}`,
      '',
      ...table(
        [
          'set',
          'people × entitlements, grants',
          'roles',
          'best known',
          's',
          'edges',
          'best known',
          's',
        ],
        rows,
      ),
      '',
      `Geometric mean of ours ÷ best known: roles ${roleMean.toFixed(3)}, edges ${edgeMean.toFixed(3)}.`,
    ],
    verdicts: [
      {
        figure: 'fewest roles ÷ best known (geometric mean)',
        target: '≤ 1.02',
        measured: roleMean.toFixed(3),
        met: roleMean <= 1.02,
      },
      {
        figure: 'fewest edges ÷ best known (geometric mean)',
        target: '≤ 1.05',
        measured: edgeMean.toFixed(3),
        met: edgeMean <= 1.05,
      },
      ...toTimeVerdicts(figures),
    ],
  };
}

function toTimeVerdicts(figures: Figures[]): Verdict[] {
  const findSlowest = (isLarge: boolean) => {
    const kind = figures.filter(({ set }) => set.isLarge === isLarge);
    return Math.max(...kind.map((one) => Math.max(one.rolesSeconds, one.edgesSeconds)));
  };
  const large = figures.filter(({ set }) => set.isLarge);
  const improved = large.filter(({ set, roles, edges }) => roles < set.roles && edges < set.edges);
  const verdicts = [
    {
      figure: 'slowest exact cover without the two largest sets',
      target: '≤ 2 s',
      measured: `${findSlowest(false).toFixed(2)} s`,
      met: findSlowest(false) <= 2,
    },
  ];
  if (large.length === 0) return verdicts;
  return [
    ...verdicts,
    {
      figure: 'slowest exact cover of the two largest sets',
      target: '≤ 30 s',
      measured: `${findSlowest(true).toFixed(1)} s`,
      met: findSlowest(true) <= 30,
    },
    {
      figure: 'largest sets covered better than published (roles and edges)',
      target: `${large.length}`,
      measured: `${improved.length}`,
      met: improved.length === large.length,
    },
  ];
}
