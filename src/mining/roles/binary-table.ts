/** A table of 0 and 1 as the lists of its ones, by row and by column, ascending. */
export interface BinaryTable {
  rows: number;
  columns: number;
  /** length rows + 1 */
  rowStarts: Uint32Array;
  /** Columns of the ones, row by row. */
  rowOnes: Uint32Array;
  /** length columns + 1 */
  columnStarts: Uint32Array;
  /** Rows of the ones, column by column. */
  columnOnes: Uint32Array;
}

/** Builds a table from its lists by row; adds the lists by column. */
export function buildTable(
  rows: number,
  columns: number,
  rowStarts: Uint32Array,
  rowOnes: Uint32Array,
): BinaryTable {
  const columnStarts = new Uint32Array(columns + 1);
  for (let i = 0; i < rowOnes.length; i++) columnStarts[rowOnes[i]! + 1]!++;
  for (let c = 0; c < columns; c++) columnStarts[c + 1]! += columnStarts[c]!;
  const cursor = columnStarts.slice();
  const columnOnes = new Uint32Array(rowOnes.length);
  for (let r = 0; r < rows; r++) {
    for (let i = rowStarts[r]!; i < rowStarts[r + 1]!; i++) {
      columnOnes[cursor[rowOnes[i]!]!++] = r;
    }
  }
  return { rows, columns, rowStarts, rowOnes, columnStarts, columnOnes };
}

/** Swaps rows and columns without copying. */
export function transpose(table: BinaryTable): BinaryTable {
  return {
    rows: table.columns,
    columns: table.rows,
    rowStarts: table.columnStarts,
    rowOnes: table.columnOnes,
    columnStarts: table.rowStarts,
    columnOnes: table.rowOnes,
  };
}

/** The columns of the ones of a row. */
export function onesOfRow(table: BinaryTable, row: number): Uint32Array {
  return table.rowOnes.subarray(table.rowStarts[row]!, table.rowStarts[row + 1]!);
}

/** The rows of the ones of a column. */
export function onesOfColumn(table: BinaryTable, column: number): Uint32Array {
  return table.columnOnes.subarray(table.columnStarts[column]!, table.columnStarts[column + 1]!);
}

/** Whether a row has a one in a column. */
export function hasOne(table: BinaryTable, row: number, column: number): boolean {
  let low = table.rowStarts[row]!;
  let high = table.rowStarts[row + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.rowOnes[middle]! < column) low = middle + 1;
    else high = middle;
  }
  return low < table.rowStarts[row + 1]! && table.rowOnes[low] === column;
}

/** Groups rows with the same ones, in order of their first; empty rows are left out. */
function groupEqualRows(table: BinaryTable): Uint32Array[] {
  const buckets = new Map<number, number[][]>();
  const groups: number[][] = [];
  for (let r = 0; r < table.rows; r++) {
    const ones = onesOfRow(table, r);
    if (ones.length === 0) continue;
    const hash = ones.reduce((h, c) => Math.imul(h ^ c, 0x9e3779b1) ^ (h >>> 15), ones.length);
    const bucket = buckets.get(hash) ?? [];
    const group = bucket.find((rows) => isEqual(onesOfRow(table, rows[0]!), ones));
    if (group) {
      group.push(r);
      continue;
    }
    const started = [r];
    bucket.push(started);
    buckets.set(hash, bucket);
    groups.push(started);
  }
  return groups.map((rows) => Uint32Array.from(rows));
}

function isEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** A table without equal rows or columns, and the originals that each row and column represents. */
export interface CollapsedTable {
  table: BinaryTable;
  /** Original rows and columns by row and column of the collapsed table. */
  rowGroups: Uint32Array[];
  columnGroups: Uint32Array[];
}

/** Merges equal rows and equal columns, independently of each other; empty ones are dropped. */
export function collapse(table: BinaryTable): CollapsedTable {
  const rowGroups = groupEqualRows(table);
  const columnGroups = groupEqualRows(transpose(table));
  const columnOf = new Int32Array(table.columns).fill(-1);
  columnGroups.forEach((columns, c) => {
    columnOf[columns[0]!] = c;
  });
  const rowStarts = new Uint32Array(rowGroups.length + 1);
  const rowOnes: number[] = [];
  rowGroups.forEach((rows, r) => {
    const ones = Array.from(onesOfRow(table, rows[0]!), (c) => columnOf[c]!).filter((c) => c >= 0);
    for (const c of ones.sort((a, b) => a - b)) rowOnes.push(c);
    rowStarts[r + 1] = rowOnes.length;
  });
  const ones = Uint32Array.from(rowOnes);
  const collapsed = buildTable(rowGroups.length, columnGroups.length, rowStarts, ones);
  return { table: collapsed, rowGroups, columnGroups };
}
