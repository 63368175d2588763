import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Refusal } from '../errors.ts';
import type { RecordReader } from './csv-cells.ts';
import { type Header, readHeader, reportUnmapped } from './csv-columns.ts';
import { findDateOrders } from './csv-date-orders.ts';
import { findLayout, type Layout } from './csv-layout.ts';
import { personReader } from './csv-people.ts';
import * as records from './csv-records.ts';
import { createPeopleReader } from './csv-repeated-people.ts';
import { readRows } from './csv-rows.ts';
import { createSkippedRows } from './csv-skipped.ts';
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
    if (file === undefined) continue;
    files[kind] = join(dir, file);
    await assertNoLink(files[kind], dir);
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

/**
 * Problems show lines of a file. Whoever can write to the folder must not choose another file that this program can read.
 * @throws Refusal invalid: the file is a symbolic link.
 */
async function assertNoLink(path: string, dir: string): Promise<void> {
  if (!(await lstat(path)).isSymbolicLink()) return;
  const sentence = `${basename(path)} in ${dir} is a symbolic link. Put the file itself into the folder.`;
  throw new Refusal('invalid', sentence);
}

function formatFirst(names: string[]): string {
  const shown = names.sort().slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

/** Opens CSV files with any names; see openCsvFolder. */
export async function openCsvFiles(files: CsvFiles, options: CsvOptions = {}): Promise<Source> {
  const opened = await openHeaders(files, options.map ?? new Map());
  const { problems, warnings, unreadPeople, unreadKinds, bytesRead } = opened;
  const bytes = await measureFiles(Object.values(files));
  const timeZone = options.timeZone ?? 'UTC';
  const firstFile = files.grants ?? files.entitlements ?? '';
  const app = basename(firstFile).replace(/\.csv(\.gz)?$/i, '');
  const read = <T>(kind: RecordKind, reader: RecordReader<T>) =>
    readRecords(opened, { kind, reader, app, timeZone });
  return {
    name: options.name ?? 'csv',
    files: Object.fromEntries([...opened.sheets].map(([kind, { file }]) => [kind, file])),
    problems,
    warnings,
    unreadPeople,
    unreadKinds,
    readShare: () => [...bytesRead.values()].reduce((sum, read) => sum + read, 0) / bytes,
    people: async function* () {
      const reader = createPeopleReader({ problems, warnings });
      for await (const batch of read('people', personReader)) reader.add(batch);
      yield reader.list();
    },
    applications: () => read('applications', records.applicationReader),
    entitlements: () => read('entitlements', records.entitlementReader),
    grants: () => read('grants', records.grantReader),
  };
}

/** A file of the source. Without a layout and a header nothing of it can be read. */
interface OpenedFile {
  path: string;
  file: string;
  layout?: Layout;
  header?: Header;
}

interface OpenedFiles {
  sheets: Map<RecordKind, OpenedFile>;
  problems: ProblemLog;
  warnings: ProblemLog;
  bytesRead: Map<RecordKind, number>;
  unreadPeople: Set<string>;
  unreadKinds: Set<RecordKind>;
}

/** Reads the headers of all files, so that every problem with columns is known before the first row is read. */
async function openHeaders(
  files: CsvFiles,
  map: ReadonlyMap<string, string>,
): Promise<OpenedFiles> {
  const problems = createProblemLog();
  const warnings = createProblemLog();
  const sheets: OpenedFiles['sheets'] = new Map();
  const headings = new Map<RecordKind, { file: string; headings: string[] }>();
  for (const kind of kinds) {
    const path = files[kind];
    if (path === undefined) continue;
    const opened: OpenedFile = { path, file: basename(path) };
    const { file } = opened;
    sheets.set(kind, opened);
    const layout = await openLayout(path, { kind, file, map, problems, warnings });
    if (layout === undefined) continue;
    opened.layout = layout;
    headings.set(kind, { file, headings: layout.header.values });
    const header = readHeader(kind, layout.header, map, { file, problems, warnings });
    if (header) opened.header = header;
  }
  reportUnmapped(map, headings, problems);
  const unread = { unreadPeople: new Set<string>(), unreadKinds: new Set<RecordKind>() };
  return { sheets, problems, warnings, bytesRead: new Map(), ...unread };
}

/** Reads the records of one file; none of a file that cannot be read. */
async function* readRecords<T>(
  { sheets, problems, warnings, bytesRead, unreadPeople, unreadKinds }: OpenedFiles,
  {
    kind,
    reader,
    app,
    timeZone,
  }: { kind: RecordKind; reader: RecordReader<T>; app: string; timeZone: string },
): AsyncGenerator<T[]> {
  const { path, file, layout, header } = sheets.get(kind) ?? {};
  if (path === undefined || file === undefined || !layout || !header) return;
  const skipped = createSkippedRows(file, { problems, warnings });
  const skip: typeof skipped.add = (problem) => {
    unreadKinds.add(kind);
    skipped.add(problem);
  };
  const { delimiter } = layout;
  const dateOrders = await findDateOrders(path, { file, delimiter, header });
  const recordOf = reader({
    ...{ header, file, app, timeZone, problems, warnings, unreadPeople, dateOrders, skip },
  });
  const onRead = (bytes: number) => void bytesRead.set(kind, bytes);
  for await (const batch of readRows(path, { file, delimiter, problems, warnings, onRead })) {
    const rows = batch.filter(({ line }) => line > layout.header.line);
    skipped.count(rows.length);
    yield rows.map(recordOf).filter((record) => record !== undefined);
  }
  skipped.refuseMany();
}

/** Total size of the readable files in bytes; at least 1. */
async function measureFiles(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => ({ size: 0 }))));
  return Math.max(
    1,
    sizes.reduce((sum, { size }) => sum + size, 0),
  );
}

async function openLayout(
  path: string,
  input: Parameters<typeof findLayout>[1],
): Promise<Layout | undefined> {
  try {
    return await findLayout(path, input);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const message = `cannot be read (${String(error.code)}).`;
    input.problems.add({ file: input.file, line: 0, message });
    return undefined;
  }
}
