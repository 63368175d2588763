import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AccessMatrix } from '../src/mining/matrix.ts';
import { groupings } from './groupings.ts';
import { median } from './page.ts';
import type { Rival } from './rival.ts';

const source = fileURLToPath(new URL('count.c', import.meta.url));

/** Writes a matrix as 32-bit numbers: sizes, sizes of columns, offsets, items, codes. */
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

/** Compiles count.c and has it count a written matrix. */
export function countInC(folder: string, matrixFile: string): Rival {
  const program = join(folder, 'count');
  execFileSync('cc', ['-O3', '-march=native', '-o', program, source]);
  const args = groupings.flatMap(([first = 0, second = -1]) => [String(first), String(second)]);
  const text = execFileSync(program, [matrixFile, ...args], { encoding: 'utf8' });
  const results = text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const numbers = line.trim().split(/\s+/).map(Number);
      const [cells = 0, grants = 0, squares = 0] = numbers.slice(-3);
      return { ms: median(numbers.slice(0, -3)), sum: { cells, grants, squares } };
    });
  return { name: 'the same loop in C', how: 'cc -O3 -march=native, one thread', results };
}
