import { mineRoles } from '../src/mining/roles/roles.ts';
import { bestKnown, type CoverSet } from './best-known.ts';
import { isThere, readGrants } from './data.ts';
import {
  absent,
  type BenchOptions,
  geometricMean,
  type Measured,
  median,
  type Section,
  table,
  whole,
} from './page.ts';

interface Figures {
  set: CoverSet;
  grants: string;
  /** Medians over the runs, each with a seed of its own. */
  roles: number;
  edges: number;
  rolesSeconds: number;
  edgesSeconds: number;
}

type Objective = 'roles' | 'edges';

/** Asked of the search; reading, checking and the first cover come on top. */
const largeSeconds = 5;
const usualSeconds = 1.8;

export const cover: Section = {
  name: 'cover',
  title: 'Roles by exact cover, against the best known covers',
  measure: async (options) => {
    const sets = bestKnown.filter(({ path }) => isThere(path));
    if (sets.length === 0) return absent('none of the sets is there');
    const figures = sets
      .filter(({ isLarge }) => !(options.quick && isLarge))
      .map((set) => measureSet(set, options));
    return describe(figures, bestKnown.length - sets.length, options);
  },
};

function runsOf({ isLarge }: CoverSet, { quick }: BenchOptions): number {
  if (quick) return 1;
  return isLarge ? 3 : 5;
}

function measureSet(set: CoverSet, options: BenchOptions): Figures {
  const { matrix } = readGrants(set.path);
  const runs = runsOf(set, options);
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
  options.tell(`  ${set.path}`);
  return {
    set,
    grants: `${whole(matrix.people)} × ${whole(matrix.entitlements)}, ${whole(matrix.items.length)}`,
    roles: median(byRoles.map(({ count }) => count)),
    edges: median(byEdges.map(({ count }) => count)),
    rolesSeconds: median(byRoles.map(({ took }) => took)),
    edgesSeconds: median(byEdges.map(({ took }) => took)),
  };
}

function describe(figures: Figures[], missing: number, options: BenchOptions): Measured {
  const roleRatios = figures.map(({ set, roles }) => roles / set.roles);
  const edgeRatios = figures.map(({ set, edges }) => edges / set.edges);
  const [roleMean, edgeMean] = [geometricMean(roleRatios), geometricMean(edgeRatios)];
  const slowest = (large: boolean) => {
    const kind = figures.filter(({ set }) => set.isLarge === large);
    return Math.max(...kind.map((one) => Math.max(one.rolesSeconds, one.edgesSeconds)));
  };
  const large = figures.filter(({ set }) => set.isLarge);
  const better = large.filter(({ set, roles, edges }) => roles < set.roles && edges < set.edges);
  const rows = figures.map(({ set, grants, roles, edges, rolesSeconds, edgesSeconds }) => [
    set.path.replace(/\/grants$/, '').replace(/^.*\//, ''),
    grants,
    whole(roles),
    whole(set.roles),
    rolesSeconds.toFixed(2),
    whole(edges),
    whole(set.edges),
    edgesSeconds.toFixed(2),
  ]);
  const runs = options.quick ? 'One run' : 'Medians of 5 runs (3 of the last two sets)';
  return {
    lines: [
      'Roles (people × entitlements) whose union is exactly the grants; every cover was checked after it was',
      'found. Edges are user and permission assignments together. Each objective was asked for by itself.',
      `${runs}, each with a seed of its own.${missing > 0 ? ` ${missing} sets are not there.` : ''}`,
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
        what: 'fewest roles ÷ best known (geometric mean)',
        target: '≤ 1.02',
        measured: roleMean.toFixed(3),
        met: roleMean <= 1.02,
      },
      {
        what: 'fewest edges ÷ best known (geometric mean)',
        target: '≤ 1.05',
        measured: edgeMean.toFixed(3),
        met: edgeMean <= 1.05,
      },
      {
        what: 'slowest exact cover but of the two largest sets',
        target: '≤ 2 s',
        measured: `${slowest(false).toFixed(2)} s`,
        met: slowest(false) <= 2,
      },
      ...(large.length === 0
        ? []
        : [
            {
              what: 'slowest exact cover of the two largest sets',
              target: '≤ 30 s',
              measured: `${slowest(true).toFixed(1)} s`,
              met: slowest(true) <= 30,
            },
            {
              what: 'the largest sets covered better than published (roles and edges)',
              target: `${large.length}`,
              measured: `${better.length}`,
              met: better.length === large.length,
            },
          ]),
    ],
  };
}
