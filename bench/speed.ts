import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AccessMatrix } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { analyzeCohort, type CohortFilter } from '../src/mining/suggestions/analyze.ts';
import { compileCounter } from './count-in-c.ts';
import { countInDuckdb } from './count-in-duckdb.ts';
import { countInPostgres } from './count-in-postgres.ts';
import type { CountingResult } from './counting-result.ts';
import { countGrouping, describeGrouping, groupings, isEqual } from './groupings.ts';
import { readCompilerVersion } from './machine.ts';
import { writeMatrix } from './matrix-file.ts';
import { fullSize, makeOrganization, smallSize } from './organization.ts';
import {
  type BenchOptions,
  formatCount,
  formatDuration,
  type Measured,
  median,
  percentile,
  type Section,
  table,
  type Verdict,
} from './page.ts';

const loopInC = 'the same loop in C';

export const speed: Section = {
  name: 'speed',
  title: 'Counting, whole runs and custom analyses on 10 million grants',
  measure: async (options) => {
    const matrix = makeOrganization(options.quick ? smallSize : fullSize, options.seed);
    const folder = mkdtempSync(join(tmpdir(), 'rolemine-bench-'));
    try {
      return await measureIn(folder, matrix, options);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measureIn(
  folder: string,
  matrix: AccessMatrix,
  options: BenchOptions,
): Promise<Measured> {
  const runs = options.quick ? 1 : 5;
  const file = join(folder, 'matrix');
  writeMatrix(matrix, file, 1);
  // A first run without measuring, so that Node has compiled the loop.
  timeProduct(matrix);
  const count = readCompilerVersion() === undefined ? undefined : compileCounter(folder);
  const productTimes: number[][] = [];
  const cTimes: CountingResult['results'][] = [];
  // In turns, and the product once more after the others, so that a busy minute of the machine does
  // not affect one side only.
  for (let run = 0; run < runs; run++) {
    productTimes.push(timeProduct(matrix));
    if (count) cTimes.push(count(file));
  }
  const { rivals: others, missing } = await countInDatabases(matrix, options);
  if (cTimes.length > 0) others.unshift(mergeCTimes(cTimes));
  else missing.push('The loop in C was not measured: no compiler.');
  for (let run = 0; run < runs; run++) productTimes.push(timeProduct(matrix));
  const product = mergeTimes(matrix, productTimes);
  for (const other of others) assertSameCounts(matrix, product, other);
  const countingPart = describeCounting(matrix, product, others, missing);
  options.report('  whole runs, custom analyses');
  const runPart = describeRun(product, mineInProcesses(file, runs));
  const analysisPart = describeAnalyses(measureAnalyses(matrix, options));
  return {
    lines: [...countingPart.lines, '', ...runPart.lines, '', ...analysisPart.lines],
    verdicts: [...countingPart.verdicts, ...runPart.verdicts, ...analysisPart.verdicts],
  };
}

/** Milliseconds of each grouping, measured once. */
function timeProduct(matrix: AccessMatrix): number[] {
  return groupings.map((grouping) => {
    const startedAt = performance.now();
    countGrouping(matrix, grouping);
    return performance.now() - startedAt;
  });
}

function mergeTimes(matrix: AccessMatrix, runs: readonly number[][]): CountingResult {
  const results = groupings.map((grouping, at) => ({
    ms: median(runs.map((times) => times[at]!)),
    sum: countGrouping(matrix, grouping),
  }));
  return { name: 'Rolemine', how: 'typed arrays, one thread of Node', results };
}

function mergeCTimes(runs: readonly CountingResult['results'][]): CountingResult {
  const results = runs[0]!.map(({ sum }, at) => ({
    sum,
    ms: median(runs.map((results) => results[at]!.ms)),
  }));
  return {
    name: loopInC,
    how: `cc -O3 -march=native, one thread, ${readCompilerVersion()}`,
    results,
  };
}

async function countInDatabases(matrix: AccessMatrix, { quick, report }: BenchOptions) {
  const others: CountingResult[] = [];
  const missing: string[] = [];
  report('  DuckDB');
  others.push(await countInDuckdb(matrix, quick ? 1 : 5));
  const url = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL;
  if (url === undefined) {
    missing.push(
      'PostgreSQL was not measured: neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set.',
    );
  } else {
    report('  PostgreSQL');
    others.push(await countInPostgres(url, matrix, quick ? 1 : 3));
  }
  return { rivals: others, missing };
}

/** @throws Error if systems disagree, since then their times are not comparable. */
function assertSameCounts(
  matrix: AccessMatrix,
  product: CountingResult,
  other: CountingResult,
): void {
  groupings.forEach((grouping, at) => {
    const [productSum, otherSum] = [product.results[at]!.sum, other.results[at]!.sum];
    if (isEqual(productSum, otherSum)) return;
    const name = describeGrouping(matrix, grouping);
    throw new Error(
      `${other.name} counts ${name} differently: ${JSON.stringify(otherSum)}, not ${JSON.stringify(productSum)}`,
    );
  });
}

const sumTimes = ({ results }: CountingResult) => results.reduce((sum, { ms }) => sum + ms, 0);

function describeCounting(
  matrix: AccessMatrix,
  product: CountingResult,
  others: CountingResult[],
  missing: string[],
): Measured {
  const all = [product, ...others];
  const rows = groupings.map((grouping, at) => [
    describeGrouping(matrix, grouping),
    formatCount(product.results[at]!.sum.cells),
    ...all.map(({ results }) => formatDuration(results[at]!.ms)),
  ]);
  const ratios = new Map(others.map((other) => [other.name, sumTimes(other) / sumTimes(product)]));
  rows.push(['**all ten**', '', ...all.map((one) => `**${formatDuration(sumTimes(one))}**`)]);
  rows.push([
    '÷ Rolemine',
    '',
    ...all.map((one) => (sumTimes(one) / sumTimes(product)).toFixed(2)),
  ]);
  const sizes = matrix.columns.map(
    ({ dimension, values }) => `${dimension} ${formatCount(values.length)} values`,
  );
  return {
    lines: [
      `A generated organization: ${formatCount(matrix.people)} people, ${formatCount(matrix.entitlements)} entitlements, ${formatCount(matrix.items.length)} grants; ${sizes.join(', ')}.`,
      'Counted are the holders of each entitlement among the people of each value, or pair of values. The number of',
      'cells, the sum of the counts and the sum of their squares are the same in all systems.',
      '',
      ...table(['grouping', 'cells', ...all.map(({ name }) => name)], rows),
      '',
      ...all.flatMap(({ name, how, forms = [] }) => [
        `- ${name}: ${how}.`,
        ...forms.map(({ form, ms }) => `  - ${form}: ${describeForm(ms, sumTimes(product))}`),
      ]),
      ...missing.map((sentence) => `- ${sentence}`),
    ],
    verdicts: toRatioVerdicts(ratios),
  };
}

function describeForm(ms: number, oursMs: number): string {
  return `all ten ${formatDuration(ms)}, ${(ms / oursMs).toFixed(1)} times ours`;
}

function toRatioVerdicts(ratios: Map<string, number>): Verdict[] {
  return [...ratios].map(([name, ratio]) => {
    if (name === loopInC) {
      const factor = 1 / ratio;
      return {
        figure: 'counting: our time ÷ that of the same loop in C',
        target: '≤ 1.6',
        measured: factor.toFixed(2),
        met: factor <= 1.6,
      };
    }
    const minRatio = name === 'DuckDB' ? 10 : 50;
    return {
      figure: `counting: ${name}'s time ÷ ours`,
      target: `≥ ${minRatio}`,
      measured: ratio.toFixed(1),
      met: ratio >= minRatio,
    };
  });
}

interface WholeRun {
  ms: number;
  loadedMb: number;
  peakMb: number;
  found: number;
}

/** Runs each measurement in its own process, so that none inherits garbage of another. */
function mineInProcesses(file: string, runs: number): WholeRun[] {
  const script = fileURLToPath(new URL('mine-once.ts', import.meta.url));
  return Array.from({ length: runs }, () => {
    const args = ['--import', 'tsx', script, file];
    const run: WholeRun = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    return run;
  });
}

function describeRun(product: CountingResult, runs: readonly WholeRun[]): Measured {
  const of = (figure: keyof WholeRun) => median(runs.map((run) => run[figure]));
  const ratio = of('ms') / sumTimes(product);
  return {
    lines: [
      `A whole suggestion run (all layers, depth 3, ${formatCount(of('found'))} suggestions found) takes ${formatDuration(of('ms'))}, ${ratio.toFixed(1)} times the ten groupings,`,
      `in its own process, from a cold start. It has ${formatCount(of('loadedMb'))} MB of resident memory with the loaded matrix, and at most ${formatCount(of('peakMb'))} MB.`,
    ],
    verdicts: [
      {
        figure: 'whole suggestion run ÷ the ten groupings',
        target: '≤ 5',
        measured: ratio.toFixed(2),
        met: ratio <= 5,
      },
      {
        figure: 'peak memory of the process that mines',
        target: '≤ 500 MB',
        measured: `${formatCount(of('peakMb'))} MB`,
        met: of('peakMb') <= 500,
      },
    ],
  };
}

/** Draws a typical filter: one value, two of one dimension, or two or three dimensions. */
function drawFilter({ columns }: AccessMatrix, random: () => number): CohortFilter {
  const draw = (at: number): [string, string[]] => {
    const { dimension, values } = columns[at]!;
    return [dimension, [values[Math.floor(random() * values.length)]!]];
  };
  const kinds: (() => [string, string[]][])[] = [
    () => [draw(0)],
    () => [draw(1)],
    () => [draw(2)],
    () => [draw(3)],
    () => [[draw(0)[0], [...draw(0)[1], ...draw(0)[1]]]],
    () => [draw(0), draw(2)],
    () => [draw(1), draw(2)],
    () => [draw(0), draw(1), draw(2)],
  ];
  return Object.fromEntries(kinds[Math.floor(random() * kinds.length)]!());
}

function measureAnalyses(matrix: AccessMatrix, { quick, seed }: BenchOptions): number[] {
  const random = createRandom(seed + 1);
  return Array.from({ length: quick ? 50 : 400 }, () => {
    const filter = drawFilter(matrix, random);
    const startedAt = performance.now();
    analyzeCohort(matrix, filter);
    return performance.now() - startedAt;
  });
}

function describeAnalyses(times: number[]): Measured {
  const [p50, p95] = [percentile(times, 50), percentile(times, 95)];
  const slowest = Math.max(...times);
  return {
    lines: [
      `A custom analysis of the loaded matrix (${times.length} random ones of one to three dimensions, an eighth of them of one status) takes ${formatDuration(p50)} at the median, ${formatDuration(p95)} at the 95th percentile, ${formatDuration(slowest)} at most.`,
    ],
    verdicts: [
      {
        figure: 'custom analysis, 95th percentile',
        target: '≤ 150 ms',
        measured: formatDuration(p95),
        met: p95 <= 150,
      },
    ],
  };
}
