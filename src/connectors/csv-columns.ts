import { Refusal } from '../errors.ts';
import type { ProblemLog, RecordKind } from './records.ts';

/** The columns each file may have: what `--map` can name, and what a header is compared with. */
const columns = {
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

export type Column = (typeof columns)[RecordKind][number];

/** What must be there: one column of each list. A missing `app` is the grants file's name. */
const required: Record<RecordKind, Column[][]> = {
  people: [['email', 'id']],
  applications: [['app']],
  entitlements: [['entitlement']],
  grants: [['person'], ['entitlement']],
};

/** Where each column of a file is, and which further columns are attributes of people. */
export interface Header {
  width: number;
  at: Partial<Record<Column, number>>;
  attributes: { index: number; name: string }[];
}

/** `Job Title ` and `job_title` are the same column. */
function columnName(heading: string): string {
  return heading.trim().toLowerCase().replace(/\s+/g, '_');
}

function isSame(heading: string, column: string): boolean {
  return columnName(heading) === columnName(column);
}

/**
 * Reads `--map target=COLUMN` options.
 * @throws Refusal invalid: not of that form, given twice, or no such target (the targets are listed).
 */
export function readColumnMap(options: readonly string[]): Map<string, string> {
  const targets = new Set<string>(Object.values(columns).flat());
  const map = new Map<string, string>();
  for (const option of options) {
    const [, target = '', column = ''] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(option) ?? [];
    if (!target) throw new Refusal('invalid', `--map ${option}: write target=COLUMN.`);
    if (!targets.has(target)) {
      const known = [...targets].sort().join(', ');
      throw new Refusal('invalid', `--map ${option}: no such target; there are ${known}.`);
    }
    if (map.has(target)) throw new Refusal('invalid', `--map ${target} is given twice.`);
    map.set(target, column);
  }
  return map;
}

/**
 * Finds a file's columns in its header. undefined: a required column is missing; the problem says
 * what was expected, what was found, and how to map it.
 */
export function readHeader(
  kind: RecordKind,
  headings: readonly string[],
  map: ReadonlyMap<string, string>,
  log: { file: string; problems: ProblemLog; warnings: ProblemLog },
): Header | undefined {
  reportTwins(headings, log);
  const at: Header['at'] = {};
  for (const column of columns[kind]) {
    const index = findColumn(headings, column, map);
    if (index >= 0) at[column] = index;
  }
  if (kind === 'people') findPeopleSynonyms(headings, map, at);

  const used = new Set(Object.values(at));
  const free = headings
    .map((heading, index) => ({ index, heading: heading.trim(), name: columnName(heading) }))
    .filter(({ index, name }) => name !== '' && !used.has(index));

  const missing = required[kind].filter((choice) => choice.every((column) => !(column in at)));
  for (const [nth, choice] of missing.entries()) {
    const example = free[nth]?.heading ?? 'COLUMN';
    const message = missingColumn(kind, choice, headings, example);
    log.problems.add({ file: log.file, line: 1, message });
  }
  if (missing.length > 0) return undefined;

  const isAttribute = (name: string) => kind === 'people' && !isKnown(name);
  for (const { heading } of free.filter(({ name }) => !isAttribute(name))) {
    const message = 'this column is not used.';
    log.warnings.add({ file: log.file, line: 1, column: heading, message });
  }
  return { width: headings.length, at, attributes: free.filter(({ name }) => isAttribute(name)) };
}

/** An attribute of a name that is a column's, mapped elsewhere, would be a second such dimension. */
function isKnown(name: string): boolean {
  return name === 'manager' || columns.people.some((column) => column === name);
}

function findColumn(
  headings: readonly string[],
  column: Column,
  map: ReadonlyMap<string, string>,
): number {
  const mapped = map.get(column);
  const index =
    mapped === undefined ? -1 : headings.findIndex((heading) => isSame(heading, mapped));
  return index >= 0 ? index : headings.findIndex((heading) => columnName(heading) === column);
}

/**
 * A `manager` column would otherwise be an attribute beside the dimension of that name; and a
 * `--map person=USER` says what people are called by in people.csv as well.
 */
function findPeopleSynonyms(
  headings: readonly string[],
  map: ReadonlyMap<string, string>,
  at: Header['at'],
): void {
  const manager = headings.findIndex((heading) => columnName(heading) === 'manager');
  if (at.manager_email === undefined && manager >= 0) at.manager_email = manager;
  const person = map.get('person');
  if (at.email !== undefined || at.id !== undefined || person === undefined) return;
  const key = headings.findIndex((heading) => isSame(heading, person));
  if (key >= 0) at.id = key;
}

function reportTwins(headings: readonly string[], log: { file: string; problems: ProblemLog }) {
  const seen = new Map<string, string>();
  for (const heading of headings) {
    const name = columnName(heading);
    if (name === '') continue;
    if (seen.has(name)) {
      const message = 'this heading is there twice; give each column a name of its own.';
      log.problems.add({ file: log.file, line: 1, column: heading.trim(), message });
    }
    seen.set(name, heading);
  }
}

function missingColumn(
  kind: RecordKind,
  choice: Column[],
  headings: readonly string[],
  example: string,
): string {
  const wanted = choice.map((column) => `"${column}"`).join(' or ');
  const found = headings.map((heading) => heading.trim()).join(', ');
  return (
    `there is no column ${wanted}. Expected: ${columns[kind].join(', ')}. Found: ${found}. ` +
    `If it has another name, say so: ${choice.map((column) => `--map ${column}=${example}`).join(' or ')}`
  );
}

/** Reports the mapped columns that no file has. */
export function reportUnmapped(
  map: ReadonlyMap<string, string>,
  headings: ReadonlyMap<RecordKind, { file: string; headings: readonly string[] }>,
  problems: ProblemLog,
): void {
  for (const [target, column] of map) {
    const files = [...headings].filter(([kind]) => columns[kind].some((name) => name === target));
    const isFound = files.some(([, { headings }]) => headings.some((h) => isSame(h, column)));
    if (isFound) continue;
    const file = files.map(([, { file }]) => file).join(', ') || 'no file';
    const message = `has no column "${column}", which --map ${target}=${column} asks for.`;
    problems.add({ file, line: 0, message });
  }
}
