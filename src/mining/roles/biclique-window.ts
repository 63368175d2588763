import { countBits, forEachBit } from '../matrix/bits.ts';
import { type BinaryTable, onesOfColumn, onesOfRow } from './binary-table.ts';
import type { CoverCells } from './essential-cells.ts';
import type { WorkMeter } from './search-budget.ts';

/** Rows × columns that are all ones in a table; both ascend. */
export interface Biclique {
  rows: Uint32Array;
  columns: Uint32Array;
}

/** A maximal biclique in local indexes of a window, and the number of needed cells it covers. */
export interface GrownBiclique {
  value: number;
  /** Local rows. */
  rows: number[];
  /** Local columns as bits. */
  columns: Uint32Array;
}

/** The cost of a growth step besides the words it reads. */
const workPerStep = 400;

/**
 * The part of a table that contains all bicliques around one cell: the rows with a one in its
 * column × the columns with a one in its row. Stored as bits, rows × words, since it is small
 * (about 80 × 60 in a table of 10,000 × 8,000). That makes a search of many small steps affordable.
 */
export class Window {
  readonly #table: BinaryTable;
  readonly #cells: CoverCells;
  readonly #random: () => number;
  readonly #meter: WorkMeter;
  /** Local index by column + 1; all zero between loads. */
  readonly #local: Uint32Array;
  #rows: Uint32Array = new Uint32Array(0);
  #columns: Uint32Array = new Uint32Array(0);
  #words = 0;
  #ones = new Uint32Array(0);
  /** Cells that are not covered yet. */
  #needs = new Uint32Array(0);
  #weights = new Float64Array(0);
  /** Local index of the loaded cell's row. */
  #row = 0;

  constructor(table: BinaryTable, cells: CoverCells, random: () => number, meter: WorkMeter) {
    this.#table = table;
    this.#cells = cells;
    this.#random = random;
    this.#meter = meter;
    this.#local = new Uint32Array(table.columns);
    this.#weights = new Float64Array(Math.max(table.rows, table.columns) + 32);
  }

  /** Loads the window of a cell; cells with a `covered` count of 0 are needed. */
  load(cell: number, covered: Uint32Array): void {
    const row = this.#cells.rowOf[cell]!;
    const rows = onesOfColumn(this.#table, this.#cells.columnOf[cell]!);
    const columns = onesOfRow(this.#table, row);
    this.#rows = rows;
    this.#columns = columns;
    this.#row = rows.indexOf(row);
    this.#words = (columns.length + 31) >>> 5;
    const size = rows.length * this.#words;
    if (this.#ones.length < size) {
      this.#ones = new Uint32Array(2 * size);
      this.#needs = new Uint32Array(2 * size);
    }
    this.#ones.fill(0, 0, size);
    this.#needs.fill(0, 0, size);
    for (let c = 0; c < columns.length; c++) this.#local[columns[c]!] = c + 1;
    for (let r = 0; r < rows.length; r++) this.#loadRow(r, covered);
    for (let c = 0; c < columns.length; c++) this.#local[columns[c]!] = 0;
  }

  #loadRow(r: number, covered: Uint32Array): void {
    const { rowStarts, rowOnes } = this.#table;
    const { starts, columnOf } = this.#cells;
    const row = this.#rows[r]!;
    this.#meter.work += rowStarts[row + 1]! - rowStarts[row]!;
    const base = r * this.#words;
    for (let i = rowStarts[row]!; i < rowStarts[row + 1]!; i++) {
      const c = this.#local[rowOnes[i]!]! - 1;
      if (c >= 0) this.#ones[base + (c >>> 5)]! |= 1 << (c & 31);
    }
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      const c = this.#local[columnOf[i]!]! - 1;
      if (c >= 0 && covered[i] === 0) this.#needs[base + (c >>> 5)]! |= 1 << (c & 31);
    }
  }

  /** Columns in which all these rows have a one. */
  #intent(rows: readonly number[]): Uint32Array {
    const words = this.#words;
    const bits = new Uint32Array(words).fill(0xffffffff);
    for (const r of rows) for (let w = 0; w < words; w++) bits[w]! &= this.#ones[r * words + w]!;
    return bits;
  }

  /** Rows that have a one in all these columns. */
  #extent(columns: Uint32Array): number[] {
    const words = this.#words;
    const extent: number[] = [];
    for (let r = 0; r < this.#rows.length; r++) {
      let w = 0;
      while (w < words && (columns[w]! & ~this.#ones[r * words + w]!) === 0) w++;
      if (w === words) extent.push(r);
    }
    return extent;
  }

  /** Counts the needed cells of a row within columns. */
  #needsOf(r: number, columns: Uint32Array): number {
    const base = r * this.#words;
    this.#meter.work += this.#words;
    let needs = 0;
    for (let w = 0; w < this.#words; w++) needs += countBits(this.#needs[base + w]! & columns[w]!);
    return needs;
  }

  #measure(rows: number[], columns: Uint32Array): GrownBiclique {
    this.#meter.work += workPerStep;
    let value = 0;
    for (const r of rows) value += this.#needsOf(r, columns);
    return { value, rows, columns };
  }

  /**
   * Grows the widest biclique of the cell's column by one column at a time, each time the column
   * that leaves the most needed cells covered. `jitter` (0–1) randomizes the choice.
   */
  growByColumns(jitter: number): GrownBiclique {
    const words = this.#words;
    const all = Array.from(this.#rows.keys());
    let grown = this.#measure(all, this.#intent(all));
    for (;;) {
      this.#weighColumns(grown);
      const best = this.#pickHeaviest(this.#columns.length, grown.value, jitter);
      if (best < 0) return grown;
      const mask = 1 << (best & 31);
      const word = best >>> 5;
      const rows = grown.rows.filter((r) => (this.#ones[r * words + word]! & mask) !== 0);
      grown = this.#measure(rows, this.#intent(rows));
    }
  }

  /** By column: the needed cells that the biclique would cover after adding the column. */
  #weighColumns({ rows, columns }: GrownBiclique): void {
    const words = this.#words;
    const weights = this.#weights;
    weights.fill(0, 0, this.#columns.length);
    for (const r of rows) {
      const base = this.#needsOf(r, columns);
      for (let w = 0; w < words; w++) {
        const need = this.#needs[r * words + w]!;
        let left = this.#ones[r * words + w]! & ~columns[w]!;
        while (left !== 0) {
          const bit = left & -left;
          weights[w * 32 + 31 - Math.clz32(bit)]! += (need & bit) === 0 ? base : base + 1;
          left ^= bit;
        }
      }
    }
  }

  /** Grows the widest biclique of the cell's row by one row at a time, otherwise as above. */
  growByRows(jitter: number): GrownBiclique {
    const words = this.#words;
    const own = this.#intent([this.#row]);
    let grown = this.#measure(this.#extent(own), own);
    for (;;) {
      this.#weighRows(grown);
      const best = this.#pickHeaviest(this.#rows.length, grown.value, jitter);
      if (best < 0) return grown;
      const columns = grown.columns.map((bits, w) => bits & this.#ones[best * words + w]!);
      const rows = this.#extent(columns);
      grown = this.#measure(rows, this.#intent(rows));
    }
  }

  /** By row: the needed cells that the biclique would cover after adding the row. */
  #weighRows({ rows, columns }: GrownBiclique): void {
    const words = this.#words;
    const weights = this.#weights;
    const columnNeeds = new Uint32Array(words * 32);
    for (const r of rows) {
      for (let w = 0; w < words; w++) {
        const needed = this.#needs[r * words + w]! & columns[w]!;
        forEachBit(needed, (c) => void columnNeeds[w * 32 + c]!++);
      }
    }
    for (let r = 0; r < this.#rows.length; r++) {
      let weight = this.#needsOf(r, columns);
      for (let w = 0; w < words; w++) {
        let left = this.#ones[r * words + w]! & columns[w]!;
        while (left !== 0) {
          const bit = left & -left;
          weight += columnNeeds[w * 32 + 31 - Math.clz32(bit)]!;
          left ^= bit;
        }
      }
      weights[r] = weight;
    }
    for (const r of rows) weights[r] = 0;
  }

  /** The index of the greatest weight above `minWeight`, each lowered by up to `jitter`; or −1. */
  #pickHeaviest(length: number, minWeight: number, jitter: number): number {
    const weights = this.#weights;
    let best = -1;
    let heaviest = 0;
    for (let i = 0; i < length; i++) {
      const weight = weights[i]!;
      if (weight <= minWeight) continue;
      const blurred = jitter > 0 ? weight * (1 - jitter * this.#random()) : weight;
      if (blurred > heaviest) {
        best = i;
        heaviest = blurred;
      }
    }
    return best;
  }

  /** Converts local indexes to rows and columns of the table. */
  toBiclique({ rows, columns }: GrownBiclique): Biclique {
    return {
      rows: Uint32Array.from(rows, (r) => this.#rows[r]!),
      columns: this.#columns.filter((_, c) => (columns[c >>> 5]! & (1 << (c & 31))) !== 0),
    };
  }
}
