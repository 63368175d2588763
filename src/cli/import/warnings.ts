import { formatProblems } from '../../connectors/problems.ts';
import type { Source } from '../../connectors/records.ts';
import type { Output } from '../../jobs/command-socket.ts';

/** Problems stop an import and are all wanted; of warnings a few show what it is about. */
const shown = 5;

/** Tells the first warnings of a source, and how many more there are. */
export function printWarnings({ warnings }: Source, output: Output): void {
  const { list, count, add } = warnings;
  for (const line of formatProblems({ list: list.slice(0, shown), count, add })) {
    output.err(`warning: ${line}`);
  }
}

export function printUnknownPeople(
  { strangerGrants }: { strangerGrants: number },
  output: Output,
): void {
  if (strangerGrants === 0) return;
  const message = "grants of people who are not in the people's file do not count";
  output.err(`warning: ${message} (${strangerGrants}).`);
}
