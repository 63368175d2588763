import { isHeader } from './csv-columns.ts';
import { type Row, readRows, readStart } from './csv-rows.ts';
import { createProblemLog } from './problems.ts';
import type { ProblemLog, RecordKind } from './records.ts';

/** The separator of a file, and its header. */
export interface Layout {
  delimiter: string;
  header: Row;
}

/** Exports put a title and a date above the header, and rarely more. */
const maxRowsAboveHeader = 20;

/** The line with which Excel names the separator of a file. */
const separatorLine = /^"?sep=(.)"?\s*$/i;

/**
 * Finds the separator and the header of a file: the first row with all required columns. Rows above it are a warning.
 * Without such a row, the widest of the first rows is the header, so that the problem can list the columns there are.
 * @returns undefined if the file is empty or cannot be read; `problems` says why.
 */
export async function findLayout(
  path: string,
  input: {
    kind: RecordKind;
    file: string;
    map: ReadonlyMap<string, string>;
    problems: ProblemLog;
    warnings: ProblemLog;
  },
): Promise<Layout | undefined> {
  const { kind, file, map, problems, warnings } = input;
  const candidates = listDelimiters(await readStart(path));
  let fallback: Layout | undefined;
  let lastProblems = createProblemLog();
  for (const delimiter of candidates) {
    lastProblems = createProblemLog();
    const rows = await readFirstRows(path, { file, delimiter, problems: lastProblems });
    const at = rows.findIndex(({ values }) => isHeader(kind, values, map));
    const header = rows[at];
    if (header) {
      warnAboutTitle(rows.slice(0, at), header.line, { file, warnings });
      return { delimiter, header };
    }
    const widest = findWidest(rows);
    if (!fallback && widest) fallback = { delimiter, header: widest };
  }
  if (fallback) return fallback;
  for (const problem of lastProblems.list) problems.add(problem);
  if (lastProblems.count === 0) {
    problems.add({ file, line: 1, message: 'is empty; it needs a header.' });
  }
  return undefined;
}

async function readFirstRows(
  path: string,
  options: { file: string; delimiter: string; problems: ProblemLog },
): Promise<Row[]> {
  const warnings = createProblemLog();
  const batchSize = maxRowsAboveHeader + 1;
  for await (const rows of readRows(path, { ...options, warnings, batchSize })) return rows;
  return [];
}

/** The separators to try, the most frequent one of the first lines first. */
function listDelimiters(start: string): string[] {
  const lines = start.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const named = separatorLine.exec(lines[0] ?? '')?.[1];
  const sample = lines.slice(named ? 1 : 0, maxRowsAboveHeader);
  const count = (line: string, delimiter: string) =>
    line.replace(/"[^"]*"/g, '').split(delimiter).length;
  // The median, because a sentence in one line may have many commas.
  const usual = (delimiter: string) =>
    sample.map((line) => count(line, delimiter)).sort((a, b) => a - b)[sample.length >> 1] ?? 0;
  const common = [',', ';', '\t', '|'].sort((a, b) => usual(b) - usual(a));
  return named ? [named, ...common.filter((delimiter) => delimiter !== named)] : common;
}

function findWidest(rows: readonly Row[]): Row | undefined {
  const width = ({ values }: Row) => values.filter((value) => value.trim() !== '').length;
  const most = Math.max(0, ...rows.map(width));
  return rows.find((row) => width(row) === most);
}

function warnAboutTitle(
  above: readonly Row[],
  headerLine: number,
  { file, warnings }: { file: string; warnings: ProblemLog },
): void {
  // Its separator has split that line into values.
  const titles = above.filter(({ values }) => !/^"?sep=.?"?$/i.test(values.join('').trim()));
  const [first] = titles;
  if (!first) return;
  const value = first.values.filter((text) => text.trim() !== '').join(' ');
  const message = `this is above the header, which is on line ${headerLine}, and is not read.`;
  warnings.add({ file, line: first.line, value, message });
}
