import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeMatrix } from './matrix-file.ts';
import { addAttributes, addDesks, fullSize, makeOrganization, smallSize } from './organization.ts';
import { writeCsv } from './organization-csv.ts';
import {
  type BenchOptions,
  formatCount,
  formatDuration,
  type Measured,
  median,
  table,
} from './page.ts';

/** The output of a measuring process. */
interface RuleRun {
  ms: number;
  cpuMs: number;
  loadedMb: number;
  peakMb: number;
  sets: number;
  rules: number;
  heldBack: number;
}

const desks = 50_000;

function runProcess(script: string, args: string[]): RuleRun {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const processArgs = ['--import', 'tsx', path, ...args];
  const run: RuleRun = JSON.parse(
    execFileSync(process.execPath, processArgs, { encoding: 'utf8' }),
  );
  return run;
}

/**
 * Time and memory of three mining rules on ten million grants, from loaded arrays and from files.
 */
export function measureRuleSpeed({ quick, seed, report }: BenchOptions): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'rolemine-bench-'));
  try {
    const size = quick ? smallSize : fullSize;
    const eight = addAttributes(makeOrganization(size, seed), seed);
    const nine = addDesks(eight, quick ? 2_500 : desks, seed);
    const arrayRuns = [eight, nine].map((matrix, at) => {
      const file = join(folder, `matrix-${at}`);
      writeMatrix(matrix, file, 1);
      report(`  rules of ${matrix.columns.length} attributes`);
      const load = loadavg()[0] ?? 0;
      const runs = Array.from({ length: quick ? 1 : 5 }, () => runProcess('rules-once.ts', [file]));
      return { name: `loaded arrays, ${matrix.columns.length} attributes`, load, runs };
    });
    report('  rules of files');
    writeCsv(eight, folder);
    const load = loadavg()[0] ?? 0;
    const runs = [runProcess('rules-command-once.ts', [folder])];
    const rows = [...arrayRuns, { name: '`rolemine mine --rules`, 8 attributes', load, runs }];
    const grants = `${formatCount(eight.people)} people, ${formatCount(eight.entitlements)} entitlements and ${formatCount(eight.items.length)} grants`;
    return describeRuns(grants, nine.columns.at(-1)?.values.length ?? 0, rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeRuns(
  grants: string,
  values: number,
  rows: { name: string; load: number; runs: RuleRun[] }[],
): Measured {
  const of = (runs: RuleRun[], figure: keyof RuleRun) => median(runs.map((run) => run[figure]));
  const [{ runs: first = [] } = {}, { runs: second = [] } = {}] = rows;
  const verdicts = [first, second].flatMap((runs, at) => [
    {
      figure: `three mining rules on loaded arrays, ${8 + at} attributes: time`,
      target: '≤ 30 s',
      measured: formatDuration(of(runs, 'ms')),
      met: of(runs, 'ms') <= 30_000,
    },
    {
      figure: `three mining rules on loaded arrays, ${8 + at} attributes: peak memory`,
      target: '≤ 1,000 MB',
      measured: `${formatCount(of(runs, 'peakMb'))} MB`,
      met: of(runs, 'peakMb') <= 1_000,
    },
  ]);
  return {
    lines: [
      `Three mining rules like the well-known sample (97 and 1 for entitlements of 2 or 3 approvals, then 95 and 5,`,
      `then 80 and 20), on an organization of ${grants}: with department, title, status,`,
      'manager, location, employment type, cost center and business unit, then with one more attribute with',
      `${formatCount(values)} values. Each run in its own process, medians of ${first.length}; the command, which also reads CSV and prints the`,
      'report, once. CPU is the time of all threads, including garbage collection; it depends less on other',
      'load, which is from the minute before the first run. Memory is the maximum resident size of the process.',
      '',
      ...table(
        ['', 'time', 'CPU', 'memory', 'rules', 'load'],
        rows.map(({ name, load, runs }) => [
          name,
          formatDuration(of(runs, 'ms')),
          formatDuration(of(runs, 'cpuMs')),
          `${formatCount(of(runs, 'peakMb'))} MB`,
          formatCount(of(runs, 'rules')),
          load.toFixed(1),
        ]),
      ),
    ],
    verdicts,
  };
}
