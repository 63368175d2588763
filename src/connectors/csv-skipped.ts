import type { Problem, ProblemLog } from './records.ts';

/** Counts the rows of a file, and those that are skipped because they cannot be read. */
export interface SkippedRows {
  /** Skips a row with a warning. */
  add(problem: Omit<Problem, 'file'>): void;
  count(rows: number): void;
  /** Refuses a file that cannot be read for the most part: its import would remove people or grants. */
  refuseMany(): void;
}

/** Above this share of skipped rows the file is refused, unless they are very few. */
const maxSkippedShare = 0.05;
const maxSkippedOfFew = 5;

export function createSkippedRows(
  file: string,
  { problems, warnings }: { problems: ProblemLog; warnings: ProblemLog },
): SkippedRows {
  let rows = 0;
  let skipped = 0;
  return {
    add(problem) {
      skipped += 1;
      warnings.add({ file, ...problem, message: `${problem.message} The row is skipped.` });
    },
    count(more) {
      rows += more;
    },
    refuseMany() {
      const isFew = skipped <= maxSkippedOfFew && skipped < rows;
      if (skipped === 0 || isFew || skipped <= maxSkippedShare * rows) return;
      const message = `${skipped.toLocaleString('en')} of ${rows.toLocaleString('en')} rows cannot be read, as the warnings say. Correct the file.`;
      problems.add({ file, line: 0, message });
    },
  };
}
