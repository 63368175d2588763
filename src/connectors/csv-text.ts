import { isUtf8 } from 'node:buffer';
import { Transform, type TransformCallback } from 'node:stream';
import { TextDecoder } from 'node:util';
import type { ProblemLog } from './records.ts';

const newline = 0x0a;
/** The parser answers a piece with all its rows at once, and many rows that wait take quadratic time. */
const maxLinesInPiece = 100;

/** The encodings of two bytes a character that spreadsheets save as "Unicode text". */
export type WideEncoding = 'utf-16le' | 'utf-16be';

/** Recognizes UTF-16 by its byte order mark, or by the zero bytes beside Latin letters. */
export function detectWideEncoding(start: Buffer): WideEncoding | undefined {
  const [first, second] = start;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const sample = start.subarray(0, 64);
  const zeros = (parity: number) =>
    sample.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const isMostly = (count: number) => count > sample.length / 4;
  if (isMostly(zeros(1)) && zeros(0) === 0) return 'utf-16le';
  if (isMostly(zeros(0)) && zeros(1) === 0) return 'utf-16be';
  return undefined;
}

/** Converts UTF-16 to UTF-8. */
export class WideText extends Transform {
  readonly #decoder: TextDecoder;

  constructor(encoding: WideEncoding) {
    super();
    this.#decoder = new TextDecoder(encoding);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, Buffer.from(this.#decoder.decode(chunk, { stream: true })));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.#decoder.decode()));
  }
}

/**
 * Passes on UTF-8, cut between characters. A line that is not UTF-8 is read as Windows-1252, the encoding of most such
 * files. NUL characters are removed, because the database cannot store them. Both are warnings.
 */
export class CheckedText extends Transform {
  hasQuotes = false;
  readonly #file: string;
  readonly #warnings: ProblemLog;
  readonly #warnedLines = new Set<number>();
  readonly #windows = new TextDecoder('windows-1252');
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;

  constructor(file: string, warnings: ProblemLog) {
    super();
    this.#file = file;
    this.#warnings = warnings;
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
    const parts: Buffer[] = [];
    let from = 0;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, from)) {
      if (!isValid) parts.push(this.#mend(bytes.subarray(from, at + 1)));
      this.#line += 1;
      from = at + 1;
    }
    if (isValid) return bytes;
    parts.push(this.#mend(bytes.subarray(from)));
    return Buffer.concat(parts);
  }

  #mend(line: Buffer): Buffer {
    const hasNul = line.includes(0);
    const isValid = isUtf8(line);
    if (isValid && !hasNul) return line;
    const text = isValid ? line.toString('utf8') : this.#windows.decode(line);
    this.#warn(text, isValid);
    return Buffer.from(text.replaceAll('\0', ''));
  }

  #warn(text: string, isValid: boolean): void {
    if (this.#warnedLines.has(this.#line)) return;
    this.#warnedLines.add(this.#line);
    this.#warnings.add({
      file: this.#file,
      line: this.#line,
      value: text.trim().slice(0, 60),
      message: isValid
        ? 'has a NUL character, which is left out.'
        : 'is not UTF-8 and was read as Windows-1252. If its letters are wrong, save the file as UTF-8.',
    });
  }
}
