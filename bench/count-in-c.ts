import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CountingResult } from './counting-result.ts';
import { groupings } from './groupings.ts';
import { median } from './page.ts';

const source = fileURLToPath(new URL('count.c', import.meta.url));

/**
 * Compiles count.c.
 * @returns a function that counts a written matrix; times are medians of its runs.
 */
export function compileCounter(folder: string): (matrixFile: string) => CountingResult['results'] {
  const program = join(folder, 'count');
  execFileSync('cc', ['-O3', '-march=native', '-o', program, source]);
  const args = groupings.flatMap(([first = 0, second = -1]) => [String(first), String(second)]);
  return (matrixFile) => {
    const text = execFileSync(program, [matrixFile, ...args], { encoding: 'utf8' });
    return text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const numbers = line.trim().split(/\s+/).map(Number);
        const [cells = 0, grants = 0, squares = 0] = numbers.slice(-3);
        return { ms: median(numbers.slice(0, -3)), sum: { cells, grants, squares } };
      });
  };
}
