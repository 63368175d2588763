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
import { countGrouping, describeGrouping, groupings, isSame } from './groupings.ts';
import { compilerVersion } from './machine.ts';
import { writeMatrix } from './matrix-file.ts';
import { fullSize, makeOrganisation, smallSize } from './organisation.ts';
import {
  type BenchOptions,
  duration,
  type Measured,
  median,
  percentile,
  type Section,
  table,
  type Verdict,
  whole,
} from './page.ts';
import type { Rival } from './rival.ts';

const loopInC = 'the same loop in C';

export const speed: Section = {
  name: 'speed',
  title: 'Counting, whole runs and custom analyses on 10 million grants',
  measure: async (options) => {
    const matrix = makeOrganisation(options.quick ? smallSize : fullSize, options.seed);
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
  // Once unmeasured, since Node compiles the loop when it has run for a while.
  timeOurselves(matrix);
  const count = compilerVersion() === undefined ? undefined : compileCounter(folder);
  const own: number[][] = [];
  const inC: Rival['results'][] = [];
  // In turns, and ours once more after the rivals, so that a busy minute of the machine does not hit
  // one side alone.
  for (let run = 0; run < runs; run++) {
    own.push(timeOurselves(matrix));
    if (count) inC.push(count(file));
  }
  const { rivals, missing } = await countElsewhere(matrix, options);
  if (inC.length > 0) rivals.unshift(mergeC(inC));
  else missing.push('The loop in C was not measured: there is no compiler.');
  for (let run = 0; run < runs; run++) own.push(timeOurselves(matrix));
  const ours = mergeTimes(matrix, own);
  for (const rival of rivals) checkSame(matrix, ours, rival);
  const counted = describeCounting(matrix, ours, rivals, missing);
  options.tell('  whole runs, custom analyses');
  const mined = describeRun(ours, mineInProcesses(file, runs));
  const asked = describeAnalyses(measureAnalyses(matrix, options));
  return {
    lines: [...counted.lines, '', ...mined.lines, '', ...asked.lines],
    verdicts: [...counted.verdicts, ...mined.verdicts, ...asked.verdicts],
  };
}

/** Milliseconds of each grouping, once. */
function timeOurselves(matrix: AccessMatrix): number[] {
  return groupings.map((grouping) => {
    const startedAt = performance.now();
    countGrouping(matrix, grouping);
    return performance.now() - startedAt;
  });
}

function mergeTimes(matrix: AccessMatrix, runs: readonly number[][]): Rival {
  const results = groupings.map((grouping, at) => ({
    ms: median(runs.map((times) => times[at]!)),
    sum: countGrouping(matrix, grouping),
  }));
  return { name: 'Rolemine', how: 'typed arrays, one thread of Node', results };
}

function mergeC(runs: readonly Rival['results'][]): Rival {
  const results = runs[0]!.map(({ sum }, at) => ({
    sum,
    ms: median(runs.map((results) => results[at]!.ms)),
  }));
  return {
    name: loopInC,
    how: `cc -O3 -march=native, one thread, ${compilerVersion()}`,
    results,
  };
}

async function countElsewhere(matrix: AccessMatrix, { quick, tell }: BenchOptions) {
  const rivals: Rival[] = [];
  const missing: string[] = [];
  tell('  DuckDB');
  rivals.push(await countInDuckdb(matrix, quick ? 1 : 5));
  const url = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL;
  if (url === undefined) {
    missing.push(
      'PostgreSQL was not measured: neither BENCH_DATABASE_URL nor TEST_DATABASE_URL is set.',
    );
  } else {
    tell('  PostgreSQL');
    rivals.push(await countInPostgres(url, matrix, quick ? 1 : 3));
  }
  return { rivals, missing };
}

/** @throws Error when systems disagree, since then their times say nothing. */
function checkSame(matrix: AccessMatrix, ours: Rival, rival: Rival): void {
  groupings.forEach((grouping, at) => {
    const [own, other] = [ours.results[at]!.sum, rival.results[at]!.sum];
    if (isSame(own, other)) return;
    const name = describeGrouping(matrix, grouping);
    throw new Error(
      `${rival.name} counts ${name} otherwise: ${JSON.stringify(other)}, not ${JSON.stringify(own)}`,
    );
  });
}

const totalOf = ({ results }: Rival) => results.reduce((sum, { ms }) => sum + ms, 0);

function describeCounting(
  matrix: AccessMatrix,
  ours: Rival,
  rivals: Rival[],
  missing: string[],
): Measured {
  const all = [ours, ...rivals];
  const rows = groupings.map((grouping, at) => [
    describeGrouping(matrix, grouping),
    whole(ours.results[at]!.sum.cells),
    ...all.map(({ results }) => duration(results[at]!.ms)),
  ]);
  const ratios = new Map(rivals.map((rival) => [rival.name, totalOf(rival) / totalOf(ours)]));
  rows.push(['**all ten**', '', ...all.map((one) => `**${duration(totalOf(one))}**`)]);
  rows.push(['÷ Rolemine', '', ...all.map((one) => (totalOf(one) / totalOf(ours)).toFixed(2))]);
  const sizes = matrix.columns.map(
    ({ dimension, values }) => `${dimension} ${whole(values.length)} values`,
  );
  return {
    lines: [
      `A made-up organization: ${whole(matrix.people)} people, ${whole(matrix.entitlements)} entitlements, ${whole(matrix.items.length)} grants; ${sizes.join(', ')}.`,
      'Counted is how many people of each value, or pair of values, hold each entitlement. The number of',
      'cells, the sum of the counts and the sum of their squares are the same in all systems.',
      '',
      ...table(['grouping', 'cells', ...all.map(({ name }) => name)], rows),
      '',
      ...all.flatMap(({ name, how, forms = [] }) => [
        `- ${name}: ${how}.`,
        ...forms.map(({ form, ms }) => `  - ${form}: ${describeForm(ms, totalOf(ours))}`),
      ]),
      ...missing.map((sentence) => `- ${sentence}`),
    ],
    verdicts: listRatios(ratios),
  };
}

function describeForm(ms: number, oursMs: number): string {
  return `all ten ${duration(ms)}, ${(ms / oursMs).toFixed(1)} times ours`;
}

function listRatios(ratios: Map<string, number>): Verdict[] {
  return [...ratios].map(([name, ratio]) => {
    if (name === loopInC) {
      const slower = 1 / ratio;
      return {
        what: 'counting: our time ÷ that of the same loop in C',
        target: '≤ 1.6',
        measured: slower.toFixed(2),
        met: slower <= 1.6,
      };
    }
    const least = name === 'DuckDB' ? 10 : 50;
    return {
      what: `counting: ${name}'s time ÷ ours`,
      target: `≥ ${least}`,
      measured: ratio.toFixed(1),
      met: ratio >= least,
    };
  });
}

interface WholeRun {
  ms: number;
  loadedMb: number;
  peakMb: number;
  found: number;
}

/** Each run in a process of its own, so that none has another's garbage to carry. */
function mineInProcesses(file: string, runs: number): WholeRun[] {
  const script = fileURLToPath(new URL('mine-once.ts', import.meta.url));
  return Array.from({ length: runs }, () => {
    const args = ['--import', 'tsx', script, file];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as WholeRun;
  });
}

function describeRun(ours: Rival, runs: readonly WholeRun[]): Measured {
  const of = (figure: keyof WholeRun) => median(runs.map((run) => run[figure]));
  const ratio = of('ms') / totalOf(ours);
  return {
    lines: [
      `A whole suggestion run (all layers, depth 3, ${whole(of('found'))} suggestions found) takes ${duration(of('ms'))}, ${ratio.toFixed(1)} times the ten groupings,`,
      `in a process of its own, from a cold start. That has ${whole(of('loadedMb'))} MB resident when the matrix is loaded and ${whole(of('peakMb'))} MB at the most.`,
    ],
    verdicts: [
      {
        what: 'whole suggestion run ÷ the ten groupings',
        target: '≤ 5',
        measured: ratio.toFixed(2),
        met: ratio <= 5,
      },
      {
        what: 'peak memory of the process that mines',
        target: '≤ 500 MB',
        measured: `${whole(of('peakMb'))} MB`,
        met: of('peakMb') <= 500,
      },
    ],
  };
}

/** Filters as people ask for them: one value, two of one dimension, two and three dimensions, none. */
function drawFilter({ columns }: AccessMatrix, random: () => number): CohortFilter {
  const draw = (at: number) => {
    const { dimension, values } = columns[at]!;
    return [dimension, [values[Math.floor(random() * values.length)]!]] as [string, string[]];
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
  const most = Math.max(...times);
  return {
    lines: [
      `A custom analysis of the loaded matrix (${times.length} random ones of one to three dimensions, an eighth of them of one status) takes ${duration(p50)} at the median, ${duration(p95)} at the 95th percentile, ${duration(most)} at most.`,
    ],
    verdicts: [
      {
        what: 'custom analysis, 95th percentile',
        target: '≤ 150 ms',
        measured: duration(p95),
        met: p95 <= 150,
      },
    ],
  };
}
