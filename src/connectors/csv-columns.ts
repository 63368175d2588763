import { Refusal } from '../errors.ts';
import type { Row } from './csv-rows.ts';
import type { ProblemLog, RecordKind } from './records.ts';

/** The columns of each file: the targets of `--map`, and the expected headings. */
export const csvColumns = {
  people: [
    'email',
    'id',
    'name',
    'department',
    'job_title',
    'employment_status',
    'employment_type',
    'manager_email',
    'location',
    'active',
  ],
  applications: ['app', 'owner_email', 'provisioner_email', 'instructions'],
  entitlements: [
    'app',
    'entitlement',
    'description',
    'category',
    'risk',
    'owner_email',
    'requestable',
    'emergency',
    'longest_days',
    'approvals',
  ],
  grants: ['person', 'app', 'entitlement', 'granted_at', 'expires_at', 'last_used_at'],
} as const satisfies Record<RecordKind, readonly string[]>;

export type Column = (typeof csvColumns)[RecordKind][number];

/** Required columns: one of each list. Without `app` the name of the grants file is used. */
const requiredColumns: Record<RecordKind, Column[][]> = {
  people: [['email', 'id']],
  applications: [['app']],
  entitlements: [['entitlement']],
  grants: [['person'], ['entitlement']],
};

/** The position of each column, and the further columns that are attributes of people. */
export interface Header {
  /** Up to the last column with a heading. */
  width: number;
  at: Partial<Record<Column, number>>;
  attributes: { index: number; name: string }[];
  /** The columns whose words can say that a person has left. */
  states: { index: number; name: string }[];
}

/** The name of an attribute: `Cost Center ` and `cost_center` are the same. */
function toColumnName(heading: string): string {
  return heading
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, '_');
}

/** `Job Title `, `job-title` and `job_title` are the same column. */
function isSameColumn(heading: string, column: string): boolean {
  const letters = (text: string) => toColumnName(text).replace(/[^\p{L}\p{N}]+/gu, '');
  return toColumnName(heading) === toColumnName(column)
    ? true
    : letters(heading) === letters(column) && letters(column) !== '';
}

/** Finds a column, first by its exact name. */
function indexOfColumn(headings: readonly string[], column: string): number {
  const exact = headings.findIndex((heading) => toColumnName(heading) === toColumnName(column));
  return exact >= 0 ? exact : headings.findIndex((heading) => isSameColumn(heading, column));
}

/**
 * Reads `--map target=COLUMN` options.
 * @throws Refusal invalid: wrong form, repeated target, or unknown target (the message lists all
 * targets).
 */
export function readColumnMap(options: readonly string[]): Map<string, string> {
  const targets = new Set<string>(Object.values(csvColumns).flat());
  const map = new Map<string, string>();
  for (const option of options) {
    const end = option.indexOf('=');
    const [target, column] = [
      option.slice(0, Math.max(0, end)).trim(),
      option.slice(end + 1).trim(),
    ];
    if (!target || !column) throw new Refusal('invalid', `--map ${option}: write target=COLUMN.`);
    if (!targets.has(target)) {
      const known = [...targets].sort().join(', ');
      throw new Refusal('invalid', `--map ${option}: unknown target. Targets: ${known}.`);
    }
    if (map.has(target)) throw new Refusal('invalid', `--map ${target} occurs twice.`);
    map.set(target, column);
  }
  return map;
}

/**
 * Finds the columns of a file in its header. undefined: a required column is missing. The problem
 * lists the expected and the actual columns, and an option that maps the column.
 */
export function readHeader(
  kind: RecordKind,
  { line, values: headings }: Row,
  map: ReadonlyMap<string, string>,
  log: { file: string; problems: ProblemLog; warnings: ProblemLog },
): Header | undefined {
  const at = locateColumns(kind, headings, map);
  const repeated = reportDuplicates(headings, at, { ...log, line });
  const used = new Set(Object.values(at));
  const unused = headings
    .map((heading, index) => ({ index, heading: heading.trim(), name: toColumnName(heading) }))
    .filter(({ index, name }) => name !== '' && !used.has(index) && !repeated.has(index));

  const missing = listMissing(kind, at);
  for (const [index, choice] of missing.entries()) {
    const example = unused[index]?.heading ?? 'COLUMN';
    const message = describeMissingColumn(kind, choice, headings, example);
    log.problems.add({ file: log.file, line, message });
  }
  if (missing.length > 0) return undefined;

  const isAttribute = (name: string) => kind === 'people' && !isColumnName(name);
  for (const { heading } of unused.filter(({ name }) => !isAttribute(name))) {
    const message = 'this column is not used.';
    log.warnings.add({ file: log.file, line, column: heading, message });
  }
  const attributes = unused.filter(({ name }) => isAttribute(name));
  const named = headings.findLastIndex((heading) => toColumnName(heading) !== '') + 1;
  return { width: named, at, attributes, states: listStateColumns(attributes, at) };
}

/** Whether a row of a file has all required columns, as its header does. */
export function isHeader(
  kind: RecordKind,
  headings: readonly string[],
  map: ReadonlyMap<string, string>,
): boolean {
  return listMissing(kind, locateColumns(kind, headings, map)).length === 0;
}

function locateColumns(
  kind: RecordKind,
  headings: readonly string[],
  map: ReadonlyMap<string, string>,
): Header['at'] {
  const at: Header['at'] = {};
  for (const column of csvColumns[kind]) {
    const index = findColumn(headings, column, map);
    if (index >= 0) at[column] = index;
  }
  if (kind === 'people') findPeopleSynonyms(headings, map, at);
  return at;
}

function listMissing(kind: RecordKind, at: Header['at']): Column[][] {
  return requiredColumns[kind].filter((choice) => choice.every((column) => !(column in at)));
}

const stateWords = new Set(
  ['', 'user', 'account', 'employee', 'employment', 'worker', 'person', 'member', 'hr', 'lifecycle']
    .flatMap((noun) => [`${noun} status`, `${noun} state`])
    .map((words) => words.trim()),
);

/** The columns that can say that a person has left: `employment_status`, `Status [READ ONLY]`, `account_state`. */
function listStateColumns(attributes: Header['attributes'], at: Header['at']): Header['states'] {
  const others = attributes.filter(({ name }) =>
    stateWords.has(
      name
        .replace(/\[.*?\]|\(.*?\)/g, '')
        .replace(/[^a-z]+/g, ' ')
        .trim(),
    ),
  );
  const own = at.employment_status;
  return own === undefined ? others : [{ index: own, name: 'employment_status' }, ...others];
}

/**
 * Column names cannot be attributes: with --map they would create a second dimension of that name.
 */
function isColumnName(name: string): boolean {
  return name === 'manager' || csvColumns.people.some((column) => isSameColumn(name, column));
}

function findColumn(
  headings: readonly string[],
  column: Column,
  map: ReadonlyMap<string, string>,
): number {
  const mapped = map.get(column);
  const index = mapped === undefined ? -1 : indexOfColumn(headings, mapped);
  return index >= 0 ? index : indexOfColumn(headings, column);
}

/**
 * Finds other names of two columns. A `manager` column would otherwise become an attribute beside
 * the dimension of that name. And `--map person=USER` also names the key column of people.csv.
 */
function findPeopleSynonyms(
  headings: readonly string[],
  map: ReadonlyMap<string, string>,
  at: Header['at'],
): void {
  const manager = headings.findIndex((heading) => toColumnName(heading) === 'manager');
  if (at.manager_email === undefined && manager >= 0) at.manager_email = manager;
  const person = map.get('person');
  if (at.email !== undefined || at.id !== undefined || person === undefined) return;
  const key = indexOfColumn(headings, person);
  if (key >= 0) at.id = key;
}

/**
 * Reports repeated headings. Of a column with a meaning, nobody knows which one counts. Of an attribute the first
 * counts. @returns the indexes of the attributes that do not count.
 */
function reportDuplicates(
  headings: readonly string[],
  at: Header['at'],
  log: { file: string; line: number; problems: ProblemLog; warnings: ProblemLog },
): Set<number> {
  const first = new Map<string, number>();
  const used = new Set(Object.values(at));
  const ignored = new Set<number>();
  headings.forEach((heading, index) => {
    const name = toColumnName(heading);
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    if (name === '' || before === undefined) return;
    const place = { file: log.file, line: log.line, column: heading.trim() };
    if (used.has(before)) {
      const message = 'this heading occurs twice; give each column its own name.';
      log.problems.add({ ...place, message });
      return;
    }
    ignored.add(index);
    log.warnings.add({ ...place, message: 'this heading occurs twice; the first column counts.' });
  });
  return ignored;
}

function describeMissingColumn(
  kind: RecordKind,
  choice: Column[],
  headings: readonly string[],
  example: string,
): string {
  const expected = choice.map((column) => `"${column}"`).join(' or ');
  const found = headings.map((heading) => heading.trim()).join(', ');
  return (
    `there is no column ${expected}. Expected: ${csvColumns[kind].join(', ')}. Found: ${found}. ` +
    `If it has another name, add ${choice.map((column) => `--map ${column}=${example}`).join(' or ')}`
  );
}

/** Reports mapped columns that no file has. */
export function reportUnmapped(
  map: ReadonlyMap<string, string>,
  headings: ReadonlyMap<RecordKind, { file: string; headings: readonly string[] }>,
  problems: ProblemLog,
): void {
  for (const [target, column] of map) {
    const files = [...headings].filter(([kind]) =>
      csvColumns[kind].some((name) => name === target),
    );
    const isFound = files.some(([, { headings }]) => headings.some((h) => isSameColumn(h, column)));
    if (isFound) continue;
    const file = files.map(([, { file }]) => file).join(', ') || 'no file';
    const message = `has no column "${column}" for --map ${target}=${column}.`;
    problems.add({ file, line: 0, message });
  }
}
