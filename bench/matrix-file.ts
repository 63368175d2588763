import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';

/**
 * Writes a matrix as 32-bit numbers for count.c: sizes, sizes of columns, offsets, items, codes.
 */
export function writeMatrix(matrix: AccessMatrix, path: string, runs: number): void {
  const { people, entitlements, offsets, items, columns } = matrix;
  const head = [people, entitlements, items.length, columns.length, runs];
  const sizes = columns.map(({ values }) => values.length + 1);
  const file = openSync(path, 'w');
  for (const array of [
    Uint32Array.from(head),
    Uint32Array.from(sizes),
    offsets,
    items,
    ...columns.map(({ codes }) => codes),
  ]) {
    writeSync(file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  closeSync(file);
}

/**
 * Reads a matrix as arrays over one buffer, like the input of a worker thread. Names are generated.
 */
export function readMatrix(path: string): AccessMatrix {
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
  const columns = Array.from(sizes, (size, column) => ({
    dimension: `d${column + 1}`,
    values: Array.from({ length: size - 1 }, (_, value) => `d${column + 1} ${value + 1}`),
    codes: take(people),
  }));
  return { people, entitlements, offsets, items, columns };
}
