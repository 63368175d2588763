import type { Problem, ProblemLog } from './records.ts';

/**
 * Creates a log that lists the first problems and counts the rest: a bad file can have millions.
 */
export function createProblemLog(maxListed = 100): ProblemLog {
  const list: Problem[] = [];
  let count = 0;
  return {
    list,
    get count() {
      return count;
    },
    add(problem) {
      count += 1;
      if (list.length < maxListed) list.push(problem);
    },
  };
}

const maxValueLength = 80;

function quoteValue(value: string): string {
  const cut = value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value;
  return JSON.stringify(cut);
}

function formatPlace({ file, line, column, value }: Problem): string {
  const where = line > 0 ? `${file}:${line}` : file;
  return [where, column, value === undefined ? undefined : quoteValue(value)]
    .filter((part) => part !== undefined)
    .join(' ');
}

/**
 * Formats one line per problem, in the order found (`grants.csv:17 person "bo@x.example": no such
 * person…`), and the number of further ones.
 */
export function formatProblems({ list, count }: ProblemLog): string[] {
  const lines = list.map((problem) => `${formatPlace(problem)}: ${problem.message}`);
  if (count > list.length) lines.push(`and ${count - list.length} more`);
  return lines;
}
