import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.ts';

// `.ci/run` counts the tests from this report.
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/each-file.ts'],
    // An embedded database holds 0.3 GB, so two workers at a time whatever the machine has.
    pool: 'forks',
    maxWorkers: 2,
    // A worker keeps its modules, its compiled code and its embedded database from file to file.
    isolate: false,
    sequence: { sequencer: SlowFirst },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
