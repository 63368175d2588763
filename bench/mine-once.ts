// Measures the memory of one run in its own process, like a worker thread: reads a matrix of
// matrix-file.ts, mines it, and prints milliseconds and megabytes as JSON.
import { mine } from '../src/mining/suggestions/mine.ts';
import { readMatrix } from './matrix-file.ts';

const [file = ''] = process.argv.slice(2);

const megabytes = () => process.resourceUsage().maxRSS / 1024;
const matrix = readMatrix(file);
const loadedMb = megabytes();
const startedAt = performance.now();
const { found } = mine(matrix);
const ms = performance.now() - startedAt;
console.log(JSON.stringify({ ms, loadedMb, peakMb: megabytes(), found }));
