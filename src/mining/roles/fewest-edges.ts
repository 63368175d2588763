import { type Biclique, Window } from './biclique-window.ts';
import { type BinaryTable, onesOfColumn, onesOfRow } from './binary-table.ts';
import { EdgeCover, type Weights } from './edge-cover.ts';
import type { SearchBudget, WorkMeter } from './search-budget.ts';

/** Jitter of the choices in most repairs. */
const repairJitter = 0.5;
/** Share of the cost that an accepted round may typically add at the start of the search. */
const startTemperature = 0.0002;
/** A repair stops once the cover costs this multiple of the cost before it. */
const maxCostRatio = 1.3;

/** One way to cover a cell, and the uncovered cells it covers per unit of cost. */
interface Option {
  worth: number;
  apply: () => void;
}

/** Searches for a cover with fewer edges: removes parts of it and repairs it at the lowest cost. */
class EdgeSearch {
  readonly cover: EdgeCover;
  readonly #window: Window;
  readonly #random: () => number;
  #jitter = 0;

  constructor(table: BinaryTable, weights: Weights, random: () => number, meter: WorkMeter) {
    this.cover = new EdgeCover(table, weights, meter);
    this.#window = new Window(table, this.cover.cells, random, meter);
    this.#random = random;
  }

  #drawBelow(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #draw(list: ArrayLike<number>): number {
    return list[this.#drawBelow(list.length)]!;
  }

  /** Removes one to three roles, each sharing a row with the one before. */
  #takeRoles(): void {
    const { cover } = this;
    const first = this.#drawBelow(cover.table.rows);
    let role = this.#draw(cover.rolesOfRow[first]!);
    for (let left = 1 + this.#drawBelow(3); left > 0; left--) {
      const row = this.#draw(cover.rowsOf[role]!);
      cover.removeRole(role);
      const others = cover.rolesOfRow[row]!;
      if (others.length === 0) return;
      role = this.#draw(others);
    }
  }

  /** Removes one to three columns from all roles, each sharing a row with the one before. */
  #stripColumns(): void {
    const { cover } = this;
    let column = this.#drawBelow(cover.table.columns);
    for (let left = 1 + this.#drawBelow(3); left > 0; left--) {
      cover.strip('column', column);
      const row = this.#draw(onesOfColumn(cover.table, column));
      column = this.#draw(onesOfRow(cover.table, row));
    }
  }

  #stripRows(): void {
    const { cover } = this;
    let row = this.#drawBelow(cover.table.rows);
    for (let left = 1 + this.#drawBelow(3); left > 0; left--) {
      cover.strip('row', row);
      const column = this.#draw(onesOfRow(cover.table, row));
      row = this.#draw(onesOfColumn(cover.table, column));
    }
  }

  #takeOut(): void {
    const mode = this.#random();
    if (mode < 0.4) this.#takeRoles();
    else if (mode < 0.7) this.#stripColumns();
    else this.#stripRows();
  }

  #blur(worth: number): number {
    return worth * (1 - this.#jitter * this.#random());
  }

  /** Options that add the row (column) of a cell to a role that has its column (row). */
  #listJoins(side: 'row' | 'column', index: number, across: number): Option[] {
    const { cover } = this;
    const fitting = cover
      .listFitting(side, index)
      .filter((role) => cover.acrossOf(side, role).includes(across));
    const places = cover.placesOf(side, index);
    const cost = side === 'row' ? cover.weights.rows[index]! : cover.weights.columns[index]!;
    return fitting.map((role) => {
      let gain = 0;
      for (const other of cover.acrossOf(side, role)) {
        if (cover.covered[places[other]!] === 0) gain++;
      }
      return { worth: this.#blur(gain / cost), apply: () => cover.add(side, role, index) };
    });
  }

  /**
   * The option of a new role around a cell: a biclique without rows and columns it does not need.
   */
  #proposeRole(cell: number): Option {
    const { cover } = this;
    this.#window.load(cell, cover.covered);
    const isByColumns = this.#random() < 0.5;
    const grown = isByColumns
      ? this.#window.growByColumns(this.#jitter)
      : this.#window.growByRows(this.#jitter);
    const role = this.#trim(this.#window.toBiclique(grown));
    let cost = 0;
    for (const row of role.rows) cost += cover.weights.rows[row]!;
    for (const column of role.columns) cost += cover.weights.columns[column]!;
    return { worth: this.#blur(grown.value / cost), apply: () => cover.addRole(role) };
  }

  #trim(biclique: Biclique): { rows: Set<number>; columns: Set<number> } {
    const { cells, covered } = this.cover;
    const inside = new Set(biclique.columns);
    const rows = new Set<number>();
    const columns = new Set<number>();
    for (const row of biclique.rows) {
      for (let i = cells.starts[row]!; i < cells.starts[row + 1]!; i++) {
        if (covered[i] !== 0 || !inside.has(cells.columnOf[i]!)) continue;
        rows.add(row);
        columns.add(cells.columnOf[i]!);
      }
    }
    return { rows, columns };
  }

  /** Covers the uncovered cells in random order; stops when the cost exceeds the limit. */
  #repair(limit: number): void {
    const { cover } = this;
    let pool = cover.exposed.slice();
    while (cover.uncovered > 0 && cover.cost <= limit) {
      pool = pool.filter((cell) => cover.covered[cell] === 0);
      const cell = this.#draw(pool);
      const row = cover.cells.rowOf[cell]!;
      const column = cover.cells.columnOf[cell]!;
      const options = [
        ...this.#listJoins('row', row, column),
        ...this.#listJoins('column', column, row),
        this.#proposeRole(cell),
      ];
      options.reduce((best, option) => (option.worth > best.worth ? option : best)).apply();
    }
  }

  #isAccepted(before: number, temperature: number): boolean {
    const { cover } = this;
    if (cover.uncovered > 0) return false;
    if (cover.cost <= before) return true;
    return temperature > 0 && this.#random() < Math.exp((before - cover.cost) / temperature);
  }

  /** Runs one round; returns whether the cover changed. `temperature` is in units of cost. */
  improve(temperature: number): boolean {
    const { cover } = this;
    const before = cover.cost;
    cover.mark();
    this.#jitter = this.#random() < 0.3 ? 0 : repairJitter;
    this.#takeOut();
    this.#repair(before * maxCostRatio + 50);
    if (cover.uncovered === 0) {
      const { rows, columns } = cover.listTouched();
      cover.prune(rows, columns, this.#random);
    }
    if (this.#isAccepted(before, temperature)) return true;
    cover.rollBack();
    return false;
  }
}

/**
 * Lowers the edges of a cover (rows and columns of all roles, weighted). Each round removes roles,
 * rows or columns and covers the gap at the lowest cost: a row or column joins one more role, or a
 * new role is added. A round that raises the cost is accepted with a falling probability (simulated
 * annealing). Returns the cheapest cover.
 */
export function findFewestEdges(
  table: BinaryTable,
  weights: Weights,
  start: readonly Biclique[],
  budget: SearchBudget,
  random: () => number,
): Biclique[] {
  if (table.rows === 0) return [];
  const search = new EdgeSearch(table, weights, random, budget);
  const { cover } = search;
  for (const role of start) cover.addRole(role);
  cover.prune(listIndexes(table.rows), listIndexes(table.columns), random);
  let best = cover.list();
  let lowestCost = cover.cost;
  const initialTemperature = startTemperature * lowestCost;
  while (budget.takeRound()) {
    if (!search.improve(initialTemperature * (1 - budget.progress)) || cover.cost >= lowestCost)
      continue;
    lowestCost = cover.cost;
    best = cover.list();
  }
  return best;
}

function listIndexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
