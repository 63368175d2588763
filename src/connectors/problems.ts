import type { Problem, ProblemLog } from './records.ts';

/** A log that keeps the first `limit` problems and counts the rest: a bad file can have millions. */
export function problemLog(limit = 100): ProblemLog {
  const list: Problem[] = [];
  let count = 0;
  return {
    list,
    get count() {
      return count;
    },
    add(problem) {
      count += 1;
      if (list.length < limit) list.push(problem);
    },
  };
}

const valueLimit = 80;

function quoted(value: string): string {
  const cut = value.length > valueLimit ? `${value.slice(0, valueLimit)}…` : value;
  return JSON.stringify(cut);
}

function place({ file, line, column, value }: Problem): string {
  const where = line > 0 ? `${file}:${line}` : file;
  return [where, column, value === undefined ? undefined : quoted(value)]
    .filter((part) => part !== undefined)
    .join(' ');
}

/**
 * One line a problem, in the order found (`grants.csv:17 person "bo@x.example": no such person…`),
 * and how many more there were.
 */
export function formatProblems({ list, count }: ProblemLog): string[] {
  const lines = list.map((problem) => `${place(problem)}: ${problem.message}`);
  if (count > list.length) lines.push(`and ${count - list.length} more`);
  return lines;
}
