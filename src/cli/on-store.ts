import { userInfo } from 'node:os';
import type { Config } from '../config.ts';
import { callCommand, type Output } from '../jobs/command-socket.ts';
import { WorkerMiner } from '../jobs/miner.ts';
import { surveyInWorker } from '../jobs/surveyor.ts';
import { folderHolder } from '../store/folder-lock.ts';
import { openStore } from '../store/open-store.ts';
import { runStoreCommand, type StoreCommand } from './store-commands.ts';
import type { StoreDeps } from './store-deps.ts';

/**
 * Runs a command on the store. If another process has the embedded database open, that process runs
 * the command.
 * @returns the exit code.
 */
export async function runOnStore(
  config: Config,
  command: StoreCommand,
  args: object,
  output: Output,
): Promise<number> {
  const named = { ...args, operator: findOperator() };
  const isInUse = config.databaseUrl === undefined && folderHolder(config.dataDir) !== undefined;
  if (isInUse) return callCommand(config.dataDir, { command, args: named, output });
  const store = await openStore(config);
  const miner = new WorkerMiner();
  try {
    const deps = {
      db: store.db,
      timeZone: config.timeZone,
      miner,
      survey: surveyInWorker,
      readSlackUsers: createSlackReader(config),
      readWorkspace: createWorkspaceReader(config),
      adminEmail: config.adminEmail,
    };
    return await runStoreCommand(deps, command, named, output);
  } finally {
    await miner.close();
    await store.close();
  }
}

/** The name of the user; undefined where the system has none, as in some containers. */
function findOperator(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** Imports Slack's client only when a command reads Slack. */
function createSlackReader({ slack }: Config): StoreDeps['readSlackUsers'] {
  if (slack.mode === 'sandbox') return undefined;
  return async () => {
    const [{ checkBotToken }, { readAllUsers }] = await Promise.all([
      import('../slack/check.ts'),
      import('../slack/directory.ts'),
    ]);
    // Refuses with the problem of the token, if there is one.
    await checkBotToken(slack);
    return readAllUsers(slack);
  };
}

function createWorkspaceReader({ slack }: Config): StoreDeps['readWorkspace'] {
  if (slack.mode === 'sandbox') return undefined;
  return async () => (await import('../slack/check.ts')).readWorkspace(slack);
}
