import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeMatrix } from './matrix-file.ts';
import { addAttributes, addDesks, fullSize, makeOrganisation, smallSize } from './organisation.ts';
import { writeCsv } from './organisation-csv.ts';
import { type BenchOptions, duration, type Measured, median, table, whole } from './page.ts';

/** What a process of its own prints of itself. */
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

function runApart(script: string, args: string[]): RuleRun {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const words = ['--import', 'tsx', path, ...args];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as RuleRun;
}

/** Time and memory of three mining rules on ten million grants, over held arrays and from files. */
export function measureRuleSpeed({ quick, seed, tell }: BenchOptions): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'rolemine-bench-'));
  try {
    const size = quick ? smallSize : fullSize;
    const eight = addAttributes(makeOrganisation(size, seed), seed);
    const nine = addDesks(eight, quick ? 2_500 : desks, seed);
    const held = [eight, nine].map((matrix, at) => {
      const file = join(folder, `matrix-${at}`);
      writeMatrix(matrix, file, 1);
      tell(`  rules of ${matrix.columns.length} attributes`);
      const load = loadavg()[0] ?? 0;
      const runs = Array.from({ length: quick ? 1 : 5 }, () => runApart('rules-once.ts', [file]));
      return { name: `held arrays, ${matrix.columns.length} attributes`, load, runs };
    });
    tell('  rules of files');
    writeCsv(eight, folder);
    const load = loadavg()[0] ?? 0;
    const runs = [runApart('rules-command-once.ts', [folder])];
    const rows = [...held, { name: '`rolemine mine --rules`, 8 attributes', load, runs }];
    const grants = `${whole(eight.people)} people, ${whole(eight.entitlements)} entitlements and ${whole(eight.items.length)} grants`;
    return describe(grants, nine.columns.at(-1)?.values.length ?? 0, rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(
  grants: string,
  values: number,
  rows: { name: string; load: number; runs: RuleRun[] }[],
): Measured {
  const of = (runs: RuleRun[], figure: keyof RuleRun) => median(runs.map((run) => run[figure]));
  const [{ runs: first = [] } = {}, { runs: second = [] } = {}] = rows;
  const verdicts = [first, second].flatMap((runs, at) => [
    {
      what: `three mining rules on held arrays, ${8 + at} attributes: time`,
      target: '≤ 30 s',
      measured: duration(of(runs, 'ms')),
      met: of(runs, 'ms') <= 30_000,
    },
    {
      what: `three mining rules on held arrays, ${8 + at} attributes: peak memory`,
      target: '≤ 1,000 MB',
      measured: `${whole(of(runs, 'peakMb'))} MB`,
      met: of(runs, 'peakMb') <= 1_000,
    },
  ]);
  return {
    lines: [
      `Three mining rules in the manner of the well-known sample (97 and 1 for entitlements of 2 or 3 approvals, then 95 and 5,`,
      `then 80 and 20), on an organization of ${grants}: with department, title, status,`,
      'manager, location, employment type, cost center and business unit, then with one more attribute that has',
      `${whole(values)} values. Each run in a process of its own, medians of ${first.length}; the command, which reads CSV and prints the`,
      'report, once. CPU is the time of all its threads, garbage collection too; it suffers less from the load of',
      'others, which is that of the minute before the first run. Memory is the greatest resident size of the process.',
      '',
      ...table(
        ['', 'time', 'CPU', 'memory', 'rules made', 'load'],
        rows.map(({ name, load, runs }) => [
          name,
          duration(of(runs, 'ms')),
          duration(of(runs, 'cpuMs')),
          `${whole(of(runs, 'peakMb'))} MB`,
          whole(of(runs, 'rules')),
          load.toFixed(1),
        ]),
      ),
    ],
    verdicts,
  };
}
