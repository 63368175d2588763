import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Transform, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import type { ProblemLog } from './records.ts';

/** One row as written, and the line it starts on. */
export interface Row {
  line: number;
  values: string[];
}

/** A quote that is never closed would otherwise swallow the rest of the file into one value. */
const maxRowLength = 1_000_000;
const newline = 0x0a;

/**
 * Streams a CSV file as batches of rows, the header being the first row; empty lines are left out.
 * What is not UTF-8, has NUL characters or ends inside a quote goes to `problems`, and bad rows are
 * left out. Memory stays at a few batches, whatever the size of the file.
 */
export async function* readRows(
  path: string,
  file: string,
  problems: ProblemLog,
  batchSize = 5_000,
  /** Told before each batch how many bytes of the file have been read. */
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Row[]> {
  const start = await firstBytes(path);
  const unreadable = encodingFault(start);
  if (unreadable) {
    problems.add({ file, line: 1, message: unreadable });
    return;
  }
  const bytes = new CheckedBytes(file, problems);
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(start.toString('utf8')),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: maxRowLength,
  });
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  // The parser passes an error of any stage on to the loop below, and closes the file when it ends.
  if (path.endsWith('.gz')) pipeline(source, createGunzip(), bytes, parser, () => undefined);
  else pipeline(source, bytes, parser, () => undefined);

  let line = 1;
  let batch: Row[] = [];
  try {
    for await (const values of parser as AsyncIterable<string[]>) {
      const row = { line, values };
      line += 1 + (bytes.hasQuotes ? newlinesIn(values) : 0);
      if (isEmpty(values) || bytes.badLines.has(row.line)) continue;
      batch.push(row);
      if (batch.length < batchSize) continue;
      onRead(source.bytesRead);
      yield batch;
      batch = [];
    }
  } catch (error) {
    problems.add({ file, line, message: parseFault(error) });
  }
  onRead(source.bytesRead);
  if (batch.length > 0) yield batch;
}

function isEmpty(values: string[]): boolean {
  return values.length === 1 && values[0]?.trim() === '';
}

function newlinesIn(values: string[]): number {
  let count = 0;
  for (const value of values) {
    for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

function parseFault(error: unknown): string {
  if (error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return 'a quote opens here and is never closed.';
  }
  if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE') {
    return `this row is longer than ${maxRowLength} characters: is a quote never closed?`;
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
    return 'the compressed file is damaged or cut short.';
  }
  throw error;
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1 << 16), 0, 1 << 16, 0);
    if (!path.endsWith('.gz')) return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
  const unzipped = createReadStream(path).pipe(createGunzip());
  // A damaged file is reported by the reading proper; here its beginning is simply unknown.
  const next = await new Promise<Buffer>((resolve) => {
    unzipped.once('data', resolve).once('end', () => resolve(Buffer.alloc(0)));
    unzipped.once('error', () => resolve(Buffer.alloc(0)));
  });
  unzipped.destroy();
  return next;
}

function encodingFault(start: Buffer): string | undefined {
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

/** The separator that the header has most of; a comma where it has none. */
function delimiterOf(start: string): string {
  const header = /\S.*/.exec(start)?.[0].replace(/"[^"]*"/g, '') ?? '';
  const count = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Passes bytes on in pieces that end between characters, and notes lines that are not UTF-8. */
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
    // An ASCII byte is never part of a longer character; a CR may belong to the LF to come.
    while (end > 0 && ((bytes[end - 1] ?? 0) > 0x7f || bytes[end - 1] === 0x0d)) end -= 1;
    this.#rest = bytes.subarray(end);
    done(null, this.#check(bytes.subarray(0, end)));
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#check(this.#rest));
  }

  #check(bytes: Buffer): Buffer {
    this.hasQuotes ||= bytes.includes('"');
    const isGood = isUtf8(bytes) && !bytes.includes(0);
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      if (!isGood) this.#checkLine(bytes.subarray(from, at));
      this.#line += 1;
      from = at + 1;
    }
    if (isGood) return bytes;
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
      // Most such files come from Excel on Windows, where Latin-1 shows the letters as they were.
      value: bytes.toString('latin1').trim().slice(0, 60),
      message: hasNul
        ? 'has a NUL character.'
        : 'is not UTF-8: save the file as UTF-8 ("CSV UTF-8" in Excel).',
    });
  }
}
