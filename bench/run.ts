// Measures the figures of docs/mining.md#figures-of-the-benchmarks-page and writes docs/benchmarks.md:
//   npm run bench                         everything, some minutes
//   npm run bench -- --only cover,speed   some sections, to the terminal
//   npm run bench -- --only rules --add   some sections, into the page with their date
//   npm run bench -- --quick              a smoke run, to the terminal
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { amazon } from './amazon.ts';
import { calibration } from './calibration.ts';
import { cover } from './cover.ts';
import { describeMachine } from './machine.ts';
import {
  addToPage,
  type BenchOptions,
  type Measured,
  type Section,
  table,
  toTargetRows,
} from './page.ts';
import { planted } from './planted.ts';
import { rules } from './rules.ts';
import { speed } from './speed.ts';
import { stability } from './stability.ts';
import { university } from './university.ts';

const sections: Section[] = [
  cover,
  speed,
  planted,
  amazon,
  calibration,
  university,
  stability,
  rules,
];
const page = new URL('../docs/benchmarks.md', import.meta.url);

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    add: { type: 'boolean', default: false },
  },
});

const names = values.only?.split(',').map((name) => name.trim());
const unknown = names?.find((name) => !sections.some((section) => section.name === name));
if (unknown !== undefined) {
  const names = sections.map(({ name }) => name).join(', ');
  console.error(`There is no section "${unknown}". Sections: ${names}.`);
  process.exit(2);
}
const selectedSections = sections.filter(({ name }) => names?.includes(name) ?? true);
const options: BenchOptions = {
  quick: values.quick,
  seed: Number(values.seed),
  report: (text) => console.error(text),
};

const startedAt = performance.now();
const machine = describeMachine();
const load = loadavg()[0]?.toFixed(2);
const measured: [Section, Measured][] = [];
for (const section of selectedSections) {
  options.report(`— ${section.title}`);
  measured.push([section, await section.measure(options)]);
}
const date = new Date().toISOString().slice(0, 10);
const text = values.add
  ? addToPage(
      readFileSync(page, 'utf8'),
      measured,
      `Measured separately: ${date}, seed ${options.seed}, ${formatMinutes()}, load at the start ${load}.`,
    )
  : writePage();
const isComplete = names === undefined && !values.quick;
const target = values.out ?? (isComplete || values.add ? page : undefined);
if (target === undefined) console.log(text);
else writeFileSync(target, text);

function formatMinutes(): string {
  return `${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`;
}

function writePage(): string {
  const verdicts = measured.flatMap(([, { verdicts }]) => verdicts);
  const lines = [
    '# Benchmarks',
    '',
    '`npm run bench` measures everything and writes this page; no number is typed by hand. If two',
    'sides are compared, both were measured in this run, after a check that their results are equal.',
    '',
    ...machine,
    `- ${date}, seed ${options.seed}, ${formatMinutes()}${options.quick ? ', a smoke run whose figures are not meaningful' : ''}`,
    '',
    '## Targets',
    '',
    ...table(['', 'target', 'measured', 'met'], toTargetRows(verdicts)),
    ...measured.flatMap(([{ title }, { lines }]) => ['', `## ${title}`, '', ...lines]),
  ];
  return `${lines.join('\n')}\n`;
}
