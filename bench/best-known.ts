/** A set of grants and its best published covers. */
export interface CoverSet {
  /** Path in the folder of data sets, without `.csv.gz`. */
  path: string;
  roles: number;
  /** |UA| + |PA| */
  edges: number;
  /** Has thousands of roles, so it gets more time. */
  isLarge: boolean;
}

const small: [path: string, roles: number, edges: number][] = [
  ['hp-role-mining/healthcare', 14, 207],
  // 498 edges are unconfirmed; with the fewest roles it is 734.
  ['hp-role-mining/domino', 20, 498],
  ['hp-role-mining/firewall1', 64, 1_953],
  ['hp-role-mining/americas_small', 178, 10_779],
  ['university-rbac/grants', 18, 721],
  ['rmplib/PLAIN_small_01', 24, 268],
  ['rmplib/PLAIN_small_02', 25, 408],
  ['rmplib/PLAIN_small_03', 25, 417],
  ['rmplib/PLAIN_small_04', 25, 496],
  ['rmplib/PLAIN_small_05', 49, 535],
  ['rmplib/PLAIN_medium_01', 150, 3_119],
  ['rmplib/PLAIN_medium_02', 151, 5_251],
  ['rmplib/PLAIN_medium_03', 199, 5_959],
  ['rmplib/PLAIN_medium_04', 200, 4_451],
  ['rmplib/PLAIN_large_01', 250, 8_677],
  ['rmplib/PLAIN_large_02', 500, 10_113],
  ['rmplib/PLAIN_large_03', 499, 7_496],
  ['rmplib/PLAIN_large_04', 400, 11_003],
  ['rmplib/COMP_01.1', 400, 9_533],
  ['rmplib/COMP_01.2', 400, 10_859],
];

/** Published are 76,703 and 390,431 edges; the target is a simple greedy cover, which has fewer. */
const large: [path: string, roles: number, edges: number][] = [
  ['rmplib/COMP_02.1', 2_036, 62_167],
  ['rmplib/COMP_03.1', 5_503, 332_466],
];

/** From published covers (Ene et al. 2008, RMPlib 2021) and later papers. */
export const bestKnown: CoverSet[] = [
  ...small.map(([path, roles, edges]) => ({ path, roles, edges, isLarge: false })),
  ...large.map(([path, roles, edges]) => ({ path, roles, edges, isLarge: true })),
];
