// Measures the figures of docs/mining.md#figures-of-the-benchmarks-page and writes docs/benchmarks.md:
//   npm run bench                         everything, some minutes
//   npm run bench -- --only cover,speed   some sections, to the terminal
//   npm run bench -- --only rules --add   some sections, into the page, with when they were measured
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
  targetRows,
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

const wanted = values.only?.split(',').map((name) => name.trim());
const unknown = wanted?.find((name) => !sections.some((section) => section.name === name));
if (unknown !== undefined) {
  const names = sections.map(({ name }) => name).join(', ');
  console.error(`There is no section "${unknown}"; there are ${names}.`);
  process.exit(2);
}
const chosen = sections.filter(({ name }) => wanted?.includes(name) ?? true);
const options: BenchOptions = {
  quick: values.quick,
  seed: Number(values.seed),
  tell: (text) => console.error(text),
};

const startedAt = performance.now();
const machine = describeMachine();
const load = loadavg()[0]?.toFixed(2);
const measured: [Section, Measured][] = [];
for (const section of chosen) {
  options.tell(`— ${section.title}`);
  measured.push([section, await section.measure(options)]);
}
const date = new Date().toISOString().slice(0, 10);
const text = values.add
  ? addToPage(
      readFileSync(page, 'utf8'),
      measured,
      `Measured apart from the rest: ${date}, seed ${options.seed}, ${sayMinutes()}, load when it began ${load}.`,
    )
  : writePage();
const isWhole = wanted === undefined && !values.quick;
const target = values.out ?? (isWhole || values.add ? page : undefined);
if (target === undefined) console.log(text);
else writeFileSync(target, text);

function sayMinutes(): string {
  return `${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes`;
}

function writePage(): string {
  const verdicts = measured.flatMap(([, { verdicts }]) => verdicts);
  const lines = [
    '# Benchmarks',
    '',
    '`npm run bench` measures all of this and writes this page; no number on it is typed. Where two',
    'sides are compared, both were measured in this run, and their results were checked to be equal first.',
    '',
    ...machine,
    `- ${date}, seed ${options.seed}, ${sayMinutes()}${options.quick ? ', quick: not for quoting' : ''}`,
    '',
    '## Targets',
    '',
    ...table(['', 'target', 'measured', 'met'], targetRows(verdicts)),
    ...measured.flatMap(([{ title }, { lines }]) => ['', `## ${title}`, '', ...lines]),
  ];
  return `${lines.join('\n')}\n`;
}
