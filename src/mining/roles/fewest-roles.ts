import { type Biclique, type Grown, Window } from './biclique-window.ts';
import { type BinaryTable, hasOne, onesOfColumn, onesOfRow } from './binary-table.ts';
import { Cover, type CoverRole } from './cover.ts';
import { type CoverCells, findEssentialCells, listAllCells } from './essential-cells.ts';
import type { SearchBudget, WorkMeter } from './search-budget.ts';

/** Bicliques grown before the one that covers most is taken. */
const greedyTries = 4;
const repairTries = 2;
/** Blur of the growth in every other repair. */
const repairJitter = 0.3;
/** Above so many cells the lower bound would cost more than it saves. */
const boundedCells = 30_000;

/** A cover in search of a smaller one: takes a few neighbouring roles out and closes the gap. */
class RoleSearch {
  readonly cover: Cover;
  readonly #window: Window;
  readonly #random: () => number;

  constructor(table: BinaryTable, cells: CoverCells, random: () => number, meter: WorkMeter) {
    this.cover = new Cover(cells, table.columns);
    this.#window = new Window(table, cells, random, meter);
    this.#random = random;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** The better of the bicliques grown from a cell by columns and by rows. */
  #grow(cell: number, jitter: number): Grown {
    this.#window.load(cell, this.cover.covered);
    const byColumns = this.#window.growByColumns(jitter);
    const byRows = this.#window.growByRows(jitter);
    if (byRows.value !== byColumns.value) {
      return byRows.value > byColumns.value ? byRows : byColumns;
    }
    return this.#random() < 0.5 ? byRows : byColumns;
  }

  /** Adds the biclique that covers most of those grown from a few random uncovered cells. */
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

  /** A random cell of the pool that is uncovered, or −1; covered ones leave the pool. */
  #drawUncovered(pool: number[]): number {
    while (pool.length > 0) {
      const place = this.#below(pool.length);
      const cell = pool[place]!;
      if (this.cover.covered[cell] === 0) return cell;
      pool[place] = pool[pool.length - 1]!;
      pool.pop();
    }
    return -1;
  }

  /** Stops before all is covered when `isOver` says so. */
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
      const number = this.#below(roles.length);
      if (roles[number]) return number;
    }
  }

  /** Of three random roles the one that covers the fewest cells alone: the easiest to do without. */
  #drawWeakRole(): number {
    const { sole } = this.cover;
    const drawn = [this.#drawRole(), this.#drawRole(), this.#drawRole()];
    return drawn.reduce((weak, number) => (sole[number]! < sole[weak]! ? number : weak));
  }

  /** Takes out a weak role and up to four that share rows with it. */
  #takeOut(bared: number[]): CoverRole[] {
    const { starts } = this.cover.cells;
    const first = this.cover.remove(this.#drawWeakRole(), bared);
    const removed = [first];
    const wanted = 2 + this.#below(4);
    for (let attempt = 0; attempt < 40 && removed.length < wanted; attempt++) {
      const row = first.rows[this.#below(first.rows.length)]!;
      const cells = starts[row + 1]! - starts[row]!;
      if (cells === 0) continue;
      const neighbour = this.cover.soleOwner(starts[row]! + this.#below(cells));
      if (neighbour >= 0) removed.push(this.cover.remove(neighbour, bared));
    }
    return removed;
  }

  /** One round: keeps the repaired cover unless it takes more roles than were taken out. */
  improve(): void {
    const bared: number[] = [];
    const removed = this.#takeOut(bared);
    const added: number[] = [];
    const jitter = () => (this.#random() < 0.5 ? 0 : repairJitter);
    while (this.cover.uncovered > 0 && added.length < removed.length) {
      added.push(this.#addBest(bared, repairTries, jitter));
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
 * A number of roles that no cover can do without: cells of which no two fit in one biclique,
 * collected greedily, those with the smallest windows first.
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
 * Covers the ones of a table (without equal rows or columns) by few maximal bicliques: a greedy
 * cover of the essential cells (the biclique around a random uncovered cell that covers most,
 * best of four), then rounds of taking out neighbouring roles and covering the gap anew, kept when
 * it takes no more roles. Ends with the budget, or when the lower bound proves the cover smallest.
 */
export function findFewestRoles(
  table: BinaryTable,
  budget: SearchBudget,
  random: () => number,
): Biclique[] {
  const cells = findEssentialCells(table);
  const search = new RoleSearch(table, cells, random, budget);
  search.coverGreedily(() => false);
  const least = cells.count > boundedCells ? 1 : boundRoles(table, cells);
  while (search.cover.size > least && budget.take()) search.improve();
  return search.cover.list().map(({ rows, columns }) => ({ rows, columns }));
}

/** Above so many ones it takes seconds to find which of them are essential. */
const reducedOnes = 1_000_000;

/**
 * Maximal bicliques of a table, grown as for a cover until the budget is used up: of a table of any size,
 * not all of which they cover. undefined when that was enough for all of it.
 */
export function findSomeBicliques(
  table: BinaryTable,
  budget: SearchBudget,
  random: () => number,
): Biclique[] | undefined {
  const isLarge = table.rowOnes.length > reducedOnes;
  const cells = isLarge ? listAllCells(table) : findEssentialCells(table);
  const search = new RoleSearch(table, cells, random, budget);
  search.coverGreedily(() => budget.isOver);
  if (search.cover.uncovered === 0) return undefined;
  return search.cover.list().map(({ rows, columns }) => ({ rows, columns }));
}
