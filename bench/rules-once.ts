// Measures time and memory of one run of mining rules in its own process, like a worker thread:
// reads a matrix of matrix-file.ts, runs the rules of rule-sample.ts on it, and prints milliseconds
// and megabytes as JSON.
import { mineRules } from '../src/mining/rules/rules.ts';
import { readMatrix } from './matrix-file.ts';
import { sampleRoles, sampleRules } from './rule-sample.ts';

const [file = ''] = process.argv.slice(2);

const megabytes = () => process.resourceUsage().maxRSS / 1024;
const matrix = readMatrix(file);
const loadedMb = megabytes();
const startedAt = performance.now();
const before = process.cpuUsage();
const { sets, heldBack } = mineRules(matrix, sampleRoles(matrix.entitlements), sampleRules);
const ms = performance.now() - startedAt;
const spent = process.cpuUsage(before);
const cpuMs = (spent.user + spent.system) / 1000;
const rules = sets.reduce((sum, set) => sum + set.rules.length, 0);
console.log(
  JSON.stringify({
    ms,
    cpuMs,
    loadedMb,
    peakMb: megabytes(),
    sets: sets.length,
    rules,
    heldBack: heldBack.length,
  }),
);
