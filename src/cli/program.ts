import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { addConfig } from './config.ts';
import { addMail } from './mail.ts';
import { addMine } from './mine/mine.ts';
import { readText } from './read-text.ts';
import { reportError } from './report-error.ts';
import { configure, mapOption, onStore } from './settings.ts';

/**
 * Runs one command line. Commands are imported when they are run, so that help comes at once.
 * @param words without `node` and the program.
 * @returns the exit code: 0 done, 1 failed, 2 not a command line that can be understood.
 */
export async function runProgram(words: string[], output: Output): Promise<number> {
  let exit = 0;
  const program = buildProgram(output, async (run) => {
    exit = await run();
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, output);
  }
}

type Carry = (run: () => Promise<number>) => Promise<void>;

function buildProgram(output: Output, carry: Carry): Command {
  const program = new Command('rolemine')
    .description(
      'Slack-first access governance: mines roles from the access people hold and carries the requests that follow.',
    )
    .version(readVersion())
    .configureOutput({
      writeOut: (text) => output.out(text.replace(/\n$/, '')),
      writeErr: (text) => output.err(text.replace(/\n$/, '')),
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nSettings come from environment variables or a .env file; .env.example lists them.',
    );
  addStart(program, carry);
  addImport(program, output, carry);
  addMine(program, output, carry);
  addConfig(program, output, carry);
  addMail(program, output, carry);
  addCare(program, output, carry);
  return program;
}

function addStart(program: Command, carry: Carry): void {
  program
    .command('start')
    .description('run Rolemine: in the workspace of the Slack tokens, without tokens in a sandbox')
    .option('--sandbox', 'insist on the sandbox: refuse to start beside real Slack tokens')
    .addHelpText('after', '\nExample:\n  rolemine start')
    .action(({ sandbox }: { sandbox?: true }) =>
      carry(async () => {
        const config = await configure();
        if (sandbox && config.slack.mode !== 'sandbox') {
          throw new Refusal(
            'conflict',
            'The sandbox does not run beside a real workspace: unset SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET, or leave out --sandbox.',
          );
        }
        const { start } = await import('../main.ts');
        await start(config);
        return 0;
      }),
    );
}

interface ImportFlags {
  dryRun?: boolean;
  acceptFall?: boolean;
}

const importOptions = ({ dryRun = false, acceptFall = false }: ImportFlags) => ({
  dryRun,
  acceptFall,
});

const acceptFall = [
  '--accept-fall',
  'do not hold it when more than a fifth of the people or grants are gone',
] as const;

function addImport(program: Command, output: Output, carry: Carry): void {
  const importing = program
    .command('import')
    .description('bring in people and the access they hold, or mining rules');
  importing
    .command('csv')
    .description(
      'import people.csv and grants.csv, and applications.csv and entitlements.csv if there',
    )
    .argument('<dir>', 'folder of the files, which may be gzipped')
    .option(...mapOption)
    .option('--dry-run', 'read and check everything, write nothing')
    .option(...acceptFall)
    .addHelpText(
      'after',
      '\nExample:\n  rolemine import csv ./export --map person=USER --map entitlement=PERMISSION',
    )
    .action((dir: string, { map = [], ...options }: { map?: string[] } & ImportFlags) =>
      carry(() => onStore('import', { dir: resolve(dir), map, ...importOptions(options) }, output)),
    );
  importing
    .command('slack')
    .description('bring in the members of the Slack workspace: name, title, e-mail, time zone')
    .option('--dry-run', 'read and check everything, write nothing')
    .option(...acceptFall)
    .addHelpText('after', '\nExample:\n  rolemine import slack --dry-run')
    .action((options: ImportFlags) =>
      carry(() => onStore('import-slack', importOptions(options), output)),
    );
  importing
    .command('mining-rules')
    .description('add mining rules to those of the store, and the rule policies that they name')
    .argument('<file>', 'YAML, a list miningRules:, or XML, <MiningRule …/>, by its ending')
    .option('--dry-run', 'read and check everything, write nothing')
    .addHelpText('after', '\nExample:\n  rolemine import mining-rules rules.xml --dry-run')
    .action((file: string, { dryRun = false }: { dryRun?: boolean }) =>
      carry(async () => {
        const { formOf } = await import('../governance/mining-rules/rules-file.ts');
        const given = { file: basename(file), text: readText(file), form: formOf(file) };
        return onStore('import-rules', { ...given, dryRun }, output);
      }),
    );
}

function addCare(program: Command, output: Output, carry: Carry): void {
  program
    .command('doctor')
    .description('check settings, Slack, database and mail, and say what to mend')
    .addHelpText('after', '\nExample:\n  rolemine doctor')
    .action(() =>
      carry(async () => {
        const { doctor } = await import('./doctor.ts');
        return doctor(output);
      }),
    );
  program
    .command('migrate')
    .description('bring the tables of the database up to date (start does so, too)')
    .addHelpText('after', '\nExample:\n  rolemine migrate')
    .action(() => carry(() => onStore('migrate', {}, output)));
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
