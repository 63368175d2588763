import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { CheckedText, detectWideEncoding, WideText } from './csv-text.ts';
import type { ProblemLog } from './records.ts';

/** One row as written, and its first line. */
export interface Row {
  line: number;
  values: string[];
}

/**
 * Limits a row, since a quote that is never closed would put the rest of the file into one value.
 */
const maxRowLength = 1_000_000;

/** The longest that reading holds the event loop, in milliseconds: clicks are acknowledged in between. */
const maxTurnMs = 10;

export interface RowOptions {
  file: string;
  delimiter: string;
  problems: ProblemLog;
  warnings: ProblemLog;
  batchSize?: number;
  /** Called before each batch with the number of bytes read so far. */
  onRead?: (bytes: number) => void;
}

/**
 * Streams a CSV file as batches of rows, the header among them. Rows without any value are skipped.
 * Unclosed quotes and damaged files go to `problems`. Memory stays at a few batches for files of
 * any size.
 */
export async function* readRows(path: string, options: RowOptions): AsyncGenerator<Row[]> {
  const { file, delimiter, problems, warnings, batchSize = 5_000, onRead = () => {} } = options;
  const start = await readFirstBytes(path);
  const formatProblem = findFormatProblem(start);
  if (formatProblem) {
    problems.add({ file, line: 1, message: formatProblem });
    return;
  }
  const text = new CheckedText(file, warnings);
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: maxRowLength,
  });
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const encoding = detectWideEncoding(start);
  const stages: Transform[] = [
    ...(path.endsWith('.gz') ? [createGunzip()] : []),
    ...(encoding ? [new WideText(encoding)] : []),
    text,
    parser,
  ];
  // The parser passes errors of every stage to the loop below, and closes the file at its end.
  pipeline([source, ...stages], () => undefined);

  let line = 1;
  let yieldedAt = performance.now();
  let batch: Row[] = [];
  try {
    // The parser's own iterator is untyped; without the option `columns` a record is a list of
    // strings.
    const records: AsyncIterable<string[]> = parser;
    for await (const values of records) {
      const row = { line, values };
      if (performance.now() - yieldedAt > maxTurnMs) {
        await setImmediate();
        yieldedAt = performance.now();
      }
      line += 1 + (text.hasQuotes ? countNewlines(values) : 0);
      if (values.every((value) => value.trim() === '')) continue;
      batch.push(row);
      if (batch.length < batchSize) continue;
      onRead(source.bytesRead);
      yield batch;
      batch = [];
    }
  } catch (error) {
    problems.add({ file, line, message: toParseProblem(error) });
  }
  onRead(source.bytesRead);
  if (batch.length > 0) yield batch;
}

function countNewlines(values: string[]): number {
  let count = 0;
  for (const value of values) {
    for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

function toParseProblem(error: unknown): string {
  if (error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return 'a quote opens here and is never closed.';
  }
  if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') {
    return `this row is longer than ${maxRowLength} characters: is a quote never closed?`;
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
    return 'the compressed file is damaged or incomplete.';
  }
  throw error;
}

/** The first characters of a file, to recognize its separator. */
export async function readStart(path: string): Promise<string> {
  const start = await readFirstBytes(path);
  const text = new TextDecoder(detectWideEncoding(start) ?? 'utf-8').decode(start);
  return text.replaceAll('\ufeff', '');
}

async function readFirstBytes(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1 << 16), 0, 1 << 16, 0);
    if (!path.endsWith('.gz')) return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
  const unzipped = createGunzip();
  // Reading the rows reports a damaged file. Here its first bytes stay unknown.
  pipeline(createReadStream(path), unzipped, () => undefined);
  const firstChunk = await new Promise<Buffer>((resolve) => {
    unzipped.once('data', resolve).once('end', () => resolve(Buffer.alloc(0)));
    unzipped.once('error', () => resolve(Buffer.alloc(0)));
  });
  unzipped.destroy();
  return firstChunk;
}

function findFormatProblem(start: Buffer): string | undefined {
  return start.toString('latin1', 0, 4) === 'PK\u0003\u0004'
    ? 'this is a spreadsheet or a ZIP archive: save it as CSV (UTF-8).'
    : undefined;
}
