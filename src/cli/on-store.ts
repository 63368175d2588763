import type { Config } from '../config.ts';
import { callCommand, type Output } from '../jobs/command-socket.ts';
import { WorkerMiner } from '../jobs/miner.ts';
import { surveyInWorker } from '../jobs/surveyor.ts';
import { folderHolder } from '../store/folder-lock.ts';
import { openStore } from '../store/open-store.ts';
import { runStoreCommand, type StoreCommand } from './store-commands.ts';
import type { StoreDeps } from './store-deps.ts';

/**
 * Carries a command out on the store: in this process, or, while another one holds the embedded
 * database, in that one.
 * @returns the exit code.
 */
export async function runOnStore(
  config: Config,
  command: StoreCommand,
  args: object,
  output: Output,
): Promise<number> {
  const isHeld = config.databaseUrl === undefined && folderHolder(config.dataDir) !== undefined;
  if (isHeld) return callCommand(config.dataDir, command, args, output);
  const store = await openStore(config);
  const miner = new WorkerMiner();
  try {
    const deps = {
      db: store.db,
      miner,
      survey: surveyInWorker,
      readSlackUsers: slackReader(config),
      adminEmail: config.adminEmail,
    };
    return await runStoreCommand(deps, command, args, output);
  } finally {
    await miner.close();
    await store.close();
  }
}

/** Slack's client is loaded by the one command that reads it. */
function slackReader({ slack }: Config): StoreDeps['readSlackUsers'] {
  if (slack.mode === 'sandbox') return undefined;
  return async () => {
    const [{ checkBotToken }, { readAllUsers }] = await Promise.all([
      import('../slack/check.ts'),
      import('../slack/directory.ts'),
    ]);
    // Says what is wrong with the token, if something is.
    await checkBotToken(slack);
    return readAllUsers(slack);
  };
}
