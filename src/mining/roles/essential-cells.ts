import { type BinaryTable, onesOfColumn, onesOfRow, transpose } from './binary-table.ts';

/** Ones of a table that must be covered, numbered row by row. */
export interface CoverCells {
  count: number;
  rowOf: Uint32Array;
  columnOf: Uint32Array;
  /** First cell of each row, length rows + 1. */
  starts: Uint32Array;
}

/** The rows among `candidates` that have a one in the column; both lists ascend. */
function intersect(candidates: number[], column: Uint32Array): number[] {
  let i = 0;
  return candidates.filter((row) => {
    while (i < column.length && column[i]! < row) i++;
    return column[i] === row;
  });
}

/** Other rows that have all ones of row `r`; checks the smallest columns first. */
function listSupersets(table: BinaryTable, r: number): number[] {
  const columns = Array.from(onesOfRow(table, r), (c) => onesOfColumn(table, c));
  columns.sort((a, b) => a.length - b.length);
  let supersets = Array.from(columns[0] ?? []);
  for (let i = 1; i < columns.length && supersets.length > 1; i++) {
    supersets = intersect(supersets, columns[i]!);
  }
  return supersets.filter((row) => row !== r);
}

/**
 * Marks (by index in `rowOnes`) the ones that another row also has, if the ones of that other row
 * are a proper subset of this row's. A maximal biclique that covers the one there covers the one
 * here.
 */
function markDominated(table: BinaryTable): Uint8Array {
  const dominated = new Uint8Array(table.rowOnes.length);
  for (let r = 0; r < table.rows; r++) {
    const ones = onesOfRow(table, r);
    for (const superset of listSupersets(table, r)) {
      let i = table.rowStarts[superset]!;
      for (const c of ones) {
        while (table.rowOnes[i]! < c) i++;
        dominated[i] = 1;
      }
    }
  }
  return dominated;
}

/** All ones of a table; a cell's number is its position in `rowOnes`. */
export function listAllCells(table: BinaryTable): CoverCells {
  const rowOf = new Uint32Array(table.rowOnes.length);
  for (let r = 0; r < table.rows; r++) rowOf.fill(r, table.rowStarts[r]!, table.rowStarts[r + 1]!);
  return { count: rowOf.length, rowOf, columnOf: table.rowOnes, starts: table.rowStarts };
}

/**
 * Finds the essential cells of a table without equal rows or columns: maximal bicliques that cover
 * these cells cover all ones. A one is essential unless a smaller row or a smaller column has it
 * too. Belohlavek and Trnecka, "From-below approximations in Boolean matrix factorization", 2015;
 * the reduction of Ene et al., SACMAT 2008, is the same.
 */
export function findEssentialCells(table: BinaryTable): CoverCells {
  const byRow = markDominated(table);
  const byColumn = markDominated(transpose(table));
  const cursor = table.columnStarts.slice();
  const starts = new Uint32Array(table.rows + 1);
  const columnOf: number[] = [];
  const rowOf: number[] = [];
  for (let r = 0; r < table.rows; r++) {
    for (let i = table.rowStarts[r]!; i < table.rowStarts[r + 1]!; i++) {
      const c = table.rowOnes[i]!;
      if (byColumn[cursor[c]!++] || byRow[i]) continue;
      rowOf.push(r);
      columnOf.push(c);
    }
    starts[r + 1] = rowOf.length;
  }
  return {
    count: rowOf.length,
    rowOf: Uint32Array.from(rowOf),
    columnOf: Uint32Array.from(columnOf),
    starts,
  };
}
