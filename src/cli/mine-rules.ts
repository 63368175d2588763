import { basename } from 'node:path';
import { openCsvFiles } from '../connectors/csv.ts';
import { readColumnMap } from '../connectors/csv-columns.ts';
import { formatProblems } from '../connectors/problems.ts';
import { Refusal } from '../errors.ts';
import { type NamedMiningRule, readMiningRules } from '../governance/mining-rules-file.ts';
import { nearestWord } from '../governance/spelling.ts';
import type { Output } from '../jobs/command-socket.ts';
import { isAbout, type MinedRole } from '../mining/mining-rule.ts';
import { mineRules } from '../mining/rules.ts';
import { openProgress, type Progress } from './progress.ts';
import { readMatrix } from './read-matrix.ts';
import { readText } from './read-text.ts';
import { describeRules, listRules } from './rule-report.ts';
import { tellStrangers, tellWarnings } from './tell-warnings.ts';

export interface MineRulesArgs {
  rules: string;
  people: string;
  grants: string;
  entitlements: string | undefined;
  map: string[];
  json: boolean;
}

/** Carries out mining rules on CSV files, without a database. @returns the exit code. */
export async function mineByRules(args: MineRulesArgs, given: Output): Promise<number> {
  const rules = readRules(args.rules, given);
  if (!rules) return 1;
  const progress = openProgress(given);
  try {
    return await mineWithProgress(args, rules, progress);
  } finally {
    progress.close();
  }
}

/** @returns undefined when something is wrong with the file, which has been told. */
function readRules(path: string, output: Output): NamedMiningRule[] | undefined {
  if (/\.xml$/i.test(path)) {
    throw new Refusal(
      'invalid',
      `${path} is XML, which is not read: write it as YAML, miningRules:.`,
    );
  }
  const { rules, problems, warnings } = readMiningRules(readText(path));
  for (const problem of problems) output.err(`${basename(path)}:${problem}`);
  for (const warning of warnings) output.err(`warning: ${basename(path)}:${warning}`);
  return problems.length > 0 ? undefined : rules;
}

async function mineWithProgress(
  { people, entitlements, grants, map, json }: MineRulesArgs,
  rules: readonly NamedMiningRule[],
  { show, output }: Progress,
): Promise<number> {
  const source = await openCsvFiles(
    { people, ...(entitlements && { entitlements }), grants },
    { map: readColumnMap(map) },
  );
  const read = await readMatrix(source, new Date(), (count) =>
    show(`reading: ${count.toLocaleString('en')} grants`, source.readShare?.()),
  );
  tellWarnings(source, output);
  if (source.problems.count > 0) {
    for (const line of formatProblems(source.problems)) output.err(line);
    return 1;
  }
  tellStrangers(read, output);
  checkCategories(read.roles, rules);
  show('mining');
  const found = mineRules(
    read.matrix,
    read.roles,
    rules.map(({ rule }) => rule),
  );
  const mined = { read, rules, found };
  if (json) output.out(JSON.stringify({ rules: listRules(mined) }, undefined, 2));
  else for (const line of describeRules(mined)) output.out(line);
  return 0;
}

/** @throws Refusal invalid: a rule is about a category that no entitlement has. */
function checkCategories(roles: readonly MinedRole[], rules: readonly NamedMiningRule[]): void {
  const known = [...new Set(roles.flatMap(({ category }) => category ?? []))].sort();
  for (const { rule } of rules) {
    const { category } = rule;
    const any = { ...rule, ...everyApproval };
    if (category === undefined || roles.some((role) => isAbout(any, role))) continue;
    const nearest = nearestWord(category, known);
    const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    const there =
      known.length === 0
        ? 'No entitlement has one: give --entitlements <file> with a column category.'
        : `There are: ${known.slice(0, 20).join(', ')}.`;
    throw new Refusal('invalid', `There is no category "${category}".${meant} ${there}`);
  }
}

const everyApproval = {
  includeNoValidation: true,
  includeSimpleValidation: true,
  includeDoubleValidation: true,
  includeTripleValidation: true,
};
