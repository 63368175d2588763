import type { Column, Header } from './csv-columns.ts';
import { type DateOrder, isAmbiguous, orderOf } from './csv-dates.ts';
import { type Row, readRows } from './csv-rows.ts';
import { createProblemLog } from './problems.ts';

const dateColumns = ['granted_at', 'expires_at', 'last_used_at'] as const satisfies Column[];

interface DateColumn {
  column: Column;
  index: number;
  isAmbiguous: boolean;
  order: DateOrder | undefined;
}

/**
 * Finds out whether the dates of each column begin with the day or the month. Only a file with dates whose day and
 * month could be swapped is read for it, until one date of the column shows the order.
 */
export async function findDateOrders(
  path: string,
  { file, delimiter, header }: { file: string; delimiter: string; header: Header },
): Promise<ReadonlyMap<Column, DateOrder>> {
  const columns = dateColumns.flatMap((column): DateColumn[] => {
    const index = header.at[column];
    return index === undefined ? [] : [{ column, index, isAmbiguous: false, order: undefined }];
  });
  if (columns.length === 0) return new Map();
  // Reading the records reports the problems.
  const logs = { problems: createProblemLog(), warnings: createProblemLog() };
  for await (const rows of readRows(path, { file, delimiter, ...logs })) {
    for (const column of columns) inspect(column, rows);
    if (columns.every((one) => one.order || !one.isAmbiguous)) break;
  }
  // One program wrote all columns, so one column shows the order of the others.
  const [first, ...others] = new Set(columns.flatMap(({ order }) => order ?? []));
  const common = others.length === 0 ? first : undefined;
  return new Map(
    columns.flatMap(({ column, order = common }) => (order ? [[column, order] as const] : [])),
  );
}

function inspect(column: DateColumn, rows: readonly Row[]): void {
  for (const { values } of rows) {
    const text = values[column.index] ?? '';
    column.order ??= orderOf(text);
    column.isAmbiguous ||= isAmbiguous(text);
  }
}
