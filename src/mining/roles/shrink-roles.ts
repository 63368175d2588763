import { countBits, forEachBit } from '../matrix/bits.ts';
import type { Biclique } from './biclique-window.ts';
import { type BinaryTable, onesOfRow, transpose } from './binary-table.ts';
import type { Weights } from './edge-cover.ts';

/** The weighted number of rows and columns of all roles. */
function costRoles(roles: readonly Biclique[], weights: Weights): number {
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

/**
 * Covers one row by few of the roles that fit it, those whose columns are all ones of the row.
 * Roles are looked up by their rarest column, since a row without it cannot fit. The ones a role
 * covers are stored as bits over the row's ones.
 */
class RowCover {
  readonly #table: BinaryTable;
  readonly #roles: readonly Biclique[];
  /** Roles by the rarest of their columns. */
  readonly #rolesOfRarest: number[][];
  /** By column: its place among the row's ones + 1; all zero between rows. */
  readonly #places: Uint32Array;
  #words = 0;
  /** Bits of the fitting roles, one after another. */
  #bits = new Uint32Array(0);

  constructor(table: BinaryTable, roles: readonly Biclique[]) {
    this.#table = table;
    this.#roles = roles;
    this.#places = new Uint32Array(table.columns);
    this.#rolesOfRarest = Array.from({ length: table.columns }, () => []);
    const sizeOf = (column: number) =>
      table.columnStarts[column + 1]! - table.columnStarts[column]!;
    roles.forEach(({ columns }, role) => {
      const rarest = columns.reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a));
      this.#rolesOfRarest[rarest]!.push(role);
    });
  }

  #isFitting(role: number): boolean {
    const { columns } = this.#roles[role]!;
    for (let i = 0; i < columns.length; i++) if (this.#places[columns[i]!] === 0) return false;
    return true;
  }

  /** The roles whose columns are all ones of the row. */
  #listFitting(ones: Uint32Array): number[] {
    const fitting: number[] = [];
    for (const column of ones) {
      for (const role of this.#rolesOfRarest[column]!)
        if (this.#isFitting(role)) fitting.push(role);
    }
    return fitting.sort((a, b) => a - b);
  }

  #readBits(fitting: readonly number[]): void {
    const size = fitting.length * this.#words;
    if (this.#bits.length < size) this.#bits = new Uint32Array(2 * size);
    const bits = this.#bits.fill(0, 0, size);
    fitting.forEach((role, f) => {
      for (const column of this.#roles[role]!.columns) {
        const place = this.#places[column]! - 1;
        bits[f * this.#words + (place >>> 5)]! |= 1 << (place & 31);
      }
    });
  }

  /**
   * The fitting role that covers the most of `left`; ties go to more rows; −1 if none. `gains` has
   * the last count of each role. Counts only fall, so only the greatest must be counted again.
   */
  #pick(fitting: readonly number[], gains: Uint32Array, left: Uint32Array): number {
    for (;;) {
      const best = this.#findGreatest(fitting, gains);
      if (best < 0) return -1;
      const gain = this.#countLeft(best, left);
      if (gain === gains[best]) return best;
      gains[best] = gain;
    }
  }

  #findGreatest(fitting: readonly number[], gains: Uint32Array): number {
    let best = -1;
    let most = 1;
    for (let f = 0; f < fitting.length; f++) {
      const gain = gains[f]!;
      if (gain < most || (gain === most && best >= 0 && !this.#isLarger(fitting, f, best)))
        continue;
      best = f;
      most = gain;
    }
    return best;
  }

  #countLeft(f: number, left: Uint32Array): number {
    const words = this.#words;
    let gain = 0;
    for (let w = 0; w < words; w++) gain += countBits(this.#bits[f * words + w]! & left[w]!);
    return gain;
  }

  #isLarger(fitting: readonly number[], a: number, b: number): boolean {
    return this.#roles[fitting[a]!]!.rows.length > this.#roles[fitting[b]!]!.rows.length;
  }

  /** Chooses few roles that cover the row: greedily, then without redundant ones. */
  choose(row: number): number[] {
    const ones = onesOfRow(this.#table, row);
    for (let i = 0; i < ones.length; i++) this.#places[ones[i]!] = i + 1;
    this.#words = (ones.length + 31) >>> 5;
    const fitting = this.#listFitting(ones);
    this.#readBits(fitting);
    const chosen = this.#dropRedundant(this.#chooseGreedily(fitting), ones.length);
    for (let i = 0; i < ones.length; i++) this.#places[ones[i]!] = 0;
    return chosen.map((f) => fitting[f]!);
  }

  #chooseGreedily(fitting: readonly number[]): number[] {
    const words = this.#words;
    const left = new Uint32Array(words).fill(0xffffffff);
    const gains = Uint32Array.from(fitting, (role) => this.#roles[role]!.columns.length);
    const chosen: number[] = [];
    for (let f = this.#pick(fitting, gains, left); f >= 0; f = this.#pick(fitting, gains, left)) {
      chosen.push(f);
      for (let w = 0; w < words; w++) left[w]! &= ~this.#bits[f * words + w]!;
    }
    return chosen;
  }

  /** Removes roles whose ones the others cover; tries the last chosen first. */
  #dropRedundant(chosen: readonly number[], ones: number): number[] {
    const words = this.#words;
    const covered = new Uint32Array(ones);
    const forEachPlace = (f: number, visit: (place: number) => void) => {
      for (let w = 0; w < words; w++) {
        forEachBit(this.#bits[f * words + w]!, (bit) => visit(w * 32 + bit));
      }
    };
    for (const f of chosen) forEachPlace(f, (place) => void covered[place]!++);
    return chosen.toReversed().filter((f) => {
      let isNeeded = false;
      forEachPlace(f, (place) => {
        if (covered[place]! < 2) isNeeded = true;
      });
      if (!isNeeded) forEachPlace(f, (place) => void covered[place]!--);
      return isNeeded;
    });
  }
}

/** Assigns each row to as few roles as possible; the columns of the roles stay the same. */
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
 * Shrinks the roles of a cover without adding any. With fixed columns each row needs only a few of
 * the roles; with fixed rows so does each column. The two steps alternate until nothing changes, or
 * for `maxTurns`. Neither makes the cover more expensive. Starts with the given side.
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
  for (let turn = 0; turn < maxTurns && unchanged < 2; turn++) {
    const next = isRowsTurn ? reassignRows(table, best) : flip(reassignRows(flipped, flip(best)));
    unchanged = costRoles(next, weights) < costRoles(best, weights) ? 0 : unchanged + 1;
    best = next;
    isRowsTurn = !isRowsTurn;
  }
  return best;
}

/** Turns after which shrinking gains almost nothing. */
const maxTurns = 8;

/** Shrinks from the rows and from the columns; returns the cheaper cover. */
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
