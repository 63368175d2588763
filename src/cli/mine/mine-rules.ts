import { basename } from 'node:path';
import { openCsvFiles } from '../../connectors/csv.ts';
import { readColumnMap } from '../../connectors/csv-columns.ts';
import { formatProblems } from '../../connectors/problems.ts';
import { Refusal } from '../../errors.ts';
import {
  formOf,
  type NamedMiningRule,
  readMiningRules,
} from '../../governance/mining-rules/rules-file.ts';
import { explainCategory } from '../../governance/mining-rules/warnings.ts';
import type { Output } from '../../jobs/command-socket.ts';
import type { MinableRole } from '../../mining/rules/mining-rule.ts';
import { mineRules } from '../../mining/rules/rules.ts';
import { printUnknownPeople, printWarnings } from '../import/tell-warnings.ts';
import { openProgress, type Progress } from '../progress.ts';
import { readText } from '../read-text.ts';
import { readMatrix } from './read-matrix.ts';
import { describeMinedRules, noRulesReason, reportRules } from './rule-report.ts';

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
  const { rules, problems, warnings } = readMiningRules(readText(path), formOf(path));
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
  printWarnings(source, output);
  if (source.problems.count > 0) {
    for (const line of formatProblems(source.problems)) output.err(line);
    return 1;
  }
  printUnknownPeople(read, output);
  checkCategories(read.roles, rules);
  show('mining');
  const found = mineRules(
    read.matrix,
    read.roles,
    rules.map(({ rule }) => rule),
  );
  const mined = { read, rules, found };
  if (json) {
    const listed = reportRules(mined);
    output.out(JSON.stringify({ rules: listed }, undefined, 2));
    if (listed.length === 0) output.err(noRulesReason(mined));
  } else for (const line of describeMinedRules(mined)) output.out(line);
  return 0;
}

/** @throws Refusal invalid: a rule is about a category that no entitlement has. */
function checkCategories(roles: readonly MinableRole[], rules: readonly NamedMiningRule[]): void {
  const known = roles.flatMap(({ category }) => category ?? []);
  for (const { rule } of rules) {
    const none = 'No entitlement has one: give --entitlements <file> with a column category.';
    const wrong = explainCategory(rule.category, known, none);
    if (wrong) throw new Refusal('invalid', wrong);
  }
}
