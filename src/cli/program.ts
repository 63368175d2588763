import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { addConfigCommands } from './config.ts';
import { addMailCommands } from './mail.ts';
import { addMineCommand } from './mine/mine.ts';
import { readText } from './read-text.ts';
import { reportError } from './report-error.ts';
import { loadConfig, mapOption, runConfiguredStoreCommand } from './settings.ts';

/** The exit codes of all commands. A command returns `done` or `failed`. */
export const exitCodes = { done: 0, failed: 1, invalidCommandLine: 2 } as const;

/**
 * Runs one command line. Each command imports its code only when it runs, so that help is
 * immediate.
 * @param words the command line without `node` and the program.
 * @returns one of `exitCodes`.
 */
export async function runProgram(words: string[], output: Output): Promise<number> {
  let exit: number = exitCodes.done;
  const program = buildProgram(output, async (run) => {
    exit = await run();
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.invalidCommandLine;
    }
    return reportError(error, output);
  }
}

type RunAction = (run: () => Promise<number>) => Promise<void>;

/** Declares every command with its arguments and options. @param runAction runs the action of a command. */
export function buildProgram(output: Output, runAction: RunAction): Command {
  const program = new Command('rolemine')
    .description(
      'Slack-first access governance: mines roles from existing access and routes access requests.',
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
  addStartCommand(program, runAction);
  addImportCommands(program, output, runAction);
  addMineCommand(program, output, runAction);
  addConfigCommands(program, output, runAction);
  addMailCommands(program, output, runAction);
  addMaintenanceCommands(program, output, runAction);
  addLeaveSandboxCommand(program, output, runAction);
  return program;
}

function addStartCommand(program: Command, runAction: RunAction): void {
  program
    .command('start')
    .description('run Rolemine; without Slack tokens it runs in the sandbox')
    .option(
      '--sandbox',
      'run the sandbox, also on DATABASE_URL or imported people; refuses Slack tokens',
    )
    .addHelpText('after', '\nExample:\n  rolemine start')
    .action(({ sandbox }: { sandbox?: true }) =>
      runAction(async () => {
        const config = await loadConfig();
        if (sandbox && config.slack.mode !== 'sandbox') {
          throw new Refusal(
            'conflict',
            'The sandbox does not run with Slack tokens. Unset SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET, or omit --sandbox.',
          );
        }
        const { start } = await import('../main.ts');
        await start(config, { isSandboxRequested: sandbox === true });
        return 0;
      }),
    );
}

interface ImportFlags {
  dryRun?: boolean;
  acceptFall?: boolean;
  acceptIdentities?: boolean;
  maxOrphans?: string;
}

interface CsvFlags extends ImportFlags {
  map?: string[];
  replaceSandboxCompany?: true;
}

const toImportOptions = ({
  dryRun = false,
  acceptFall = false,
  acceptIdentities = false,
  maxOrphans,
}: ImportFlags) => ({
  dryRun,
  acceptFall,
  acceptIdentities,
  ...(maxOrphans === undefined ? {} : { maxOrphansPercent: readPercent(maxOrphans) }),
});

/** @throws Refusal invalid: not a share. */
function readPercent(text: string): number {
  const percent = /^\d{1,3}(?:[.,]\d+)?\s*%?$/.test(text.trim())
    ? Number(text.replace(',', '.').replace('%', ''))
    : Number.NaN;
  if (percent <= 100) return percent;
  throw new Refusal('invalid', `--max-orphans ${text}: write a share in percent, from 0 to 100.`);
}

const acceptFallOption = [
  '--accept-fall',
  'import even if that removes more than a fifth of the people or grants',
] as const;

const acceptIdentitiesOption = [
  '--accept-identities',
  'import even if an id or address then belongs to another person',
] as const;

function addImportCommands(program: Command, output: Output, runAction: RunAction): void {
  const importCommand = program
    .command('import')
    .description('import people and their access, or mining rules');
  addCsvImport(importCommand, output, runAction);
  importCommand
    .command('slack')
    .description('import the members of the Slack workspace: name, title, e-mail, time zone')
    .option('--dry-run', 'check everything without writing')
    .option(...acceptFallOption)
    .option(...acceptIdentitiesOption)
    .addHelpText('after', '\nExample:\n  rolemine import slack --dry-run')
    .action((options: ImportFlags) =>
      runAction(() => runConfiguredStoreCommand('import-slack', toImportOptions(options), output)),
    );
  importCommand
    .command('mining-rules')
    .description('add mining rules, and the rule policies that they name')
    .argument('<file>', 'YAML (a list miningRules:) or XML (<MiningRule …/>), by file extension')
    .option('--dry-run', 'check everything without writing')
    .addHelpText('after', '\nExample:\n  rolemine import mining-rules rules.xml --dry-run')
    .action((file: string, { dryRun = false }: { dryRun?: boolean }) =>
      runAction(async () => {
        const { detectFormat } = await import('../governance/mining-rules/rules-file.ts');
        const rulesFile = {
          file: basename(file),
          text: readText(file),
          format: detectFormat(file),
        };
        return runConfiguredStoreCommand('import-rules', { ...rulesFile, dryRun }, output);
      }),
    );
}

function addCsvImport(importCommand: Command, output: Output, runAction: RunAction): void {
  importCommand
    .command('csv')
    .description(
      'import people.csv and grants.csv, and optionally applications.csv and entitlements.csv',
    )
    .argument('<dir>', 'folder of the files; they may be gzipped')
    .option(...mapOption)
    .option('--dry-run', 'check everything without writing')
    .option(...acceptFallOption)
    .option(
      '--max-orphans <percent>',
      'the largest share of grants whose person has left or is unknown (default: 5)',
    )
    .option(...acceptIdentitiesOption)
    .option(
      '--replace-sandbox-company',
      'drop the made-up company of the sandbox, and everything decided there, in the same step',
    )
    .addHelpText(
      'after',
      '\nExample:\n  rolemine import csv ./export --map person=USER --map entitlement=PERMISSION',
    )
    .action((dir: string, { map = [], replaceSandboxCompany, ...options }: CsvFlags) =>
      runAction(() => {
        const replace = replaceSandboxCompany ? { replaceCompany: true } : {};
        const args = { dir: resolve(dir), map, ...toImportOptions(options), ...replace };
        return runConfiguredStoreCommand('import', args, output);
      }),
    );
}

function addMaintenanceCommands(program: Command, output: Output, runAction: RunAction): void {
  program
    .command('doctor')
    .description('check settings, Slack, database and mail, and say what to fix')
    .addHelpText('after', '\nExample:\n  rolemine doctor')
    .action(() =>
      runAction(async () => {
        const { runDoctor } = await import('./doctor.ts');
        return runDoctor(output);
      }),
    );
  program
    .command('migrate')
    .description('update the database tables (start does this too)')
    .addHelpText('after', '\nExample:\n  rolemine migrate')
    .action(() => runAction(() => runConfiguredStoreCommand('migrate', {}, output)));
}

function addLeaveSandboxCommand(program: Command, output: Output, runAction: RunAction): void {
  program
    .command('leave-sandbox')
    .description('drop the made-up company, all Slack links and everything decided in the sandbox')
    .option('--dry-run', 'count without writing')
    .addHelpText('after', '\nExample:\n  rolemine leave-sandbox --dry-run')
    .action(({ dryRun = false }: { dryRun?: boolean }) =>
      runAction(() => runConfiguredStoreCommand('leave-sandbox', { dryRun }, output)),
    );
}

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
