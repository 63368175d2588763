import type { Biclique } from './biclique-window.ts';
import type { CoverCells } from './essential-cells.ts';

/** A biclique of a cover and the essential cells it covers. */
export interface CoverRole extends Biclique {
  cells: Uint32Array;
}

/**
 * A cover in the making: which roles there are, how many of them cover each cell, and how many
 * cells each alone covers. Adding and removing a role costs its cells.
 */
export class Cover {
  readonly cells: CoverCells;
  /** Roles by their number; removed ones leave a gap that is used again. */
  readonly roles: (CoverRole | undefined)[] = [];
  /** Roles that cover each cell. */
  readonly covered: Uint32Array;
  /** Cells that only this role covers, by its number. */
  readonly sole: number[] = [];
  size = 0;
  uncovered: number;
  /** Sum of the numbers of the roles that cover a cell: the number itself when it is one. */
  readonly #owners: Float64Array;
  readonly #free: number[] = [];
  readonly #isMember: Uint8Array;

  constructor(cells: CoverCells, columns: number) {
    this.cells = cells;
    this.covered = new Uint32Array(cells.count);
    this.uncovered = cells.count;
    this.#owners = new Float64Array(cells.count);
    this.#isMember = new Uint8Array(columns);
  }

  /** The essential cells inside a biclique. */
  listCells({ rows, columns }: Biclique): Uint32Array {
    const { starts, columnOf } = this.cells;
    const isMember = this.#isMember;
    for (const column of columns) isMember[column] = 1;
    const inside: number[] = [];
    for (const row of rows) {
      for (let i = starts[row]!; i < starts[row + 1]!; i++) {
        if (isMember[columnOf[i]!] === 1) inside.push(i);
      }
    }
    for (const column of columns) isMember[column] = 0;
    return Uint32Array.from(inside);
  }

  /** Adds a role and returns its number. */
  add(role: CoverRole): number {
    const number = this.#free.pop() ?? this.roles.length;
    let sole = 0;
    for (const cell of role.cells) {
      const count = this.covered[cell]!++;
      if (count === 0) sole++;
      else if (count === 1) this.sole[this.#owners[cell]!]!--;
      this.#owners[cell]! += number;
    }
    this.roles[number] = role;
    this.sole[number] = sole;
    this.uncovered -= sole;
    this.size++;
    return number;
  }

  /** Removes a role; `bared` gets the cells that are no longer covered. */
  remove(number: number, bared?: number[]): CoverRole {
    const role = this.roles[number]!;
    this.roles[number] = undefined;
    this.#free.push(number);
    for (const cell of role.cells) {
      const count = --this.covered[cell]!;
      this.#owners[cell]! -= number;
      if (count === 1) this.sole[this.#owners[cell]!]!++;
      else if (count === 0) bared?.push(cell);
    }
    this.uncovered += this.sole[number]!;
    this.sole[number] = 0;
    this.size--;
    return role;
  }

  /** The only role that covers a cell, or −1 when there are none or several. */
  soleOwner(cell: number): number {
    return this.covered[cell] === 1 ? this.#owners[cell]! : -1;
  }

  /** The roles that are there. */
  list(): CoverRole[] {
    return this.roles.filter((role) => role !== undefined);
  }
}
