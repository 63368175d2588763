import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from '../jobs/command-socket.ts';
import { completeOptions, type MiningOptions } from '../mining/options.ts';
import { configureLog, mapOption, onStore } from './settings.ts';

interface MineFlags {
  people?: string;
  grants?: string;
  entitlements?: string;
  map?: string[];
  json?: boolean;
  minCohort?: number;
  minConfidence?: number;
  minLowerBound?: number;
  minLift?: number;
  maxDepth?: number;
  maxSuggestions?: number;
  dimensions?: string[];
}

/** Adds `mine`: on files in this process, or on the store. `carry` runs it and keeps its exit code. */
export function addMine(
  program: Command,
  output: Output,
  carry: (run: () => Promise<number>) => Promise<void>,
): void {
  const command = program.command('mine');
  command
    .description('suggest access profiles from CSV files, or from the store; nothing is written')
    .option('--people <file>', 'CSV of people and their attributes')
    .option('--grants <file>', 'CSV of who holds what; without it the store is mined')
    .option('--entitlements <file>', 'CSV of entitlements')
    .option(...mapOption)
    .option('--json', 'print one JSON object')
    .option('--min-cohort <people>', 'fewest people of a cohort (5)', limit('minCohortSize'))
    .option(
      '--min-confidence <percent>',
      'least share of a cohort that holds the entitlement (80)',
      limit('minConfidencePercent'),
    )
    .option(
      '--min-lower-bound <percent>',
      'least lower end of that share, 95 % sure (50)',
      limit('minLowerBoundPercent'),
    )
    .option('--min-lift <ratio>', "least ratio to everyone's share (1.2)", limit('minLift'))
    .option('--max-depth <criteria>', 'most criteria of a cohort (3)', limit('maxDepth'))
    .option('--max-suggestions <number>', 'most suggestions (50)', limit('maxSuggestions'))
    .option('--dimensions <names>', 'attributes to mine, separated by commas (all)', readNames)
    .addHelpText(
      'after',
      '\nExample:\n  rolemine mine --people people.csv --grants grants.csv --json',
    )
    .action((flags: MineFlags) => carry(() => mine(command, flags, output)));
}

async function mine(command: Command, flags: MineFlags, output: Output): Promise<number> {
  const { people, grants, entitlements, map = [], json = false } = flags;
  const options = givenOptions(flags);
  if (grants === undefined) {
    const alone = { '--people': people, '--entitlements': entitlements, '--map': map[0] };
    const [flag] = Object.entries(alone).find(([, value]) => value !== undefined) ?? [];
    if (flag) command.error(`error: ${flag} needs --grants <file>`);
    return onStore('mine', { options, json }, output);
  }
  await configureLog();
  const { mineFiles } = await import('./mine-files.ts');
  return mineFiles({ people, grants, entitlements, map, options, json }, output);
}

function givenOptions(flags: MineFlags): Partial<MiningOptions> {
  const options = {
    minCohortSize: flags.minCohort,
    minConfidencePercent: flags.minConfidence,
    minLowerBoundPercent: flags.minLowerBound,
    minLift: flags.minLift,
    maxDepth: flags.maxDepth,
    maxSuggestions: flags.maxSuggestions,
    dimensions: flags.dimensions,
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** Reads a number and has the miner say whether it is in range. */
function limit(name: keyof MiningOptions): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    try {
      completeOptions({ [name]: value });
    } catch (error) {
      // "minLift must be …": the option is named by the message around it.
      const [, rule] = /^\S+ (.*?)(?:, not \S+)?$/.exec((error as Error).message) ?? [];
      throw new InvalidArgumentError(`It ${rule}.`);
    }
    return value;
  };
}

function readNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
