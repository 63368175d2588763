import type { Column, Header } from './csv-columns.ts';
import type { DateOrder } from './csv-dates.ts';
import type { Row } from './csv-rows.ts';
import type { SkippedRows } from './csv-skipped.ts';
import type { ProblemLog } from './records.ts';

export interface Sheet {
  header: Header;
  file: string;
  /** The name of the application for a file without an `app` column. */
  app: string;
  /** The time zone of dates that name none. */
  timeZone: string;
  problems: ProblemLog;
  warnings: ProblemLog;
  skip: SkippedRows['add'];
  /** Keys of people in rows that cannot be read. */
  unreadPeople: Set<string>;
  /** Whether the dates of a column begin with the day or the month, where the file shows it. */
  dateOrders: ReadonlyMap<Column, DateOrder>;
}

/**
 * Creates the function that converts a sheet's rows to records; undefined: the row has no record.
 */
export type RecordReader<T> = (sheet: Sheet) => (row: Row) => T | undefined;

/** The cells of a row by column, trimmed. */
export interface Cells {
  line: number;
  get(column: Column): string;
  /** Whether the row ends before this column. */
  isCut(index: number): boolean;
  /** Warns that an optional value does not count. */
  warn(column: Column, message: string): void;
  /** Skips the row. */
  skip(column: Column, message: string): void;
  /** Refuses the import. */
  fail(column: Column, message: string): void;
}

/**
 * Creates a function that splits a row into cells. Missing values at the end are empty, as spreadsheets leave them
 * out. A row with too many values is skipped, since it is unknown which value belongs to which column.
 */
export function createCellsReader(sheet: Sheet): (row: Row) => Cells | undefined {
  const { file, problems, warnings } = sheet;
  const { at, width } = sheet.header;
  return ({ line, values }) => {
    if (values.slice(width).some((value) => value.trim() !== '')) {
      const message = `has ${values.length} values but the header has ${width}; is there a separator in a value without quotes?`;
      sheet.skip({ line, value: values.join(','), message });
      return undefined;
    }
    const get = (column: Column) => {
      const index = at[column];
      return index === undefined ? '' : (values[index]?.trim() ?? '');
    };
    const place = (column: Column) => ({ line, column, value: get(column) });
    if (values.length < width) {
      const message = `has ${values.length} values but the header has ${width}; the missing ones count as empty.`;
      warnings.add({ file, line, value: values.join(','), message });
    }
    return {
      line,
      get,
      isCut: (index) => index >= values.length,
      warn: (column, message) =>
        warnings.add({ file, ...place(column), message: `${message} This value is ignored.` }),
      skip: (column, message) => sheet.skip({ ...place(column), message }),
      fail: (column, message) => problems.add({ file, ...place(column), message }),
    };
  };
}
