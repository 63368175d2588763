import type { Problem, ProblemLog } from './records.ts';

/** Of each kind of problem, so that thousands of one kind do not hide another. */
const maxListedOfKind = 20;

/**
 * Creates a log that lists the first problems of each kind and counts the rest: a bad file can have millions.
 */
export function createProblemLog(maxListed = 100): ProblemLog {
  const list: Problem[] = [];
  const kinds = new Map<string, number>();
  let count = 0;
  return {
    list,
    get count() {
      return count;
    },
    add(problem) {
      count += 1;
      if (list.length >= maxListed) return;
      // Numbers in a message are those of its row.
      const kind = `${problem.file} ${problem.column} ${problem.message.replace(/\d+/g, '#')}`;
      const before = kinds.get(kind) ?? 0;
      kinds.set(kind, before + 1);
      if (before < maxListedOfKind) list.push(problem);
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
  if (count > list.length) lines.push(`and ${(count - list.length).toLocaleString('en')} more`);
  return lines;
}
