import type { AccessMatrix } from '../matrix/matrix.ts';
import { createRandom } from '../matrix/random.ts';
import type { Biclique } from './biclique-window.ts';
import { buildTable, type CollapsedTable, collapse } from './binary-table.ts';
import { findFewestEdges } from './fewest-edges.ts';
import { findFewestRoles, findSomeBicliques } from './fewest-roles.ts';
import { completeRoleOptions, type RoleOptions } from './role-options.ts';
import { SearchBudget } from './search-budget.ts';
import { shrinkRoles } from './shrink-roles.ts';

/** People who hold all of these entitlements; indexes ascend. */
export interface MinedRole {
  people: Uint32Array;
  entitlements: Uint32Array;
}

export interface RoleResult {
  /** Largest first (people × entitlements), then by first person and first entitlement. */
  roles: MinedRole[];
  /** Sum of the people of all roles. */
  userAssignments: number;
  /** Sum of the entitlements of all roles. */
  permissionAssignments: number;
  rounds: number;
  /** Whether time instead of work ended the search: another run may then return other roles. */
  isOutOfTime: boolean;
}

/** Planned units of work per second: fewer than a typical machine does. */
const workPerSecond = 50_000_000;

/** Share of time and work that a search for few edges first spends on finding few roles. */
const rolesShare = 0.2;

/**
 * Covers all grants of a matrix exactly by roles: no grant added, none lost. Attributes are not
 * read. Throws RangeError with the name of an option out of range, and Error if the cover is not
 * exact, which would be a bug.
 */
export function mineRoles(
  matrix: AccessMatrix,
  options: Partial<RoleOptions> & Pick<RoleOptions, 'now'>,
): RoleResult {
  const complete = completeRoleOptions(options);
  const { people, entitlements, offsets, items } = matrix;
  const collapsed = collapse(buildTable(people, entitlements, offsets, items));
  const { bicliques, rounds, isOutOfTime } = search(collapsed, complete);
  const roles = bicliques.map((biclique) => expand(collapsed, biclique)).sort(compareRoles);
  assertExactCover(matrix, roles);
  return {
    roles,
    userAssignments: roles.reduce((sum, role) => sum + role.people.length, 0),
    permissionAssignments: roles.reduce((sum, role) => sum + role.entitlements.length, 0),
    rounds,
    isOutOfTime,
  };
}

/**
 * Finds roles of any matrix within time and work: all roles of an exact cover if there is enough
 * time, otherwise the first ones found. People hold all entitlements of their roles. (For the
 * grants that the best fifty suggestions leave of 10 M, an exact cover takes 200 s; ten teams need
 * only a few of its roles.)
 */
export function findRoles(
  matrix: AccessMatrix,
  options: Partial<RoleOptions> & Pick<RoleOptions, 'now'>,
): MinedRole[] {
  const { seconds, seed, now } = completeRoleOptions(options);
  const { people, entitlements, offsets, items } = matrix;
  const collapsed = collapse(buildTable(people, entitlements, offsets, items));
  const budget = new SearchBudget(seconds * workPerSecond, now, now() + 1000 * seconds);
  const some = findSomeBicliques(collapsed.table, budget, createRandom(seed));
  if (!some) return mineRoles(matrix, options).roles;
  return some.map((biclique) => expand(collapsed, biclique)).sort(compareRoles);
}

function search({ table, rowGroups, columnGroups }: CollapsedTable, options: RoleOptions) {
  const { objective, seconds, now } = options;
  const random = createRandom(options.seed);
  const weights = {
    rows: Float64Array.from(rowGroups, (group) => group.length),
    columns: Float64Array.from(columnGroups, (group) => group.length),
  };
  const start = now();
  const work = seconds * workPerSecond;
  const share = objective === 'edges' ? rolesShare : 1;
  const first = new SearchBudget(work * share, now, start + 1000 * seconds * share);
  const covering = findFewestRoles(table, first, random);
  const shrunk = shrinkRoles(table, covering, weights);
  if (objective === 'roles') {
    return { bicliques: shrunk, rounds: first.rounds, isOutOfTime: first.isOutOfTime };
  }
  const second = new SearchBudget(work * (1 - share), now, start + 1000 * seconds);
  const bicliques = findFewestEdges(table, weights, shrunk, second, random);
  const isOutOfTime = first.isOutOfTime || second.isOutOfTime;
  return { bicliques, rounds: first.rounds + second.rounds, isOutOfTime };
}

function expandIndexes(groups: readonly Uint32Array[], indexes: Uint32Array): Uint32Array {
  return Uint32Array.from(Array.from(indexes, (i) => [...groups[i]!]).flat()).sort();
}

function expand(collapsed: CollapsedTable, { rows, columns }: Biclique): MinedRole {
  return {
    people: expandIndexes(collapsed.rowGroups, rows),
    entitlements: expandIndexes(collapsed.columnGroups, columns),
  };
}

function compareRoles(a: MinedRole, b: MinedRole): number {
  const sizeOf = (role: MinedRole) => role.people.length * role.entitlements.length;
  return (
    sizeOf(b) - sizeOf(a) || a.people[0]! - b.people[0]! || a.entitlements[0]! - b.entitlements[0]!
  );
}

/**
 * Throws unless the union of the roles equals the matrix. The error names the first person with a
 * grant that the roles add or lose.
 */
export function assertExactCover(matrix: AccessMatrix, roles: readonly MinedRole[]): void {
  const rolesOf: MinedRole[][] = Array.from({ length: matrix.people }, () => []);
  for (const role of roles) for (const person of role.people) rolesOf[person]!.push(role);
  const stamps = new Uint32Array(matrix.entitlements);
  for (let person = 0; person < matrix.people; person++) {
    const grants = matrix.items.subarray(matrix.offsets[person]!, matrix.offsets[person + 1]!);
    const granted = stampGranted(rolesOf[person]!, stamps, person + 1);
    const retained = grants.filter((entitlement) => stamps[entitlement] === person + 1).length;
    if (retained === grants.length && granted === grants.length) continue;
    throw new Error(
      `roles are no exact cover: person ${person} holds ${grants.length} entitlements, ` +
        `the roles give ${granted} and cover ${retained}`,
    );
  }
}

/** Stamps the entitlements of the roles and returns their number. */
function stampGranted(roles: readonly MinedRole[], stamps: Uint32Array, stamp: number): number {
  let granted = 0;
  for (const { entitlements } of roles) {
    for (const entitlement of entitlements) {
      if (stamps[entitlement] === stamp) continue;
      stamps[entitlement] = stamp;
      granted++;
    }
  }
  return granted;
}
