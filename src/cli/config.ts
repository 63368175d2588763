import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import type { ConfigArgs } from './config-command.ts';
import { readText, reasonOf } from './read-text.ts';
import { runConfiguredStoreCommand } from './settings.ts';

type RunAction = (run: () => Promise<number>) => Promise<void>;

const fileActions = {
  check: 'check a configuration file and list every problem with its position',
  plan: 'show what a configuration file would change, without changing it',
  apply: 'apply a configuration file, all of it or nothing',
} as const;

export function addConfigCommands(program: Command, output: Output, runAction: RunAction): void {
  const config = program
    .command('config')
    .description('applications, policies, rules, roles and mining settings as a YAML file');
  for (const [action, description] of Object.entries(fileActions)) {
    config
      .command(action)
      .description(description)
      .argument('<file>', 'YAML file; config.example.yml explains every key')
      .addHelpText('after', `\nExample:\n  rolemine config ${action} config.yml`)
      .action((file: string) =>
        runAction(() => {
          const text = readText(file);
          const args = { action, file: basename(file), text };
          return runConfiguredStoreCommand('config', args, output);
        }),
      );
  }
  config
    .command('export')
    .description('write the current state as a configuration file; applying it changes nothing')
    .argument('[file]', 'new file; without it the terminal')
    .addHelpText('after', '\nExample:\n  rolemine config export config.yml')
    .action((file: string | undefined) => runAction(() => writeExport(file, output)));
}

async function writeExport(file: string | undefined, output: Output): Promise<number> {
  const args: ConfigArgs = { action: 'export' };
  if (file === undefined) return runConfiguredStoreCommand('config', args, output);
  const parts: string[] = [];
  const exit = await runConfiguredStoreCommand('config', args, {
    out: (text) => void parts.push(text),
    err: output.err,
  });
  if (exit !== 0) return exit;
  try {
    writeFileSync(file, `${parts.join('\n')}\n`, { flag: 'wx' });
  } catch (error) {
    throw new Refusal('conflict', `${file} cannot be written: ${reasonOf(error)}.`);
  }
  output.out(`Written to ${file}. Applying it now would change nothing.`);
  return 0;
}
