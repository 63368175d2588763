import { type BinaryTable, onesOfRow, transpose } from './binary-table.ts';
import type { Weights } from './edge-cover.ts';
import type { Biclique } from './window.ts';

/** Rows and columns of all roles, each as often as it is in one, weighted. */
export function costRoles(roles: readonly Biclique[], weights: Weights): number {
  let cost = 0;
  for (const { rows, columns } of roles) {
    for (const row of rows) cost += weights.rows[row]!;
    for (const column of columns) cost += weights.columns[column]!;
  }
  return cost;
}

function listBy(count: number, roles: readonly Biclique[], side: 'rows' | 'columns'): number[][] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  roles.forEach((role, number) => {
    for (const index of role[side]) lists[index]!.push(number);
  });
  return lists;
}

/** Covers one row by few of the roles whose columns it all has. */
class RowCover {
  readonly #table: BinaryTable;
  readonly #roles: readonly Biclique[];
  readonly #rolesOfColumn: number[][];
  /** By role: its columns in the row that are not covered yet; 0 for roles that do not fit. */
  readonly #gains: Uint32Array;
  /** By column: how many of the chosen roles cover it. */
  readonly #covered: Uint32Array;

  constructor(table: BinaryTable, roles: readonly Biclique[]) {
    this.#table = table;
    this.#roles = roles;
    this.#rolesOfColumn = listBy(table.columns, roles, 'columns');
    this.#gains = new Uint32Array(roles.length);
    this.#covered = new Uint32Array(table.columns);
  }

  /** The roles whose columns the row all has; their gains are set. */
  #listFitting(ones: Uint32Array): number[] {
    const gains = this.#gains;
    const met: number[] = [];
    for (const column of ones) {
      for (const role of this.#rolesOfColumn[column]!) if (gains[role]!++ === 0) met.push(role);
    }
    return met.filter((role) => {
      if (gains[role] === this.#roles[role]!.columns.length) return true;
      gains[role] = 0;
      return false;
    });
  }

  /** The role with the greatest gain, of equal ones that with more rows, then the first. */
  #pick(fitting: number[]): number {
    let best = -1;
    let most = 1;
    for (const role of fitting) {
      const gain = this.#gains[role]!;
      if (gain < most) continue;
      if (gain === most && best >= 0 && !this.#isLarger(role, best)) continue;
      best = role;
      most = gain;
    }
    return best;
  }

  #isLarger(a: number, b: number): boolean {
    return this.#roles[a]!.rows.length > this.#roles[b]!.rows.length;
  }

  #take(chosen: number): void {
    const gains = this.#gains;
    for (const column of this.#roles[chosen]!.columns) {
      if (this.#covered[column]!++ > 0) continue;
      for (const role of this.#rolesOfColumn[column]!) if (gains[role]! > 0) gains[role]!--;
    }
  }

  /** Few roles that cover the row: greedily, then without those the others make redundant. */
  choose(row: number): number[] {
    const ones = onesOfRow(this.#table, row);
    const covered = this.#covered;
    const chosen: number[] = [];
    const fitting = this.#listFitting(ones);
    for (let best = this.#pick(fitting); best >= 0; best = this.#pick(fitting)) {
      chosen.push(best);
      this.#take(best);
    }
    const sizeOf = (role: number) => this.#roles[role]!.columns.length;
    chosen.sort((a, b) => sizeOf(a) - sizeOf(b));
    const kept = chosen.filter((role) => {
      const { columns } = this.#roles[role]!;
      if (columns.some((column) => covered[column]! < 2)) return true;
      for (const column of columns) covered[column]!--;
      return false;
    });
    for (const column of ones) covered[column] = 0;
    return kept;
  }
}

/** Gives each row the fewest roles found for it, the columns of the roles unchanged. */
function reassignRows(table: BinaryTable, roles: readonly Biclique[]): Biclique[] {
  const cover = new RowCover(table, roles);
  const current = listBy(table.rows, roles, 'rows');
  const rowsOf: number[][] = roles.map(() => []);
  for (let row = 0; row < table.rows; row++) {
    const chosen = cover.choose(row);
    const fewest = chosen.length <= current[row]!.length ? chosen : current[row]!;
    for (const role of fewest) rowsOf[role]!.push(row);
  }
  return roles
    .map(({ columns }, role) => ({ rows: Uint32Array.from(rowsOf[role]!), columns }))
    .filter(({ rows }) => rows.length > 0);
}

function flip(roles: readonly Biclique[]): Biclique[] {
  return roles.map(({ rows, columns }) => ({ rows: columns, columns: rows }));
}

/**
 * Shrinks the roles of a cover without adding any: given the columns of the roles, each row needs
 * but a few of them; given the rows, so does each column; in turn until nothing changes (or often
 * enough). Neither step makes the cover costlier. Begins with the rows, or with the columns.
 */
function shrinkFrom(
  side: 'rows' | 'columns',
  table: BinaryTable,
  roles: readonly Biclique[],
  weights: Weights,
): Biclique[] {
  const flipped = transpose(table);
  let best = [...roles];
  let isRowsTurn = side === 'rows';
  let unchanged = 0;
  for (let turn = 0; turn < mostTurns && unchanged < 2; turn++) {
    const next = isRowsTurn ? reassignRows(table, best) : flip(reassignRows(flipped, flip(best)));
    unchanged = costRoles(next, weights) < costRoles(best, weights) ? 0 : unchanged + 1;
    best = next;
    isRowsTurn = !isRowsTurn;
  }
  return best;
}

/** Turns after which shrinking gains next to nothing. */
const mostTurns = 8;

/** The cheaper of the covers got by shrinking from the rows and from the columns. */
export function shrinkRoles(
  table: BinaryTable,
  roles: readonly Biclique[],
  weights: Weights,
): Biclique[] {
  const fromRows = shrinkFrom('rows', table, roles, weights);
  const fromColumns = shrinkFrom('columns', table, roles, weights);
  const isRowsCheaper = costRoles(fromRows, weights) <= costRoles(fromColumns, weights);
  return isRowsCheaper ? fromRows : fromColumns;
}
