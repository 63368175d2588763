import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Transform, type TransformCallback } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
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
const newline = 0x0a;
/** The parser answers a piece with all its rows at once, and many rows that wait take quadratic time. */
const maxLinesInPiece = 100;
/** The longest that reading holds the event loop, in milliseconds: clicks are acknowledged in between. */
const maxTurnMs = 10;

/**
 * Streams a CSV file as batches of rows; the header is the first row and empty lines are skipped.
 * Text that is not UTF-8, NUL characters and unclosed quotes go to `problems`; their rows are
 * skipped. Memory stays at a few batches for files of any size.
 */
export async function* readRows(
  path: string,
  file: string,
  problems: ProblemLog,
  batchSize = 5_000,
  /** Called before each batch with the number of bytes read so far. */
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Row[]> {
  const start = await readFirstBytes(path);
  const encodingProblem = findEncodingProblem(start);
  if (encodingProblem) {
    problems.add({ file, line: 1, message: encodingProblem });
    return;
  }
  const bytes = new CheckedBytes(file, problems);
  const parser = parse({
    bom: true,
    delimiter: detectDelimiter(start.toString('utf8')),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: maxRowLength,
  });
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  // The parser passes errors of every stage to the loop below, and closes the file at its end.
  if (path.endsWith('.gz')) pipeline(source, createGunzip(), bytes, parser, () => undefined);
  else pipeline(source, bytes, parser, () => undefined);

  let line = 1;
  let batch: Row[] = [];
  try {
    // The parser's own iterator is untyped; without the option `columns` a record is a list of
    // strings.
    const records: AsyncIterable<string[]> = parser;
    let yieldedAt = performance.now();
    for await (const values of records) {
      if (performance.now() - yieldedAt > maxTurnMs) {
        await setImmediate();
        yieldedAt = performance.now();
      }
      const row = { line, values };
      line += 1 + (bytes.hasQuotes ? countNewlines(values) : 0);
      if (isEmpty(values) || bytes.badLines.has(row.line)) continue;
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

function isEmpty(values: string[]): boolean {
  return values.length === 1 && values[0]?.trim() === '';
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

function findEncodingProblem(start: Buffer): string | undefined {
  const [first, second] = start;
  const isUtf16 =
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    start.subarray(0, 64).includes(0);
  if (isUtf16) return 'this file is in UTF-16: save it as UTF-8 ("CSV UTF-8" in Excel).';
  if (start.toString('latin1', 0, 4) === 'PK\u0003\u0004') {
    return 'this is a spreadsheet or a ZIP archive: save it as CSV (UTF-8).';
  }
  return undefined;
}

/** The most frequent separator of the header; a comma if there is none. */
function detectDelimiter(start: string): string {
  const header = /\S.*/.exec(start)?.[0].replace(/"[^"]*"/g, '') ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Splits bytes between characters, and records lines that are not UTF-8. */
class CheckedBytes extends Transform {
  readonly badLines = new Set<number>();
  hasQuotes = false;
  readonly #file: string;
  readonly #problems: ProblemLog;
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;

  constructor(file: string, problems: ProblemLog) {
    super();
    this.#file = file;
    this.#problems = problems;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let end = bytes.length;
    // An ASCII byte is never part of a longer character. A CR may belong to an LF in the next
    // chunk.
    while (end > 0 && ((bytes[end - 1] ?? 0) > 0x7f || bytes[end - 1] === 0x0d)) end -= 1;
    this.#rest = bytes.subarray(end);
    this.#pushPieces(this.#check(bytes.subarray(0, end)));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pushPieces(this.#check(this.#rest));
    done();
  }

  #pushPieces(bytes: Buffer): void {
    let [from, lines] = [0, 0];
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
      lines += 1;
      if (lines % maxLinesInPiece !== 0) continue;
      this.push(bytes.subarray(from, at + 1));
      from = at + 1;
    }
    if (from < bytes.length) this.push(bytes.subarray(from));
  }

  #check(bytes: Buffer): Buffer {
    this.hasQuotes ||= bytes.includes('"');
    const isValid = isUtf8(bytes) && !bytes.includes(0);
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      if (!isValid) this.#checkLine(bytes.subarray(from, at));
      this.#line += 1;
      from = at + 1;
    }
    if (isValid) return bytes;
    this.#checkLine(bytes.subarray(from));
    return Buffer.from(bytes.toString('utf8').replaceAll('\0', ''));
  }

  #checkLine(bytes: Buffer): void {
    const hasNul = bytes.includes(0);
    if ((isUtf8(bytes) && !hasNul) || this.badLines.has(this.#line)) return;
    this.badLines.add(this.#line);
    this.#problems.add({
      file: this.#file,
      line: this.#line,
      // Most such files come from Excel on Windows; Latin-1 shows their letters correctly.
      value: bytes.toString('latin1').trim().slice(0, 60),
      message: hasNul
        ? 'has a NUL character.'
        : 'is not UTF-8: save the file as UTF-8 ("CSV UTF-8" in Excel).',
    });
  }
}
