import type { Ctx } from '../../governance/context.ts';
import { importMiningRules } from '../../governance/mining-rules/import.ts';
import type { MiningRulesFormat } from '../../governance/mining-rules/rules-file.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';
import type { StoreDeps } from '../store-deps.ts';

export interface ImportMiningRulesArgs {
  /** The name of the file in messages. */
  file: string;
  text: string;
  format: MiningRulesFormat;
  dryRun: boolean;
}

/** Adds the mining rules of a file to the store and prints them. @returns the exit code. */
export async function importMiningRulesFile(
  { db, timeZone, wake, operator }: StoreDeps,
  { file, ...rulesFile }: ImportMiningRulesArgs,
  output: Output,
): Promise<number> {
  const ctx: Ctx = { db, actor: undefined, via: 'cli', operator, now: new Date(), timeZone, wake };
  const { problems, warnings, policies, added, existing } = await importMiningRules(ctx, rulesFile);
  for (const problem of problems) output.err(`${file}:${problem}`);
  for (const warning of warnings) output.err(`warning: ${file}:${warning}`);
  if (problems.length > 0) {
    output.err(`${formatCount(problems.length, 'problem')} in ${file}; nothing was imported.`);
    return 1;
  }
  for (const name of policies) output.out(`new rule policy ${name}`);
  for (const words of added) output.out(`new mining rule ${words}`);
  for (const words of existing) output.out(`already exists: ${words}`);
  if (rulesFile.dryRun) {
    output.out('Dry run: nothing was written.');
  } else {
    const created =
      policies.length === 0
        ? ''
        : `, ${formatCount(policies.length, 'rule policy', 'rule policies')} created`;
    output.out(
      added.length === 0
        ? 'Nothing to add.'
        : `${formatCount(added.length, 'mining rule')} added${created}.`,
    );
  }
  return 0;
}
