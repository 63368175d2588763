import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { assertNotDemo } from '../governance/people/store-identity.ts';
import type { Output } from '../jobs/command-socket.ts';
import { type CheckArgs, checkStore } from './check-store.ts';
import { type ConfigArgs, runConfigCommand } from './config-command.ts';
import { type ImportCsvArgs, importCsv } from './import/import-csv.ts';
import { type ImportMiningRulesArgs, importMiningRulesFile } from './import/import-mining-rules.ts';
import { importSlack } from './import/import-slack.ts';
import type { ImportOptions } from './import/import-source.ts';
import { type LeaveSandboxArgs, runLeaveSandbox } from './leave-sandbox.ts';
import { type MineStoreArgs, mineStore } from './mine/mine-store.ts';
import { reportError } from './report-error.ts';
import type { StoreDeps } from './store-deps.ts';

export type StoreCommand =
  | 'import'
  | 'import-slack'
  | 'import-rules'
  | 'mine'
  | 'config'
  | 'migrate'
  | 'check'
  | 'leave-sandbox';

/**
 * Runs a command on an open store. Opening it has already updated its tables.
 * @param args plain JSON from the command line or from the socket.
 * @returns the exit code; errors are printed to `output`.
 */
export async function runStoreCommand(
  deps: StoreDeps,
  command: string,
  args: unknown,
  output: Output,
): Promise<number> {
  try {
    await assertUsable(deps, command);
    return await runKnownCommand({ ...deps, operator: readOperator(args) }, command, args, output);
  } catch (error) {
    return reportError(error, output);
  }
}

/** These commands are for both kinds of stores, whatever the settings say. */
const forAnyStore = new Set(['migrate', 'check', 'leave-sandbox']);

/** Work with Slack tokens set is meant for a workspace, so it must not end up in a demo. @throws Refusal conflict. */
async function assertUsable({ db, readWorkspace }: StoreDeps, command: string): Promise<void> {
  if (!readWorkspace || forAnyStore.has(command)) return;
  await assertNotDemo({ db, actor: undefined, via: 'cli', now: new Date() });
}

/** Whoever can write to the socket has the rights of the same user, so their word counts. */
function readOperator(args: unknown): string | undefined {
  const read = z.object({ operator: z.string().max(100) }).safeParse(args);
  return read.data?.operator;
}

/**
 * The casts are safe because both ends of the socket run the same version: the arguments of each
 * command have the type that the command line passes to `runConfiguredStoreCommand`.
 */
async function runKnownCommand(deps: StoreDeps, name: string, args: unknown, output: Output) {
  const command = name as StoreCommand;
  switch (command) {
    case 'import':
      return importCsv(deps, args as ImportCsvArgs, output);
    case 'import-slack':
      return importSlack(deps, args as ImportOptions, output);
    case 'import-rules':
      return importMiningRulesFile(deps, args as ImportMiningRulesArgs, output);
    case 'mine':
      return mineStore(deps, args as MineStoreArgs, output);
    case 'config':
      return runConfigCommand(deps, args as ConfigArgs, output);
    case 'migrate':
      output.out('The database tables are up to date.');
      return 0;
    case 'check':
      return checkStore(deps, args as CheckArgs, output);
    case 'leave-sandbox':
      return runLeaveSandbox(deps, args as LeaveSandboxArgs, output);
    default: {
      const unknown: string = command satisfies never;
      throw new Refusal(
        'invalid',
        `The running Rolemine does not know "${unknown}" because it is another version. Restart it.`,
      );
    }
  }
}
