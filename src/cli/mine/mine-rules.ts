import { basename } from 'node:path';
import { openCsvFiles } from '../../connectors/csv.ts';
import { readColumnMap } from '../../connectors/csv-columns.ts';
import { formatProblems } from '../../connectors/problems.ts';
import { Refusal } from '../../errors.ts';
import {
  detectFormat,
  type NamedMiningRule,
  readMiningRules,
} from '../../governance/mining-rules/rules-file.ts';
import { explainCategory } from '../../governance/mining-rules/warnings.ts';
import type { Output } from '../../jobs/command-socket.ts';
import type { MinableRole } from '../../mining/rules/mining-rule.ts';
import { mineRules } from '../../mining/rules/rules.ts';
import { systemZone } from '../../time-zones.ts';
import { printUnknownPeopleWarning, printWarnings } from '../import/warnings.ts';
import { openProgress, type Progress } from '../progress.ts';
import { readText } from '../read-text.ts';
import { readMatrix } from './read-matrix.ts';
import { describeMinedRules, noRulesReason, toReportedRules } from './rule-report.ts';

export interface MineRulesArgs {
  rules: string;
  people: string;
  grants: string;
  entitlements: string | undefined;
  map: string[];
  json: boolean;
}

/** Runs mining rules on CSV files, without a database. @returns the exit code. */
export async function mineByRules(args: MineRulesArgs, output: Output): Promise<number> {
  const rules = readRules(args.rules, output);
  if (!rules) return 1;
  const progress = openProgress(output);
  try {
    return await mineWithProgress(args, rules, progress);
  } finally {
    progress.close();
  }
}

/** @returns undefined if the file has problems, which are printed. */
function readRules(path: string, output: Output): NamedMiningRule[] | undefined {
  const { enabledRules, problems, warnings } = readMiningRules(readText(path), detectFormat(path));
  for (const problem of problems) output.err(`${basename(path)}:${problem}`);
  for (const warning of warnings) output.err(`warning: ${basename(path)}:${warning}`);
  return problems.length > 0 ? undefined : enabledRules;
}

async function mineWithProgress(
  { people, entitlements, grants, map, json }: MineRulesArgs,
  rules: readonly NamedMiningRule[],
  { show, output }: Progress,
): Promise<number> {
  const source = await openCsvFiles(
    { people, ...(entitlements && { entitlements }), grants },
    { map: readColumnMap(map), timeZone: systemZone() },
  );
  const read = await readMatrix(source, new Date(), (count) =>
    show(`reading: ${count.toLocaleString('en')} grants`, source.readShare?.()),
  );
  printWarnings(source, output);
  if (source.problems.count > 0) {
    for (const line of formatProblems(source.problems)) output.err(line);
    return 1;
  }
  printUnknownPeopleWarning(read, output);
  assertKnownCategories(read.roles, rules);
  show('mining');
  const found = mineRules(
    read.matrix,
    read.roles,
    rules.map(({ rule }) => rule),
  );
  const mined = { read, rules, found };
  if (json) {
    const listed = toReportedRules(mined);
    output.out(JSON.stringify({ rules: listed }, undefined, 2));
    if (listed.length === 0) output.err(noRulesReason(mined));
  } else for (const line of describeMinedRules(mined)) output.out(line);
  return 0;
}

/** @throws Refusal invalid: a rule names a category that no entitlement has. */
function assertKnownCategories(
  roles: readonly MinableRole[],
  rules: readonly NamedMiningRule[],
): void {
  const known = roles.flatMap(({ category }) => category ?? []);
  for (const { rule } of rules) {
    const none = 'No entitlement has one: pass --entitlements <file> with a column category.';
    const problem = explainCategory(rule.category, known, none);
    if (problem) throw new Refusal('invalid', problem);
  }
}
