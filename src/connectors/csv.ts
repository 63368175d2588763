import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Refusal } from '../errors.ts';
import { type Header, readHeader, reportUnmapped } from './csv-columns.ts';
import * as records from './csv-records.ts';
import { type Row, readRows } from './csv-rows.ts';
import { createProblemLog } from './problems.ts';
import type { ProblemLog, RecordKind, Source } from './records.ts';

/** Paths of the files to read; a kind without a file has no records. */
export type CsvFiles = Partial<Record<RecordKind, string>>;

export interface CsvOptions {
  /** Target column → heading in the files (readColumnMap). */
  map?: ReadonlyMap<string, string>;
  /** The name of the source. An import closes only people and grants of the same source. */
  name?: string;
  /** The time zone of dates that name none; UTC when unset. */
  timeZone?: string;
}

const kinds = ['people', 'applications', 'entitlements', 'grants'] as const;
/** File names of each kind. The documentation uses the first; many exports use `users`. */
const fileNamesOf: Record<RecordKind, string[]> = {
  people: ['people', 'users'],
  applications: ['applications'],
  entitlements: ['entitlements'],
  grants: ['grants'],
};

/**
 * Opens a folder with people.csv, grants.csv and optionally applications.csv and entitlements.csv
 * (each may be gzipped: people.csv.gz). Missing files and invalid headers are in the source's
 * `problems` at once; reading the records adds all others.
 * @throws Refusal invalid: the folder cannot be read.
 */
export async function openCsvFolder(dir: string, options: CsvOptions = {}): Promise<Source> {
  const found = await readdir(dir).catch(() => {
    throw new Refusal('invalid', `${dir} is not a readable folder.`);
  });
  const files: CsvFiles = {};
  for (const kind of kinds) {
    const fileNames = fileNamesOf[kind].flatMap((name) => [`${name}.csv`, `${name}.csv.gz`]);
    const file = fileNames
      .map((name) => found.find((entry) => entry.toLowerCase() === name))
      .find((entry) => entry !== undefined);
    if (file !== undefined) files[kind] = join(dir, file);
  }
  const source = await openCsvFiles(files, options);
  for (const kind of ['people', 'grants'] as const) {
    if (files[kind] !== undefined) continue;
    const content =
      found.length > 0 ? `${dir} contains: ${formatFirst(found)}.` : `${dir} is empty.`;
    source.problems.add({ file: `${kind}.csv`, line: 0, message: `is missing. ${content}` });
  }
  const used = new Set(Object.values(source.files));
  for (const file of found.filter((name) => /\.csv(\.gz)?$/i.test(name) && !used.has(name))) {
    source.warnings.add({ file, line: 0, message: 'this file is not used.' });
  }
  return source;
}

function formatFirst(names: string[]): string {
  const shown = names.sort().slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

/** Opens CSV files with any names; see openCsvFolder. */
export async function openCsvFiles(files: CsvFiles, options: CsvOptions = {}): Promise<Source> {
  const problems = createProblemLog();
  const warnings = createProblemLog();
  const { map = new Map<string, string>(), timeZone = 'UTC' } = options;
  const fileNames: Source['files'] = {};
  const headings = new Map<RecordKind, { file: string; headings: string[] }>();
  const headers = new Map<RecordKind, Header>();

  for (const kind of kinds) {
    const path = files[kind];
    if (path === undefined) continue;
    const file = basename(path);
    fileNames[kind] = file;
    const first = await readFileHeadings(path, file, problems);
    if (first === undefined) continue;
    headings.set(kind, { file, headings: first });
    const header = readHeader(kind, first, map, { file, problems, warnings });
    if (header) headers.set(kind, header);
  }
  reportUnmapped(map, headings, problems);

  const bytesRead = new Map<RecordKind, number>();
  const bytes = await measureFiles(Object.values(files));
  const defaultApp = basename(files.grants ?? files.entitlements ?? '').replace(
    /\.csv(\.gz)?$/i,
    '',
  );
  async function* read<T>(kind: RecordKind, reader: records.RecordReader<T>): AsyncGenerator<T[]> {
    const path = files[kind];
    const header = headers.get(kind);
    const file = fileNames[kind];
    if (path === undefined || header === undefined || file === undefined) return;
    const recordOf = reader({ header, file, app: defaultApp, timeZone, problems });
    let isFirst = true;
    const onRead = (bytes: number) => void bytesRead.set(kind, bytes);
    for await (const batch of readRows(path, file, problems, undefined, onRead)) {
      const rows = isFirst ? batch.slice(1) : batch;
      isFirst = false;
      yield rows.map(recordOf).filter((record) => record !== undefined);
    }
  }

  return {
    name: options.name ?? 'csv',
    files: fileNames,
    problems,
    warnings,
    readShare: () => [...bytesRead.values()].reduce((sum, read) => sum + read, 0) / bytes,
    people: () => read('people', records.personReader),
    applications: () => read('applications', records.applicationReader),
    entitlements: () => read('entitlements', records.entitlementReader),
    grants: () => read('grants', records.grantReader),
  };
}

/** Total size of the readable files in bytes; at least 1. */
async function measureFiles(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => ({ size: 0 }))));
  return Math.max(
    1,
    sizes.reduce((sum, { size }) => sum + size, 0),
  );
}

async function readFileHeadings(
  path: string,
  file: string,
  problems: ProblemLog,
): Promise<string[] | undefined> {
  const fileProblems = createProblemLog();
  let header: Row | undefined;
  try {
    for await (const [first] of readRows(path, file, fileProblems, 1)) {
      header = first;
      break;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    fileProblems.add({ file, line: 0, message: `cannot be read (${String(error.code)}).` });
  }
  // Reading the records finds and reports the problems below the header again.
  const headerProblems = fileProblems.list.filter(
    ({ line }) => header === undefined || line <= header.line,
  );
  for (const problem of headerProblems) problems.add(problem);
  if (header === undefined && headerProblems.length === 0) {
    problems.add({ file, line: 1, message: 'is empty; it needs a header.' });
  }
  return headerProblems.length > 0 ? undefined : header?.values;
}
