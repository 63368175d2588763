import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from '../../jobs/command-socket.ts';
import { completeOptions, type MiningOptions } from '../../mining/options.ts';
import { OutOfRange } from '../../mining/out-of-range.ts';
import { completeRoleOptions, type RoleOptions } from '../../mining/roles/role-options.ts';
import type { SurveyOptions } from '../../mining/survey.ts';
import { loadLogLevel, mapOption, runConfiguredStoreCommand } from '../settings.ts';

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

/** Options that apply only to suggestions, not to mining rules. */
const suggestionFlags = [
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

/** Adds the `mine` command. It runs on files in this process, or on the store. */
export function addMineCommand(
  program: Command,
  output: Output,
  runAction: (run: () => Promise<number>) => Promise<void>,
): void {
  const command = program.command('mine');
  command
    .description('suggest access profiles from CSV files or the store, without writing anything')
    .option('--people <file>', 'CSV of people and their attributes')
    .option('--grants <file>', 'CSV of grants; without it the store is mined')
    .option('--entitlements <file>', 'CSV of entitlements')
    .option(...mapOption)
    .option('--json', 'print one JSON object');
  addThresholds(command);
  addSearches(command);
  command
    .addHelpText(
      'after',
      '\nExample:\n  rolemine mine --people people.csv --grants grants.csv --json' +
        '\n  rolemine mine --grants grants.csv.gz --map person=USER --map entitlement=PERMISSION --roles' +
        '\n  rolemine mine --rules rules.yml --people people.csv --grants grants.csv',
    )
    .action((flags: MineFlags) => runAction(() => runMine(command, flags, output)));
}

function addThresholds(command: Command): void {
  command
    .option(
      '--min-cohort <people>',
      'minimum people of a cohort (5)',
      parseMiningLimit('minCohortSize'),
    )
    .option(
      '--min-confidence <percent>',
      'minimum share of a cohort that holds the entitlement (80)',
      parseMiningLimit('minConfidencePercent'),
    )
    .option(
      '--min-lower-bound <percent>',
      'minimum of that share with 95 % certainty (50)',
      parseMiningLimit('minLowerBoundPercent'),
    )
    .option(
      '--min-lift <ratio>',
      "minimum ratio to everyone's share (1.2)",
      parseMiningLimit('minLift'),
    )
    .option(
      '--max-depth <criteria>',
      'maximum criteria of a cohort (3)',
      parseMiningLimit('maxDepth'),
    )
    .option(
      '--max-suggestions <number>',
      'maximum suggestions (50)',
      parseMiningLimit('maxSuggestions'),
    );
}

function addSearches(command: Command): void {
  command
    .option('--dimensions <names>', 'attributes to mine, separated by commas (all)', readNames)
    .option('--roles', 'find few roles that cover all grants exactly')
    .addOption(
      new Option(
        '--objective <what>',
        'minimize roles, or edges: user and permission assignments (roles)',
      ).choices(['roles', 'edges']),
    )
    .option(
      '--seconds <seconds>',
      'maximum time of the search for roles (2)',
      parseRoleLimit('seconds'),
    )
    .option(
      '--seed <number>',
      'seed of the search for roles; the same seed finds the same roles (1)',
      parseRoleLimit('seed'),
    )
    .option('--outliers', 'list unusual access')
    .addOption(
      new Option(
        '--rules <file>',
        'create single role rules from a file of mining rules (YAML or XML)',
      ).conflicts(suggestionFlags),
    );
}

async function runMine(command: Command, flags: MineFlags, output: Output): Promise<number> {
  const { people, grants, entitlements, map = [], json = false } = flags;
  const options = toSurveyOptions(flags);
  if (!flags.roles) {
    assertRequiredOption(
      command,
      { '--objective': flags.objective, '--seconds': flags.seconds },
      '--roles',
    );
  }
  if (flags.rules !== undefined)
    return runMineRules(command, { ...flags, rules: flags.rules }, output);
  if (grants === undefined) {
    const files = { '--people': people, '--entitlements': entitlements, '--map': map[0] };
    assertRequiredOption(command, files, '--grants <file>');
    return runMineStore(options, json, output);
  }
  await loadLogLevel();
  const { mineFiles } = await import('./mine-files.ts');
  return mineFiles({ people, grants, entitlements, map, options, json }, output);
}

async function runMineRules(
  command: Command,
  { rules, people, grants, entitlements, map = [], json = false }: MineFlags & { rules: string },
  output: Output,
): Promise<number> {
  if (people === undefined || grants === undefined) {
    return command.error('error: --rules needs --people <file> and --grants <file>');
  }
  await loadLogLevel();
  const { mineByRules } = await import('./mine-rules.ts');
  return mineByRules({ rules, people, grants, entitlements, map, json }, output);
}

/** Ends the command with an error if an option is present without the one that it requires. */
function assertRequiredOption(
  command: Command,
  options: Record<string, unknown>,
  required: string,
): void {
  const [flag] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (flag) command.error(`error: ${flag} needs ${required}`);
}

/** Another thread or process does the work, so this one can show the elapsed time. */
async function runMineStore(
  options: SurveyOptions,
  json: boolean,
  output: Output,
): Promise<number> {
  const { openProgress } = await import('../progress.ts');
  const progress = openProgress(output);
  const startedAt = performance.now();
  const ticking = setInterval(() => {
    progress.show(`mining, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }, 200);
  try {
    return await runConfiguredStoreCommand('mine', { options, json }, progress.output);
  } finally {
    clearInterval(ticking);
    progress.close();
  }
}

function toSurveyOptions(flags: MineFlags): SurveyOptions {
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
    mining: dropUndefined(mining),
    roles: flags.roles ? dropUndefined({ objective, seconds, seed }) : undefined,
    outliers: flags.outliers ?? false,
  };
}

function dropUndefined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const defined = Object.entries(options).filter(([, value]) => value !== undefined);
  // Object.fromEntries loses the names of the options.
  return Object.fromEntries(defined) as { [K in keyof T]?: NonNullable<T[K]> };
}

function parseMiningLimit(name: keyof MiningOptions): (text: string) => number {
  return createNumberParser((value) => void completeOptions({ [name]: value }));
}

function parseRoleLimit(name: 'seconds' | 'seed'): (text: string) => number {
  return createNumberParser((value) => void completeRoleOptions({ now: () => 0, [name]: value }));
}

/** Returns a parser of numbers. The miner's own check decides the range. */
function createNumberParser(check: (value: number) => void): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof OutOfRange)) throw error;
      // The message around it names the option and the value.
      throw new InvalidArgumentError(`It must be ${error.range}.`);
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
