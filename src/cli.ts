#!/usr/bin/env node
import { runProgram } from './cli/program.ts';
import { reportError } from './cli/report-error.ts';

const output = {
  out: (text: string) => void process.stdout.write(`${text}\n`),
  err: (text: string) => void process.stderr.write(`${text}\n`),
};

// The reader of the output may stop early (`rolemine mine | head`).
process.stdout.on('error', () => process.exit(0));
// The last resort: it prints no stack and no secret. `start` logs its own errors.
process.on('uncaughtException', (error) => process.exit(reportError(error, output)));

process.exitCode = await runProgram(process.argv.slice(2), output);
