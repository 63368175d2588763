import type { Config } from '../config.ts';
import type { Output } from '../jobs/command-socket.ts';
import { setLogLevel } from '../log.ts';
import type { StoreCommand } from './store-commands.ts';

// Code that only a running command needs is imported late, so that help is immediate.

/** Reads the settings of a command. @throws Refusal invalid: the problems of the settings. */
export async function loadConfig(): Promise<Config> {
  const { loadEnvFile, readConfig } = await import('../config.ts');
  loadEnvFile();
  const config = readConfig();
  setLogLevel(config.logLevel);
  return config;
}

/** Applies LOG_LEVEL for a command that needs no other settings. */
export async function loadLogLevel(): Promise<void> {
  const { parseConfig } = await import('../config.ts');
  const read = parseConfig();
  if ('config' in read) setLogLevel(read.config.logLevel);
}

/** Runs a command on the configured store. @returns the exit code. */
export async function runConfiguredStoreCommand(
  command: StoreCommand,
  args: object,
  output: Output,
) {
  const config = await loadConfig();
  // The command prints its own results. In its own process the log would repeat them.
  if (config.logLevel === 'info') setLogLevel('warn');
  const { runOnStore } = await import('./on-store.ts');
  return runOnStore(config, command, args, output);
}

/** The --map option of commands that read CSV files. */
export const mapOption = [
  '--map <target=COLUMN>',
  'use another column for a target; may be repeated',
  (option: string, previous: string[] | undefined) => [...(previous ?? []), option],
] as const;
