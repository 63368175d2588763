import { formatProblems } from '../../connectors/problems.ts';
import type { Source } from '../../connectors/records.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';

/** All listed problems are printed because they stop an import; of warnings, some of each kind are enough. */
const maxWarnings = 30;

/** Prints the first warnings of a source, and the number of further ones. */
export function printWarnings({ warnings }: Source, output: Output): void {
  const { list, count, add } = warnings;
  for (const line of formatProblems({ list: list.slice(0, maxWarnings), count, add })) {
    output.err(`warning: ${line}`);
  }
}

export function printUnknownPeopleWarning(
  { unknownPersonGrants }: { unknownPersonGrants: number },
  output: Output,
): void {
  if (unknownPersonGrants === 0) return;
  const ignored = formatCount(unknownPersonGrants, 'grant');
  output.err(`warning: ignored ${ignored} of people missing in the people file.`);
}
