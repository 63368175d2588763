import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import type { ConfigArgs } from './config-command.ts';
import { readText, reasonOf } from './read-text.ts';
import { onStore } from './settings.ts';

type Carry = (run: () => Promise<number>) => Promise<void>;

const readers = {
  check: 'check a configuration file, and say what is wrong and where',
  plan: 'say what a configuration file would change, and write nothing',
  apply: 'make things as a configuration file says, all of it or nothing',
} as const;

export function addConfig(program: Command, output: Output, carry: Carry): void {
  const config = program
    .command('config')
    .description('applications, policies, rules, roles and mining settings as a YAML file');
  for (const [action, description] of Object.entries(readers)) {
    config
      .command(action)
      .description(description)
      .argument('<file>', 'YAML, as config.example.yml explains')
      .addHelpText('after', `\nExample:\n  rolemine config ${action} config.yml`)
      .action((file: string) =>
        carry(() => {
          const text = readText(file);
          const args = { action, file: basename(file), text } as ConfigArgs;
          return onStore('config', args, output);
        }),
      );
  }
  config
    .command('export')
    .description('write how things are as a configuration file, which applied changes nothing')
    .argument('[file]', 'a file that is not there yet; the terminal without it')
    .addHelpText('after', '\nExample:\n  rolemine config export config.yml')
    .action((file: string | undefined) => carry(() => writeExport(file, output)));
}

async function writeExport(file: string | undefined, output: Output): Promise<number> {
  const args: ConfigArgs = { action: 'export' };
  if (file === undefined) return onStore('config', args, output);
  const parts: string[] = [];
  const exit = await onStore('config', args, {
    out: (text) => void parts.push(text),
    err: output.err,
  });
  if (exit !== 0) return exit;
  try {
    writeFileSync(file, `${parts.join('\n')}\n`, { flag: 'wx' });
  } catch (error) {
    throw new Refusal('conflict', `${file} cannot be written: ${reasonOf(error)}.`);
  }
  output.out(`Written to ${file}. Applied now, it changes nothing.`);
  return 0;
}
