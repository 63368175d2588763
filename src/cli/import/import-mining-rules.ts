import type { Ctx } from '../../governance/context.ts';
import { importMiningRules } from '../../governance/mining-rules/import.ts';
import type { MiningRulesForm } from '../../governance/mining-rules/rules-file.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';
import type { StoreDeps } from '../store-deps.ts';

export interface ImportMiningRulesArgs {
  /** As it is called in messages. */
  file: string;
  text: string;
  form: MiningRulesForm;
  dryRun: boolean;
}

/** Adds the mining rules of a file to the store, and says which. @returns the exit code. */
export async function importRules(
  { db, wake }: StoreDeps,
  { file, ...given }: ImportMiningRulesArgs,
  output: Output,
): Promise<number> {
  const ctx: Ctx = { db, actor: undefined, via: 'cli', now: new Date(), wake };
  const { problems, warnings, policies, added, known } = await importMiningRules(ctx, given);
  for (const problem of problems) output.err(`${file}:${problem}`);
  for (const warning of warnings) output.err(`warning: ${file}:${warning}`);
  if (problems.length > 0) {
    output.err(`${formatCount(problems.length, 'problem')} in ${file}; nothing was imported.`);
    return 1;
  }
  for (const name of policies) output.out(`new rule policy ${name}`);
  for (const words of added) output.out(`new mining rule ${words}`);
  for (const words of known) output.out(`there already: ${words}`);
  if (given.dryRun) {
    output.out('This is what would be added; it was a dry run, and nothing was written.');
  } else {
    const made =
      policies.length === 0
        ? ''
        : `, ${formatCount(policies.length, 'rule policy', 'rule policies')} made`;
    output.out(
      added.length === 0
        ? 'Nothing to add.'
        : `${formatCount(added.length, 'mining rule')} added${made}.`,
    );
  }
  return 0;
}
