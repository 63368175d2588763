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
  /** What the application is called where the file has no `app` column. */
  app: string;
  problems: ProblemLog;
}

/** Makes the function that turns a sheet's rows into records; undefined: the row has no record. */
export type RecordReader<T> = (sheet: Sheet) => (row: Row) => T | undefined;

/** A row's cells by column, trimmed, and the way to complain about one. */
interface Cells {
  line: number;
  get(column: Column): string;
  fail(column: Column, message: string): void;
}

/**
 * Gives rows their cells. A row with too few or too many values is reported and left out: which
 * value belongs to which column cannot be known.
 */
function cellsReader({ header, file, problems }: Sheet): (row: Row) => Cells | undefined {
  const { at, width } = header;
  return ({ line, values }) => {
    if (values.length !== width) {
      const message = `has ${values.length} values where the header has ${width}.`;
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

/** Reports keys that were there before, with the line they were on. */
function onlyOnce(what: string): (cells: Cells, column: Column, key: string) => void {
  const lines = new Map<string, number>();
  return (cells, column, key) => {
    const first = lines.get(key);
    if (first === undefined) lines.set(key, cells.line);
    else cells.fail(column, `the same ${what} is on line ${first}; each may be there once.`);
  };
}

const texts = {
  name: 'name',
  department: 'department',
  job_title: 'jobTitle',
  employment_status: 'employmentStatus',
  employment_type: 'employmentType',
  manager_email: 'managerRef',
  location: 'location',
} as const satisfies Partial<Record<Column, keyof PersonRecord>>;

export const personReader: RecordReader<PersonRecord> = (sheet) => {
  const cellsOf = cellsReader(sheet);
  const checkKey = personKeyCheck();
  const columns = Object.entries(texts) as [
    keyof typeof texts,
    (typeof texts)[keyof typeof texts],
  ][];
  return (row) => {
    const cells = cellsOf(row);
    if (!cells) return undefined;
    checkKey(cells);
    const active = readActive(cells.get('active'));
    if (active === undefined) cells.fail('active', 'write true or false (yes or no, 1 or 0).');
    const person: PersonRecord = {
      line: row.line,
      active: active ?? true,
      attributes: attributesOf(sheet.header, row),
    };
    const email = cells.get('email');
    const id = cells.get('id');
    if (email !== '') person.email = email;
    if (id !== '') person.id = id;
    for (const [column, field] of columns) {
      const value = cells.get(column);
      if (value !== '') person[field] = value;
    }
    return person;
  };
};

function personKeyCheck(): (cells: Cells) => void {
  const checkEmail = onlyOnce('e-mail');
  const checkId = onlyOnce('id');
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

function attributesOf({ attributes }: Header, { values }: Row): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { index, name } of attributes) {
    const value = values[index]?.trim();
    if (value) found[name] = value;
  }
  return found;
}

export const applicationReader: RecordReader<ApplicationRecord> = (sheet) => {
  const { at } = sheet.header;
  const cellsOf = cellsReader(sheet);
  const checkApp = onlyOnce('application');
  return (row) => {
    const cells = cellsOf(row);
    if (!cells) return undefined;
    const app = needed(cells, 'app');
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
  const cellsOf = cellsReader(sheet);
  const appOf = appReader(sheet);
  const checkEntitlement = onlyOnce('entitlement');
  const hasOwners = sheet.header.at.owner_email !== undefined;
  return (row) => {
    const cells = cellsOf(row);
    if (!cells) return undefined;
    const app = appOf(cells);
    const entitlement = needed(cells, 'entitlement');
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
    return Object.assign(record, requestRules(cells));
  };
};

/** A century: longer than anybody holds access. */
const maxGrantDays = 36_500;

/** How it may be asked for; what is left empty is left as it is. */
function requestRules(cells: Cells): Partial<EntitlementRecord> {
  const read = <T>(column: Column, readValue: (text: string) => T | undefined, hint: string) => {
    const text = cells.get(column);
    const value = text === '' ? undefined : readValue(text);
    if (text !== '' && value === undefined) cells.fail(column, hint);
    return value;
  };
  const requestable = read('requestable', readActive, 'write yes or no.');
  const emergencyAllowed = read('emergency', readActive, 'write yes or no.');
  const longestGrantDays = read(
    'longest_days',
    (text) => readWhole(text, 1, maxGrantDays),
    `write a whole number of days, from 1 to ${maxGrantDays}.`,
  );
  const approvals = read('approvals', (text) => readWhole(text, 0, 3), 'write 0, 1, 2 or 3.');
  return {
    ...(requestable === undefined ? {} : { requestable }),
    ...(emergencyAllowed === undefined ? {} : { emergencyAllowed }),
    ...(longestGrantDays === undefined ? {} : { longestGrantDays }),
    ...(approvals === undefined ? {} : { approvals }),
  };
}

export const grantReader: RecordReader<GrantRecord> = (sheet) => {
  const cellsOf = cellsReader(sheet);
  const appOf = appReader(sheet);
  const dateOf = dateReader(readDate);
  const endOf = dateReader(readEnd);
  return (row) => {
    const cells = cellsOf(row);
    if (!cells) return undefined;
    const person = needed(cells, 'person');
    const app = appOf(cells);
    const entitlement = needed(cells, 'entitlement');
    const grantedAt = dateOf(cells, 'granted_at');
    const expiresAt = endOf(cells, 'expires_at');
    const lastUsedAt = dateOf(cells, 'last_used_at');
    if (person === undefined || app === undefined || entitlement === undefined) return undefined;
    const record: GrantRecord = { line: row.line, person, app, entitlement };
    if (grantedAt) record.grantedAt = grantedAt;
    if (expiresAt) record.expiresAt = expiresAt;
    if (lastUsedAt) record.lastUsedAt = lastUsedAt;
    return record;
  };
};

function needed(cells: Cells, column: Column): string | undefined {
  const value = cells.get(column);
  if (value !== '') return value;
  cells.fail(column, 'must not be empty.');
  return undefined;
}

function appReader({ header, app }: Sheet): (cells: Cells) => string | undefined {
  return header.at.app === undefined ? () => app : (cells) => needed(cells, 'app');
}

/** Dates repeat from row to row: remembering the last few thousand saves most of the reading. */
function dateReader(
  read: (text: string) => Date | undefined,
): (cells: Cells, column: Column) => Date | undefined {
  const known = new Map<string, Date>();
  return (cells, column) => {
    const text = cells.get(column);
    if (text === '') return undefined;
    const seen = known.get(text);
    if (seen) return seen;
    const date = read(text);
    if (!date) {
      cells.fail(column, 'this is not a date; write 2027-06-30 or 2027-06-30T17:00:00Z.');
      return undefined;
    }
    if (known.size >= 5_000) known.clear();
    known.set(text, date);
    return date;
  };
}
