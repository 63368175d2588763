import { type Cells, createCellsReader, type RecordReader, type Sheet } from './csv-cells.ts';
import type { Column } from './csv-columns.ts';
import { isAmbiguous, toIsoDate } from './csv-dates.ts';
import type { Row } from './csv-rows.ts';
import {
  isBlank,
  isBlankDate,
  readActive,
  readDate,
  readEnd,
  readList,
  readRisk,
  readWhole,
} from './csv-values.ts';
import type { ApplicationRecord, EntitlementRecord, GrantRecord } from './records.ts';

/**
 * Creates a function that finds repeated rows of a key. The same row again is a warning; another one is a problem,
 * because nobody knows which of them counts. @returns whether the row is the first.
 */
function createUniqueCheck(
  noun: string,
): (cells: Cells, column: Column, key: string, row: Row) => boolean {
  const firsts = new Map<string, { line: number; text: string }>();
  return (cells, column, key, { values }) => {
    const first = firsts.get(key);
    const text = values.join('\n');
    if (first === undefined) firsts.set(key, { line: cells.line, text });
    else if (first.text === text) cells.warn(column, `the same row is on line ${first.line}.`);
    else cells.fail(column, `the same ${noun} is on line ${first.line}; each must be unique.`);
    return first === undefined;
  };
}

export const applicationReader: RecordReader<ApplicationRecord> = (sheet) => {
  const { at } = sheet.header;
  const readCells = createCellsReader(sheet);
  const checkApp = createUniqueCheck('application');
  return (row) => {
    const cells = readCells(row);
    if (!cells) return undefined;
    const app = readRequired(cells, 'app');
    if (app === undefined || !checkApp(cells, 'app', app.toLowerCase(), row)) return undefined;
    const record: ApplicationRecord = { line: row.line, app };
    if (at.owner_email !== undefined) record.owners = readList(cells.get('owner_email'));
    if (at.provisioner_email !== undefined) {
      record.provisioners = readList(cells.get('provisioner_email'));
    }
    const instructions = cells.get('instructions');
    if (instructions !== '') record.instructions = instructions;
    return record;
  };
};

export const entitlementReader: RecordReader<EntitlementRecord> = (sheet) => {
  const readCells = createCellsReader(sheet);
  const readApp = createAppReader(sheet);
  const checkEntitlement = createUniqueCheck('entitlement');
  const hasOwners = sheet.header.at.owner_email !== undefined;
  return (row) => {
    const cells = readCells(row);
    if (!cells) return undefined;
    const app = readApp(cells);
    const entitlement = readRequired(cells, 'entitlement');
    if (app === undefined || entitlement === undefined) return undefined;
    const key = `${app}\n${entitlement}`.toLowerCase();
    if (!checkEntitlement(cells, 'entitlement', key, row)) return undefined;
    const record: EntitlementRecord = { line: row.line, app, entitlement };
    if (hasOwners) record.owners = readList(cells.get('owner_email'));
    for (const column of ['description', 'category'] as const) {
      const text = cells.get(column);
      if (text !== '') record[column] = text;
    }
    return Object.assign(record, readSettings(cells));
  };
};

/** A century: longer than anybody needs access. */
const maxDaysPerGrant = 36_500;

/** Reads the risk and the settings of requests; an empty cell leaves the stored value unchanged. */
function readSettings(cells: Cells): Partial<EntitlementRecord> {
  const read = <T>(column: Column, readValue: (text: string) => T | undefined, hint: string) => {
    const text = cells.get(column);
    if (isBlank(text)) return undefined;
    const value = readValue(text);
    if (value === undefined) cells.warn(column, hint);
    return value;
  };
  const risk = read('risk', readRisk, 'write low, medium or high.');
  const requestable = read('requestable', readActive, 'write yes or no.');
  const emergencyAllowed = read('emergency', readActive, 'write yes or no.');
  const maxGrantDays = read(
    'longest_days',
    (text) => readWhole(text, 1, maxDaysPerGrant),
    `write a whole number of days, from 1 to ${maxDaysPerGrant}.`,
  );
  const approvals = read('approvals', (text) => readWhole(text, 0, 3), 'write 0, 1, 2 or 3.');
  return {
    ...(risk === undefined ? {} : { risk }),
    ...(requestable === undefined ? {} : { requestable }),
    ...(emergencyAllowed === undefined ? {} : { emergencyAllowed }),
    ...(maxGrantDays === undefined ? {} : { maxGrantDays }),
    ...(approvals === undefined ? {} : { approvals }),
  };
}

export const grantReader: RecordReader<GrantRecord> = (sheet) => {
  const readCells = createCellsReader(sheet);
  const readApp = createAppReader(sheet);
  const readDates = createDatesReader(sheet);
  return (row) => {
    const cells = readCells(row);
    const person = cells && readRequired(cells, 'person');
    const app = person === undefined ? undefined : cells && readApp(cells);
    const entitlement = app === undefined ? undefined : cells && readRequired(cells, 'entitlement');
    if (person === undefined || app === undefined || entitlement === undefined) return undefined;
    return Object.assign({ line: row.line, person, app, entitlement }, cells && readDates(cells));
  };
};

function createDatesReader(sheet: Sheet): (cells: Cells) => Partial<GrantRecord> {
  const readDateCell = createDateReader(sheet, readDate);
  const readEndCell = createDateReader(sheet, readEnd);
  return (cells) => {
    const grantedAt = readDateCell(cells, 'granted_at');
    const expiresAt = readEndCell(cells, 'expires_at');
    const lastUsedAt = readDateCell(cells, 'last_used_at');
    const dates: Partial<GrantRecord> = {};
    if (grantedAt) dates.grantedAt = grantedAt;
    if (expiresAt) dates.expiresAt = expiresAt;
    else if (isUnread(cells, sheet)) dates.isEndUnread = true;
    if (lastUsedAt) dates.lastUsedAt = lastUsedAt;
    return dates;
  };
}

/** Whether the grant has an end that cannot be read. Then it must not count as a grant without an end. */
function isUnread(cells: Cells, { header }: Sheet): boolean {
  const index = header.at.expires_at;
  return index !== undefined && (cells.isCut(index) || !isBlankDate(cells.get('expires_at')));
}

/** An empty value skips the row. */
function readRequired(cells: Cells, column: Column): string | undefined {
  const value = cells.get(column);
  if (value !== '') return value;
  cells.skip(column, 'must not be empty.');
  return undefined;
}

function createAppReader({ header, app }: Sheet): (cells: Cells) => string | undefined {
  return header.at.app === undefined ? () => app : (cells) => readRequired(cells, 'app');
}

const maxCachedDates = 5_000;

/** Dates repeat in many rows. Caching a few thousand avoids most of the parsing. */
function createDateReader(
  { dateOrders, timeZone }: Sheet,
  read: (text: string, timeZone: string) => Date | undefined,
): (cells: Cells, column: Column) => Date | undefined {
  const dates = new Map<string, Date>();
  return (cells, column) => {
    const text = cells.get(column);
    if (isBlankDate(text)) return undefined;
    const key = `${column}\n${text}`;
    const cached = dates.get(key);
    if (cached) return cached;
    const date =
      read(text, timeZone) ?? read(toIsoDate(text, dateOrders.get(column)) ?? '', timeZone);
    if (!date) {
      cells.warn(column, explainDate(text));
      return undefined;
    }
    if (dates.size >= maxCachedDates) dates.clear();
    dates.set(key, date);
    return date;
  };
}

function explainDate(text: string): string {
  return isAmbiguous(text)
    ? 'day and month could be swapped; write 2027-06-30.'
    : 'this is not a date; write 2027-06-30 or 2027-06-30T17:00:00Z.';
}
