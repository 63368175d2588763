// A process of its own for the memory of one run, as a worker thread has one run: reads a matrix that
// count-in-c.ts has written, mines it, and prints milliseconds and megabytes as JSON.
import { readFileSync } from 'node:fs';
import type { AccessMatrix } from '../src/mining/matrix.ts';
import { mine } from '../src/mining/mine.ts';

const [file = ''] = process.argv.slice(2);

/** Arrays over one buffer, as a worker thread is handed them. */
function readMatrix(path: string): AccessMatrix {
  const bytes = readFileSync(path);
  const numbers = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let at = 5;
  const take = (length: number) => {
    at += length;
    return numbers.subarray(at - length, at);
  };
  const [people = 0, entitlements = 0, grants = 0, width = 0] = numbers;
  const sizes = take(width);
  const offsets = take(people + 1);
  const items = take(grants);
  const names = ['department', 'title', 'status', 'manager'];
  const columns = Array.from(sizes, (size, column) => ({
    dimension: names[column] ?? `d${column}`,
    values: Array.from({ length: size - 1 }, (_, value) => `${names[column]} ${value + 1}`),
    codes: take(people),
  }));
  return { people, entitlements, offsets, items, columns };
}

const megabytes = () => process.resourceUsage().maxRSS / 1024;
const matrix = readMatrix(file);
const loadedMb = megabytes();
const startedAt = performance.now();
const { found } = mine(matrix);
const ms = performance.now() - startedAt;
console.log(JSON.stringify({ ms, loadedMb, peakMb: megabytes(), found }));
