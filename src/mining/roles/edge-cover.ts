import type { Biclique } from './biclique-window.ts';
import { type BinaryTable, onesOfColumn, onesOfRow } from './binary-table.ts';
import { type CoverCells, listAllCells } from './essential-cells.ts';
import type { WorkMeter } from './search-budget.ts';

/** The cost of a row or column in a role: the number of originals that it represents. */
export interface Weights {
  rows: Float64Array;
  columns: Float64Array;
}

type Side = 'row' | 'column';

interface Change {
  isAdded: boolean;
  side: Side;
  role: number;
  index: number;
}

function removeValue(list: number[], value: number): void {
  const place = list.indexOf(value);
  list[place] = list[list.length - 1]!;
  list.pop();
}

/**
 * A cover by bicliques that need not be maximal, changed by one row or column of a role at a time.
 * It tracks its cost and the number of roles that cover each one of the table, and it can roll back
 * to the last mark.
 */
export class EdgeCover {
  readonly table: BinaryTable;
  readonly cells: CoverCells;
  readonly weights: Weights;
  /** Rows and columns by role; a role without any is free for reuse. */
  readonly rowsOf: number[][] = [];
  readonly columnsOf: number[][] = [];
  /** Roles by row and by column. */
  readonly rolesOfRow: number[][];
  readonly rolesOfColumn: number[][];
  /** Number of roles that cover each one of the table. */
  readonly covered: Uint32Array;
  uncovered: number;
  cost = 0;
  /** Ones that lost their last role since the mark; some may be covered again. */
  exposed: number[] = [];
  changes: Change[] = [];
  /** Index in `rowOnes` of each of `columnOnes`. */
  readonly #across: Uint32Array;
  /** Index in `rowOnes` by the columns of one row, or by the rows of one column. */
  readonly #places: Uint32Array;
  readonly #meter: WorkMeter;

  constructor(table: BinaryTable, weights: Weights, meter: WorkMeter) {
    this.#meter = meter;
    this.table = table;
    this.weights = weights;
    this.cells = listAllCells(table);
    this.rolesOfRow = Array.from({ length: table.rows }, () => []);
    this.rolesOfColumn = Array.from({ length: table.columns }, () => []);
    this.covered = new Uint32Array(this.cells.count);
    this.uncovered = this.cells.count;
    this.#places = new Uint32Array(Math.max(table.rows, table.columns));
    this.#across = new Uint32Array(this.cells.count);
    const cursor = table.columnStarts.slice();
    table.rowOnes.forEach((column, place) => {
      this.#across[cursor[column]!++] = place;
    });
  }

  /**
   * Indexes of the ones of a row (by column) or of a column (by row); valid until the next call.
   */
  placesOf(side: Side, index: number): Uint32Array {
    const places = this.#places;
    const { rowStarts, rowOnes, columnStarts, columnOnes } = this.table;
    if (side === 'row') {
      this.#meter.work += rowStarts[index + 1]! - rowStarts[index]!;
      for (let i = rowStarts[index]!; i < rowStarts[index + 1]!; i++) places[rowOnes[i]!] = i;
      return places;
    }
    this.#meter.work += columnStarts[index + 1]! - columnStarts[index]!;
    for (let i = columnStarts[index]!; i < columnStarts[index + 1]!; i++) {
      places[columnOnes[i]!] = this.#across[i]!;
    }
    return places;
  }

  /** The columns of a role for the row side, its rows for the column side. */
  acrossOf(side: Side, role: number): number[] {
    return side === 'row' ? this.columnsOf[role]! : this.rowsOf[role]!;
  }

  #weightOf(side: Side, index: number): number {
    return side === 'row' ? this.weights.rows[index]! : this.weights.columns[index]!;
  }

  #listsOf(side: Side, role: number, index: number): [number[], number[]] {
    if (side === 'row') return [this.rowsOf[role]!, this.rolesOfRow[index]!];
    return [this.columnsOf[role]!, this.rolesOfColumn[index]!];
  }

  /** Adds a row or column to a role. */
  add(side: Side, role: number, index: number): void {
    this.#insert(side, role, index);
    this.changes.push({ isAdded: true, side, role, index });
  }

  #insert(side: Side, role: number, index: number): void {
    const places = this.placesOf(side, index);
    for (const other of this.acrossOf(side, role)) {
      if (this.covered[places[other]!]!++ === 0) this.uncovered--;
    }
    for (const [list, value] of this.#pairs(side, role, index)) list.push(value);
    this.cost += this.#weightOf(side, index);
  }

  /** Removes a row or column from a role. */
  remove(side: Side, role: number, index: number): void {
    this.#delete(side, role, index);
    this.changes.push({ isAdded: false, side, role, index });
  }

  #delete(side: Side, role: number, index: number): void {
    const places = this.placesOf(side, index);
    for (const other of this.acrossOf(side, role)) {
      const place = places[other]!;
      if (--this.covered[place]! > 0) continue;
      this.uncovered++;
      this.exposed.push(place);
    }
    for (const [list, value] of this.#pairs(side, role, index)) removeValue(list, value);
    this.cost -= this.#weightOf(side, index);
  }

  #pairs(side: Side, role: number, index: number): [number[], number][] {
    const [ofRole, ofIndex] = this.#listsOf(side, role, index);
    return [
      [ofRole, index],
      [ofIndex, role],
    ];
  }

  addRole({ rows, columns }: { rows: Iterable<number>; columns: Iterable<number> }): void {
    let role = this.rowsOf.findIndex((own, n) => own.length + this.columnsOf[n]!.length === 0);
    if (role < 0) {
      role = this.rowsOf.push([]) - 1;
      this.columnsOf.push([]);
    }
    for (const column of columns) this.add('column', role, column);
    for (const row of rows) this.add('row', role, row);
  }

  removeRole(role: number): void {
    for (const row of [...this.rowsOf[role]!]) this.remove('row', role, row);
    for (const column of [...this.columnsOf[role]!]) this.remove('column', role, column);
  }

  /** Removes a row or column from all its roles; roles left empty are removed. */
  strip(side: Side, index: number): void {
    const roles = side === 'row' ? this.rolesOfRow[index]! : this.rolesOfColumn[index]!;
    for (const role of [...roles]) {
      this.remove(side, role, index);
      this.#removeEmptyRole(role);
    }
  }

  #removeEmptyRole(role: number): void {
    if (this.rowsOf[role]!.length === 0 || this.columnsOf[role]!.length === 0) {
      this.removeRole(role);
    }
  }

  /** Clears the list of changes: `rollBack` returns to this state. */
  mark(): void {
    this.changes = [];
    this.exposed = [];
  }

  rollBack(): void {
    for (const { isAdded, side, role, index } of this.changes.reverse()) {
      if (isAdded) this.#delete(side, role, index);
      else this.#insert(side, role, index);
    }
    this.mark();
  }

  #isRedundant(side: Side, role: number, index: number): boolean {
    const places = this.placesOf(side, index);
    return this.acrossOf(side, role).every((other) => this.covered[places[other]!]! > 1);
  }

  /**
   * Removes rows and columns from roles if other roles cover everything they add. The heaviest go
   * first, in a randomized order. Checks only these rows and columns.
   */
  prune(rows: Iterable<number>, columns: Iterable<number>, random: () => number): void {
    const parts: { side: Side; role: number; index: number; order: number }[] = [];
    const list = (side: Side, index: number, roles: number[]) => {
      const weight = this.#weightOf(side, index);
      for (const role of roles) parts.push({ side, role, index, order: weight * (0.5 + random()) });
    };
    for (const row of rows) list('row', row, this.rolesOfRow[row]!);
    for (const column of columns) list('column', column, this.rolesOfColumn[column]!);
    parts.sort((a, b) => b.order - a.order);
    for (const { side, role, index } of parts) {
      const [indexes] = this.#listsOf(side, role, index);
      if (!indexes.includes(index) || !this.#isRedundant(side, role, index)) continue;
      this.remove(side, role, index);
      this.#removeEmptyRole(role);
    }
  }

  /** Rows and columns affected by a change since the mark. */
  listTouched(): { rows: Set<number>; columns: Set<number> } {
    const rows = new Set<number>();
    const columns = new Set<number>();
    for (const { isAdded, side, role, index } of this.changes) {
      if (!isAdded) continue;
      const [own, across] = side === 'row' ? [rows, columns] : [columns, rows];
      own.add(index);
      for (const other of this.acrossOf(side, role)) across.add(other);
    }
    return { rows, columns };
  }

  /** Roles that could take `index` but do not have it: all their columns (rows) are ones of it. */
  listFitting(side: Side, index: number): number[] {
    const isRow = side === 'row';
    const ones = isRow ? onesOfRow(this.table, index) : onesOfColumn(this.table, index);
    const rolesOf = isRow ? this.rolesOfColumn : this.rolesOfRow;
    const own = isRow ? this.rolesOfRow[index]! : this.rolesOfColumn[index]!;
    const shared = new Map<number, number>();
    for (const other of ones) {
      this.#meter.work += rolesOf[other]!.length;
      for (const role of rolesOf[other]!) shared.set(role, (shared.get(role) ?? 0) + 1);
    }
    return [...shared.keys()].filter(
      (role) => shared.get(role) === this.acrossOf(side, role).length && !own.includes(role),
    );
  }

  /** The current roles. */
  list(): Biclique[] {
    const bicliques = this.rowsOf.map((rows, role) => ({
      rows: Uint32Array.from(rows).sort(),
      columns: Uint32Array.from(this.columnsOf[role]!).sort(),
    }));
    return bicliques.filter(({ rows }) => rows.length > 0);
  }
}
