// Measures time and memory of `rolemine mine --rules` in its own process, on the files that
// organization-csv.ts wrote into a folder; prints milliseconds and megabytes as JSON.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { mineByRules } from '../src/cli/mine/mine-rules.ts';
import { sampleRules } from './rule-sample.ts';

const [folder = ''] = process.argv.slice(2);

const at = (file: string) => join(folder, file);
writeFileSync(at('rules.yml'), stringify({ miningRules: JSON.parse(JSON.stringify(sampleRules)) }));
const startedAt = performance.now();
const before = process.cpuUsage();
let printed = '';
let lines = 0;
const output = {
  out: (line: string) => {
    lines++;
    if (line.includes('single role rules for')) printed = line;
  },
  err: (line: string) => console.error(line),
};
const files = {
  rules: at('rules.yml'),
  people: at('people.csv'),
  grants: at('grants.csv'),
  entitlements: at('entitlements.csv'),
};
await mineByRules({ ...files, map: [], json: false }, output);
const ms = performance.now() - startedAt;
const spent = process.cpuUsage(before);
const cpuMs = (spent.user + spent.system) / 1000;
const peakMb = process.resourceUsage().maxRSS / 1024;
// "423,058 single role rules for 10,000 entitlements"
const [rules = 0, sets = 0] = (printed.match(/[\d,]+/g) ?? []).map((text) =>
  Number(text.replaceAll(',', '')),
);
console.log(JSON.stringify({ ms, cpuMs, peakMb, rules, sets, lines }));
