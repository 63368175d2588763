import type { Column, Header } from './csv-columns.ts';
import type { Row } from './csv-rows.ts';
import {
  isEmail,
  readActive,
  readDate,
  readEnd,
  readList,
  readRisk,
  readWhole,
} from './csv-values.ts';
import type {
  ApplicationRecord,
  EntitlementRecord,
  GrantRecord,
  PersonRecord,
  ProblemLog,
} from './records.ts';

interface Sheet {
  header: Header;
  file: string;
  /** The name of the application for a file without an `app` column. */
  app: string;
  /** The time zone of dates that name none. */
  timeZone: string;
  problems: ProblemLog;
}

/**
 * Creates the function that converts a sheet's rows to records; undefined: the row has no record.
 */
export type RecordReader<T> = (sheet: Sheet) => (row: Row) => T | undefined;

/** The cells of a row by column, trimmed. `fail` reports a problem with one of them. */
interface Cells {
  line: number;
  get(column: Column): string;
  fail(column: Column, message: string): void;
}

/**
 * Creates a function that splits a row into cells. A row with too few or too many values is
 * reported and skipped, since it is unknown which value belongs to which column.
 */
function createCellsReader({ header, file, problems }: Sheet): (row: Row) => Cells | undefined {
  const { at, width } = header;
  return ({ line, values }) => {
    if (values.length !== width) {
      const message = `has ${values.length} values but the header has ${width}.`;
      problems.add({ file, line, value: values.join(','), message });
      return undefined;
    }
    const get = (column: Column) => {
      const index = at[column];
      return index === undefined ? '' : (values[index]?.trim() ?? '');
    };
    const fail = (column: Column, message: string) =>
      problems.add({ file, line, column, value: get(column), message });
    return { line, get, fail };
  };
}

/** Creates a function that reports a repeated key with the line of its first occurrence. */
function createUniqueCheck(noun: string): (cells: Cells, column: Column, key: string) => void {
  const lines = new Map<string, number>();
  return (cells, column, key) => {
    const first = lines.get(key);
    if (first === undefined) lines.set(key, cells.line);
    else cells.fail(column, `the same ${noun} is on line ${first}; each must be unique.`);
  };
}

/** Text columns of people, and the fields of the record that they fill. */
const textColumns = [
  ['name', 'name'],
  ['department', 'department'],
  ['job_title', 'jobTitle'],
  ['employment_status', 'employmentStatus'],
  ['employment_type', 'employmentType'],
  ['manager_email', 'managerRef'],
  ['location', 'location'],
] as const satisfies readonly (readonly [Column, keyof PersonRecord])[];

export const personReader: RecordReader<PersonRecord> = (sheet) => {
  const readCells = createCellsReader(sheet);
  const checkKey = createPersonKeyCheck();
  return (row) => {
    const cells = readCells(row);
    if (!cells) return undefined;
    checkKey(cells);
    const active = readActive(cells.get('active'));
    if (active === undefined) cells.fail('active', 'write true or false (yes or no, 1 or 0).');
    const person: PersonRecord = {
      line: row.line,
      active: active ?? true,
      attributes: readAttributes(sheet.header, row),
    };
    const email = cells.get('email');
    const id = cells.get('id');
    if (email !== '') person.email = email;
    if (id !== '') person.id = id;
    for (const [column, field] of textColumns) {
      const value = cells.get(column);
      if (value !== '') person[field] = value;
    }
    return person;
  };
};

function createPersonKeyCheck(): (cells: Cells) => void {
  const checkEmail = createUniqueCheck('e-mail');
  const checkId = createUniqueCheck('id');
  return (cells) => {
    const email = cells.get('email');
    const id = cells.get('id');
    if (email === '' && id === '') cells.fail('email', 'this person has neither e-mail nor id.');
    if (id !== '') checkId(cells, 'id', id);
    if (email === '') return;
    if (!isEmail(email)) cells.fail('email', 'this is not an e-mail address.');
    checkEmail(cells, 'email', email.toLowerCase());
  };
}

function readAttributes({ attributes }: Header, { values }: Row): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { index, name } of attributes) {
    const value = values[index]?.trim();
    if (value) texts[name] = value;
  }
  return texts;
}

export const applicationReader: RecordReader<ApplicationRecord> = (sheet) => {
  const { at } = sheet.header;
  const readCells = createCellsReader(sheet);
  const checkApp = createUniqueCheck('application');
  return (row) => {
    const cells = readCells(row);
    if (!cells) return undefined;
    const app = readRequired(cells, 'app');
    if (app === undefined) return undefined;
    checkApp(cells, 'app', app.toLowerCase());
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
    checkEntitlement(cells, 'entitlement', `${app}\n${entitlement}`.toLowerCase());
    const record: EntitlementRecord = { line: row.line, app, entitlement };
    if (hasOwners) record.owners = readList(cells.get('owner_email'));
    const description = cells.get('description');
    if (description !== '') record.description = description;
    const category = cells.get('category');
    if (category !== '') record.category = category;
    const riskText = cells.get('risk');
    const risk = readRisk(riskText);
    if (risk !== undefined) record.risk = risk;
    else if (riskText !== '') cells.fail('risk', 'write low, medium or high.');
    return Object.assign(record, readRequestSettings(cells));
  };
};

/** A century: longer than anybody needs access. */
const maxDaysPerGrant = 36_500;

/** Reads the settings of requests; an empty cell leaves the stored value unchanged. */
function readRequestSettings(cells: Cells): Partial<EntitlementRecord> {
  const read = <T>(column: Column, readValue: (text: string) => T | undefined, hint: string) => {
    const text = cells.get(column);
    const value = text === '' ? undefined : readValue(text);
    if (text !== '' && value === undefined) cells.fail(column, hint);
    return value;
  };
  const requestable = read('requestable', readActive, 'write yes or no.');
  const emergencyAllowed = read('emergency', readActive, 'write yes or no.');
  const maxGrantDays = read(
    'longest_days',
    (text) => readWhole(text, 1, maxDaysPerGrant),
    `write a whole number of days, from 1 to ${maxDaysPerGrant}.`,
  );
  const approvals = read('approvals', (text) => readWhole(text, 0, 3), 'write 0, 1, 2 or 3.');
  return {
    ...(requestable === undefined ? {} : { requestable }),
    ...(emergencyAllowed === undefined ? {} : { emergencyAllowed }),
    ...(maxGrantDays === undefined ? {} : { maxGrantDays }),
    ...(approvals === undefined ? {} : { approvals }),
  };
}

export const grantReader: RecordReader<GrantRecord> = (sheet) => {
  const readCells = createCellsReader(sheet);
  const readApp = createAppReader(sheet);
  const readDateCell = createDateReader((text) => readDate(text, sheet.timeZone));
  const readEndCell = createDateReader((text) => readEnd(text, sheet.timeZone));
  return (row) => {
    const cells = readCells(row);
    if (!cells) return undefined;
    const person = readRequired(cells, 'person');
    const app = readApp(cells);
    const entitlement = readRequired(cells, 'entitlement');
    const grantedAt = readDateCell(cells, 'granted_at');
    const expiresAt = readEndCell(cells, 'expires_at');
    const lastUsedAt = readDateCell(cells, 'last_used_at');
    if (person === undefined || app === undefined || entitlement === undefined) return undefined;
    const record: GrantRecord = { line: row.line, person, app, entitlement };
    if (grantedAt) record.grantedAt = grantedAt;
    if (expiresAt) record.expiresAt = expiresAt;
    if (lastUsedAt) record.lastUsedAt = lastUsedAt;
    return record;
  };
};

function readRequired(cells: Cells, column: Column): string | undefined {
  const value = cells.get(column);
  if (value !== '') return value;
  cells.fail(column, 'must not be empty.');
  return undefined;
}

function createAppReader({ header, app }: Sheet): (cells: Cells) => string | undefined {
  return header.at.app === undefined ? () => app : (cells) => readRequired(cells, 'app');
}

/** Dates repeat in many rows. Caching a few thousand avoids most of the parsing. */
function createDateReader(
  read: (text: string) => Date | undefined,
): (cells: Cells, column: Column) => Date | undefined {
  const dates = new Map<string, Date>();
  return (cells, column) => {
    const text = cells.get(column);
    if (text === '') return undefined;
    const cached = dates.get(text);
    if (cached) return cached;
    const date = read(text);
    if (!date) {
      cells.fail(column, 'this is not a date; write 2027-06-30 or 2027-06-30T17:00:00Z.');
      return undefined;
    }
    if (dates.size >= 5_000) dates.clear();
    dates.set(text, date);
    return date;
  };
}
