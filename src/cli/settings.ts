import type { Config } from '../config.ts';
import type { Output } from '../jobs/command-socket.ts';
import { setLogLevel } from '../log.ts';
import type { StoreCommand } from './store-commands.ts';

// What is needed only when a command runs is imported only then, so that help comes at once.

/** Reads the settings of a command. @throws Refusal invalid: what is wrong with them. */
export async function configure(): Promise<Config> {
  const { loadEnvFile, readConfig } = await import('../config.ts');
  loadEnvFile();
  const config = readConfig();
  setLogLevel(config.logLevel);
  return config;
}

/** For a command that needs no settings: only LOG_LEVEL counts. */
export async function configureLog(): Promise<void> {
  const { parseConfig } = await import('../config.ts');
  const read = parseConfig();
  if ('config' in read) setLogLevel(read.config.logLevel);
}

/** Carries a command out on the store that is configured. @returns the exit code. */
export async function onStore(command: StoreCommand, args: object, output: Output) {
  const config = await configure();
  // What a command does it says itself; in its own process the log would say it again.
  if (config.logLevel === 'info') setLogLevel('warn');
  const { runOnStore } = await import('./on-store.ts');
  return runOnStore(config, command, args, output);
}

/** The option of commands that read CSV files. */
export const mapOption = [
  '--map <target=COLUMN>',
  'the column under another name that holds a target; may be repeated',
  (option: string, before: string[] | undefined) => [...(before ?? []), option],
] as const;
