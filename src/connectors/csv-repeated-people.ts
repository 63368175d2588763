import type { PersonRecord, ProblemLog } from './records.ts';

/** One row of a people file. */
export interface PersonRow {
  file: string;
  record: PersonRecord;
  /** All values, to recognize a repeated row. */
  text: string;
}

/** Collects the rows of a people file and decides which row of a person counts. */
export interface PeopleReader {
  add(rows: readonly PersonRow[]): void;
  list(): PersonRecord[];
}

/**
 * Of several rows of one person, the active one counts: systems keep the ended employment beside the current one. Two
 * active rows that differ are a problem, because nobody knows which one is right.
 */
export function createPeopleReader(logs: {
  problems: ProblemLog;
  warnings: ProblemLog;
}): PeopleReader {
  const rows: PersonRow[] = [];
  return {
    add: (more) => {
      for (const row of more) rows.push(row);
    },
    list: () => resolveRepeated(rows, logs).map(({ record }) => record),
  };
}

const keys = ['id', 'email'] as const;

interface Logs {
  problems: ProblemLog;
  warnings: ProblemLog;
}

function resolveRepeated(rows: readonly PersonRow[], logs: Logs): PersonRow[] {
  // Active rows first, so that they keep the key. The order of the file stays among equals.
  const ordered = [...rows].sort((a, b) => Number(b.record.active) - Number(a.record.active));
  const firsts = { id: new Map<string, PersonRow>(), email: new Map<string, PersonRow>() };
  const repeated = new Set<PersonRow>();
  for (const row of ordered) {
    const key = keys.find((one) => firsts[one].has(keyOf(row, one) ?? ''));
    const first = key && firsts[key].get(keyOf(row, key) ?? '');
    if (first) {
      repeated.add(row);
      reportRepeated({ row, first, key }, logs);
      continue;
    }
    for (const one of keys) {
      const value = keyOf(row, one);
      if (value !== undefined) firsts[one].set(value, row);
    }
  }
  return rows.filter((row) => !repeated.has(row));
}

function reportRepeated(
  { row, first, key }: { row: PersonRow; first: PersonRow; key: 'id' | 'email' },
  { problems, warnings }: Logs,
): void {
  const { file, record } = row;
  const place = { file, line: record.line, column: key, value: record[key] ?? '' };
  const same = `the same ${key === 'id' ? 'id' : 'e-mail'} is on line ${first.record.line}`;
  if (record.active && row.text !== first.text) {
    const message = `${same}, and both rows are active; each must be unique.`;
    problems.add({ ...place, message });
    return;
  }
  const why = first.record.active && !record.active ? ', which is active and counts' : '';
  warnings.add({ ...place, message: `${same}${why}. The row is skipped.` });
}

function keyOf({ record }: PersonRow, key: 'id' | 'email'): string | undefined {
  return key === 'id' ? record.id : record.email?.toLowerCase();
}
