import { type Biclique, type GrownBiclique, Window } from './biclique-window.ts';
import { type BinaryTable, hasOne, onesOfColumn, onesOfRow } from './binary-table.ts';
import { Cover, type CoverRole } from './cover.ts';
import { type CoverCells, findEssentialCells, listAllCells } from './essential-cells.ts';
import type { SearchBudget, WorkMeter } from './search-budget.ts';

/** Bicliques grown before the one that covers the most is taken. */
const greedyTries = 4;
const repairTries = 2;
/** Jitter of the growth in every other repair. */
const repairJitter = 0.3;
/** With more cells the lower bound would cost more time than it saves. */
const maxBoundedCells = 30_000;

/** Searches for a smaller cover: removes a few neighboring roles and repairs the gap. */
class RoleSearch {
  readonly cover: Cover;
  readonly #window: Window;
  readonly #random: () => number;

  constructor(table: BinaryTable, cells: CoverCells, random: () => number, meter: WorkMeter) {
    this.cover = new Cover(cells, table.columns);
    this.#window = new Window(table, cells, random, meter);
    this.#random = random;
  }

  #drawBelow(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** The better of two bicliques grown from a cell, one by columns and one by rows. */
  #grow(cell: number, jitter: number): GrownBiclique {
    this.#window.load(cell, this.cover.covered);
    const byColumns = this.#window.growByColumns(jitter);
    const byRows = this.#window.growByRows(jitter);
    if (byRows.value !== byColumns.value) {
      return byRows.value > byColumns.value ? byRows : byColumns;
    }
    return this.#random() < 0.5 ? byRows : byColumns;
  }

  /** Grows bicliques from a few random uncovered cells and adds the one that covers the most. */
  #addBest(pool: number[], tries: number, jitter: () => number): number {
    let best = 0;
    let found: Biclique | undefined;
    for (let t = 0; t < tries; t++) {
      const cell = this.#drawUncovered(pool);
      if (cell < 0) break;
      const grown = this.#grow(cell, jitter());
      if (grown.value > best) {
        best = grown.value;
        found = this.#window.toBiclique(grown);
      }
      if (pool.length === 1) break;
    }
    return this.cover.add({ ...found!, cells: this.cover.listCells(found!) });
  }

  /** Draws an uncovered cell of the pool, or −1; covered cells leave the pool. */
  #drawUncovered(pool: number[]): number {
    while (pool.length > 0) {
      const place = this.#drawBelow(pool.length);
      const cell = pool[place]!;
      if (this.cover.covered[cell] === 0) return cell;
      pool[place] = pool[pool.length - 1]!;
      pool.pop();
    }
    return -1;
  }

  /** Covers all cells greedily; stops early once `isOver` returns true. */
  coverGreedily(isOver: () => boolean): void {
    const pool = Array.from({ length: this.cover.cells.count }, (_, cell) => cell);
    while (this.cover.uncovered > 0 && !isOver()) {
      this.#addBest(pool, greedyTries, () => 0);
    }
    this.#dropRedundant();
  }

  #dropRedundant(): void {
    const { roles, sole } = this.cover;
    for (let n = 0; n < roles.length; n++) if (roles[n] && sole[n] === 0) this.cover.remove(n);
  }

  #drawRole(): number {
    const { roles } = this.cover;
    for (;;) {
      const number = this.#drawBelow(roles.length);
      if (roles[number]) return number;
    }
  }

  /**
   * Draws three roles; returns the one that alone covers the fewest cells, the easiest to replace.
   */
  #drawWeakRole(): number {
    const { sole } = this.cover;
    const drawn = [this.#drawRole(), this.#drawRole(), this.#drawRole()];
    return drawn.reduce((weak, number) => (sole[number]! < sole[weak]! ? number : weak));
  }

  /** Removes a weak role and up to four that share rows with it. */
  #takeOut(exposed: number[]): CoverRole[] {
    const { starts } = this.cover.cells;
    const first = this.cover.remove(this.#drawWeakRole(), exposed);
    const removed = [first];
    const targetCount = 2 + this.#drawBelow(4);
    for (let attempt = 0; attempt < 40 && removed.length < targetCount; attempt++) {
      const row = first.rows[this.#drawBelow(first.rows.length)]!;
      const cells = starts[row + 1]! - starts[row]!;
      if (cells === 0) continue;
      const neighbor = this.cover.soleOwner(starts[row]! + this.#drawBelow(cells));
      if (neighbor >= 0) removed.push(this.cover.remove(neighbor, exposed));
    }
    return removed;
  }

  /** Runs one round; keeps the repaired cover unless it needs more roles than were removed. */
  improve(): void {
    const exposed: number[] = [];
    const removed = this.#takeOut(exposed);
    const added: number[] = [];
    const jitter = () => (this.#random() < 0.5 ? 0 : repairJitter);
    while (this.cover.uncovered > 0 && added.length < removed.length) {
      added.push(this.#addBest(exposed, repairTries, jitter));
    }
    if (this.cover.uncovered === 0) {
      this.#dropRedundant();
      return;
    }
    for (const number of added) this.cover.remove(number);
    for (const role of removed) this.cover.add(role);
  }
}

/**
 * A lower bound on the number of roles: greedily collects cells of which no two fit in one
 * biclique, those with the smallest windows first.
 */
export function boundRoles(table: BinaryTable, cells: CoverCells): number {
  const sizeOf = (cell: number) =>
    onesOfRow(table, cells.rowOf[cell]!).length * onesOfColumn(table, cells.columnOf[cell]!).length;
  const sizes = Float64Array.from({ length: cells.count }, (_, cell) => sizeOf(cell));
  const order = Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
  const canShare = (a: number, b: number) =>
    hasOne(table, cells.rowOf[a]!, cells.columnOf[b]!) &&
    hasOne(table, cells.rowOf[b]!, cells.columnOf[a]!);
  const apart: number[] = [];
  for (const cell of order) if (!apart.some((other) => canShare(cell, other))) apart.push(cell);
  return apart.length;
}

/**
 * Covers the ones of a table (without equal rows or columns) by few maximal bicliques. Starts with
 * a greedy cover of the essential cells (of four bicliques around random uncovered cells, the one
 * that covers the most). Then each round removes neighboring roles and covers the gap again; a
 * round counts unless it needs more roles. Ends with the budget, or once the lower bound proves the
 * cover smallest.
 */
export function findFewestRoles(
  table: BinaryTable,
  budget: SearchBudget,
  random: () => number,
): Biclique[] {
  const cells = findEssentialCells(table);
  const search = new RoleSearch(table, cells, random, budget);
  search.coverGreedily(() => false);
  const lowerBound = cells.count > maxBoundedCells ? 1 : boundRoles(table, cells);
  while (search.cover.size > lowerBound && budget.takeRound()) search.improve();
  return search.cover.list().map(({ rows, columns }) => ({ rows, columns }));
}

/** With more ones, finding the essential cells takes seconds. */
const maxReducedOnes = 1_000_000;

/**
 * Grows maximal bicliques of a table of any size until the budget is used up. They need not cover
 * the table. Returns undefined if the budget was enough for the whole table.
 */
export function findSomeBicliques(
  table: BinaryTable,
  budget: SearchBudget,
  random: () => number,
): Biclique[] | undefined {
  const isLarge = table.rowOnes.length > maxReducedOnes;
  const cells = isLarge ? listAllCells(table) : findEssentialCells(table);
  const search = new RoleSearch(table, cells, random, budget);
  search.coverGreedily(() => budget.isOver);
  if (search.cover.uncovered === 0) return undefined;
  return search.cover.list().map(({ rows, columns }) => ({ rows, columns }));
}
