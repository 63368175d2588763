import { Refusal } from '../errors.ts';
import type { SlackUser } from '../governance/people/slack-user.ts';
import type { Miner } from '../governance/role-mining/miner.ts';
import type { Output } from '../jobs/command-socket.ts';
import type { AccessMatrix } from '../mining/matrix/matrix.ts';
import type { Survey, SurveyOptions } from '../mining/survey.ts';
import { type Db, pingStore } from '../store/db.ts';
import { countPeople } from '../store/people/people.ts';
import { type ConfigArgs, configCommand } from './config-command.ts';
import { type ImportArgs, importCsv } from './import-csv.ts';
import { type ImportMiningRulesArgs, importRules } from './import-mining-rules.ts';
import { importSlack } from './import-slack.ts';
import type { ImportOptions } from './import-source.ts';
import { type MineStoreArgs, mineStore } from './mine-store.ts';
import { reportError } from './report-error.ts';

/** What a command on the store gets: the same whether this process opened it or the app runs here. */
export interface StoreDeps {
  db: Db;
  miner: Miner;
  /** Looks through a matrix, which is given away. */
  survey(matrix: AccessMatrix, options: SurveyOptions): Promise<Survey>;
  /** Told after a commit that there may be something to deliver or to mine. */
  wake?: (() => void) | undefined;
  /** Everybody in Slack; undefined where there is none. */
  readSlackUsers: (() => Promise<SlackUser[]>) | undefined;
  /** Becomes Super Admin when an import brings this person. */
  adminEmail: string | undefined;
}

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
