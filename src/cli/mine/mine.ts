import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from '../../jobs/command-socket.ts';
import { completeOptions, type MiningOptions } from '../../mining/options.ts';
import { completeRoleOptions, type RoleOptions } from '../../mining/roles/role-options.ts';
import type { SurveyOptions } from '../../mining/survey.ts';
import { configureLog, mapOption, onStore } from '../settings.ts';

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
  roles?: boolean;
  objective?: RoleOptions['objective'];
  seconds?: number;
  seed?: number;
  outliers?: boolean;
  rules?: string;
}

/** Options that shape suggestions, and mean nothing to mining rules. */
const suggesting = [
  'minCohort',
  'minConfidence',
  'minLowerBound',
  'minLift',
  'maxDepth',
  'maxSuggestions',
  'dimensions',
  'roles',
  'objective',
  'seconds',
  'seed',
  'outliers',
];

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
    .option('--roles', 'find few roles that together give exactly the grants there are')
    .addOption(
      new Option(
        '--objective <what>',
        'fewest roles, or edges: fewest user and permission assignments (roles)',
      ).choices(['roles', 'edges']),
    )
    .option('--seconds <seconds>', 'most time to look for roles (2)', roleLimit('seconds'))
    .option(
      '--seed <number>',
      'of the search for roles: the same finds the same (1)',
      roleLimit('seed'),
    )
    .option('--outliers', 'list people who hold what hardly any of their peers holds')
    .addOption(
      new Option(
        '--rules <file>',
        'make single role rules, as a file of mining rules says (YAML or XML)',
      ).conflicts(suggesting),
    )
    .addHelpText(
      'after',
      '\nExample:\n  rolemine mine --people people.csv --grants grants.csv --json' +
        '\n  rolemine mine --grants grants.csv.gz --map person=USER --map entitlement=PERMISSION --roles' +
        '\n  rolemine mine --rules rules.yml --people people.csv --grants grants.csv',
    )
    .action((flags: MineFlags) => carry(() => mine(command, flags, output)));
}

async function mine(command: Command, flags: MineFlags, output: Output): Promise<number> {
  const { people, grants, entitlements, map = [], json = false } = flags;
  const options = givenOptions(flags);
  if (!flags.roles) {
    refuseAlone(command, { '--objective': flags.objective, '--seconds': flags.seconds }, '--roles');
  }
  if (flags.rules !== undefined)
    return mineRulesOf(command, { ...flags, rules: flags.rules }, output);
  if (grants === undefined) {
    const files = { '--people': people, '--entitlements': entitlements, '--map': map[0] };
    refuseAlone(command, files, '--grants <file>');
    return mineStore(options, json, output);
  }
  await configureLog();
  const { mineFiles } = await import('./mine-files.ts');
  return mineFiles({ people, grants, entitlements, map, options, json }, output);
}

async function mineRulesOf(
  command: Command,
  { rules, people, grants, entitlements, map = [], json = false }: MineFlags & { rules: string },
  output: Output,
): Promise<number> {
  if (people === undefined || grants === undefined) {
    return command.error('error: --rules needs --people <file> and --grants <file>');
  }
  await configureLog();
  const { mineByRules } = await import('./mine-rules.ts');
  return mineByRules({ rules, people, grants, entitlements, map, json }, output);
}

/** Ends the command when an option is given that means nothing without another. */
function refuseAlone(command: Command, options: Record<string, unknown>, needed: string): void {
  const [flag] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (flag) command.error(`error: ${flag} needs ${needed}`);
}

/** The work is another thread's or another process's, so that a clock can show that it goes on. */
async function mineStore(options: SurveyOptions, json: boolean, output: Output): Promise<number> {
  const { openProgress } = await import('../progress.ts');
  const progress = openProgress(output);
  const startedAt = performance.now();
  const ticking = setInterval(() => {
    progress.show(`mining, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }, 200);
  try {
    return await onStore('mine', { options, json }, progress.output);
  } finally {
    clearInterval(ticking);
    progress.close();
  }
}

function givenOptions(flags: MineFlags): SurveyOptions {
  const mining = {
    minCohortSize: flags.minCohort,
    minConfidencePercent: flags.minConfidence,
    minLowerBoundPercent: flags.minLowerBound,
    minLift: flags.minLift,
    maxDepth: flags.maxDepth,
    maxSuggestions: flags.maxSuggestions,
    dimensions: flags.dimensions,
  };
  const { objective, seconds, seed } = flags;
  return {
    mining: dropAbsent(mining),
    roles: flags.roles ? dropAbsent({ objective, seconds, seed }) : undefined,
    outliers: flags.outliers ?? false,
  };
}

function dropAbsent<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}

function limit(name: keyof MiningOptions): (text: string) => number {
  return checkedNumber((value) => void completeOptions({ [name]: value }));
}

function roleLimit(name: 'seconds' | 'seed'): (text: string) => number {
  return checkedNumber((value) => void completeRoleOptions({ now: () => 0, [name]: value }));
}

/** Reads a number and has the miner say whether it is in range. */
function checkedNumber(check: (value: number) => void): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    try {
      check(value);
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
