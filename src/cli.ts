#!/usr/bin/env node
import { runProgram } from './cli/program.ts';
import { reportError } from './cli/report-error.ts';

const output = {
  out: (text: string) => void process.stdout.write(`${text}\n`),
  err: (text: string) => void process.stderr.write(`${text}\n`),
};

const args = process.argv.slice(2);

// What this program writes is for its own user: the database, its lock, exported files.
process.umask(0o077);

// The reader of the output may stop early (`rolemine mine | head`). The app itself outlives the reader of its log.
const isApp = args.includes('start');
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => {
    if (!isApp) process.exit(0);
  });
}
// The last resort: it prints no stack and no secret. `start` logs its own errors.
process.on('uncaughtException', (error) => process.exit(reportError(error, output)));

process.exitCode = await runProgram(args, output);
