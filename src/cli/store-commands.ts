import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { pingStore } from '../store/db.ts';
import { countPeople } from '../store/people/people.ts';
import { type ConfigArgs, configCommand } from './config-command.ts';
import { type ImportArgs, importCsv } from './import/import-csv.ts';
import { type ImportMiningRulesArgs, importRules } from './import/import-mining-rules.ts';
import { importSlack } from './import/import-slack.ts';
import type { ImportOptions } from './import/import-source.ts';
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
  | 'check';

/**
 * Carries a command out on an open store, whose tables are up to date since it is open.
 * @param args as they left the command line, or came through the socket: plain JSON.
 * @returns the exit code; errors are told on `output`.
 */
export async function runStoreCommand(
  deps: StoreDeps,
  command: string,
  args: unknown,
  output: Output,
): Promise<number> {
  try {
    return await run(deps, command as StoreCommand, args, output);
  } catch (error) {
    return reportError(error, output);
  }
}

async function run(deps: StoreDeps, command: StoreCommand, args: unknown, output: Output) {
  switch (command) {
    case 'import':
      return importCsv(deps, args as ImportArgs, output);
    case 'import-slack':
      return importSlack(deps, args as ImportOptions, output);
    case 'import-rules':
      return importRules(deps, args as ImportMiningRulesArgs, output);
    case 'mine':
      return mineStore(deps, args as MineStoreArgs, output);
    case 'config':
      return configCommand(deps, args as ConfigArgs, output);
    case 'migrate':
      output.out('The tables of the database are up to date.');
      return 0;
    case 'check': {
      await pingStore(deps.db);
      const people = await countPeople(deps.db);
      output.out(`it answers, its tables are up to date, and it holds ${people} people`);
      return 0;
    }
    default: {
      const unknown: string = command satisfies never;
      throw new Refusal(
        'invalid',
        `The running Rolemine does not know "${unknown}": it is of another version, restart it.`,
      );
    }
  }
}
