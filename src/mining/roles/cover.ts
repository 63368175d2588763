import type { Biclique } from './biclique-window.ts';
import type { CoverCells } from './essential-cells.ts';

/** A biclique of a cover and the essential cells it covers. */
export interface CoverRole extends Biclique {
  cells: Uint32Array;
}

/**
 * A cover under construction: its roles, the number of roles that cover each cell, and the number
 * of cells that only one role covers. Adding or removing a role takes time proportional to its
 * cells.
 */
export class Cover {
  readonly cells: CoverCells;
  /** Roles by number; a removed role leaves a gap that is reused. */
  readonly roles: (CoverRole | undefined)[] = [];
  /** Number of roles that cover each cell. */
  readonly covered: Uint32Array;
  /** By role number: the cells that only this role covers. */
  readonly sole: number[] = [];
  size = 0;
  uncovered: number;
  /** Sum of the numbers of the roles that cover a cell; with one role, its number. */
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

  /** Removes a role; appends to `exposed` the cells that no role covers any more. */
  remove(number: number, exposed?: number[]): CoverRole {
    const role = this.roles[number]!;
    this.roles[number] = undefined;
    this.#free.push(number);
    for (const cell of role.cells) {
      const count = --this.covered[cell]!;
      this.#owners[cell]! -= number;
      if (count === 1) this.sole[this.#owners[cell]!]!++;
      else if (count === 0) exposed?.push(cell);
    }
    this.uncovered += this.sole[number]!;
    this.sole[number] = 0;
    this.size--;
    return role;
  }

  /** The only role that covers a cell, or −1 if none or several do. */
  soleOwner(cell: number): number {
    return this.covered[cell] === 1 ? this.#owners[cell]! : -1;
  }

  /** The current roles. */
  list(): CoverRole[] {
    return this.roles.filter((role) => role !== undefined);
  }
}
