import { setImmediate } from 'node:timers/promises';
import type { CohortPerson } from '../../store/people/people.ts';
import { listSimulatedRules } from '../../store/rules/simulations.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import { formatCsvLine } from '../wording/csv-line.ts';
import { openNames, type RuleNames } from './affected-people.ts';
import { describeSimulated, type ReportedPair, type ReportedRule, readPeople } from './report.ts';
import { readSimulation } from './simulations.ts';

/** A file to download. */
export interface CsvFile {
  name: string;
  text: string;
  /** "Simulation of rule policy Mining" */
  title: string;
}

const columns = [
  'What',
  'Change',
  'Entitlement',
  'Criteria',
  'Type',
  'Matched',
  'True positives',
  'False positives',
  'False negatives',
  'Precision %',
  'False positive %',
  'Person',
  'E-mail',
];

/** Rules whose people are read at once. */
const atOnce = 50;

/**
 * Everything a simulation found, a line for each rule and for each person it is right or wrong about, then for each
 * who gains, loses, or holds by hand what a rule would give. Nothing is left out. @throws Refusal missing.
 */
export async function exportSimulation(ctx: ActorCtx, id: number): Promise<CsvFile> {
  await requirePermission(ctx, 'mineRoles');
  const { simulation, policy } = await readSimulation(ctx, id);
  const rules = await listSimulatedRules(ctx.db, id);
  const names = await openNames(ctx);
  const lines = [formatCsvLine(columns)];
  for (let at = 0; at < rules.length; at += atOnce) {
    const part = rules.slice(at, at + atOnce);
    const said = await describeSimulated(ctx, part);
    const people = await names.read(part, rules);
    for (const [place, rule] of said.entries()) {
      lines.push(ruleLine(rule) + personLines(rule, people[place]).join(''));
    }
    // Whoever clicks meanwhile has their turn.
    await setImmediate();
  }
  const { gains, losses, redundant } = await readPeople(ctx, simulation, rules);
  for (const one of gains) lines.push(pairLine('gains', one));
  for (const one of losses) lines.push(pairLine('loses', one));
  for (const one of redundant) lines.push(pairLine('holds by hand what a rule gives', one));
  const words = policy.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return {
    name: `simulation-${words.slice(0, 60) || 'rules'}-${id}.csv`,
    // Excel takes a file without this mark for one in an old encoding.
    text: `\ufeff${lines.join('')}`,
    title: `Simulation of rule policy ${policy}`,
  };
}

function ruleLine({ change, entitlement, words, type, figures }: ReportedRule): string {
  return formatCsvLine([
    'rule',
    change,
    entitlement,
    words,
    type,
    figures.matched,
    figures.truePositives,
    figures.falsePositives,
    figures.falseNegatives,
    rounded(figures.precisionPercent),
    rounded(figures.falsePositivePercent),
  ]);
}

const noFigures = Array.from({ length: 6 }, () => undefined);

function personLines(
  rule: ReportedRule,
  { right, wrong, missed }: RuleNames = { right: [], wrong: [], missed: [] },
): string[] {
  return [
    ...right.map((one) => personLine('true positive', rule, one)),
    ...wrong.map((one) => personLine('false positive', rule, one)),
    ...missed.map((one) => personLine('false negative', rule, one)),
  ];
}

function personLine(
  what: string,
  { change, entitlement, words, type }: ReportedRule,
  { name, email }: CohortPerson,
): string {
  return formatCsvLine([what, change, entitlement, words, type, ...noFigures, name, email ?? '']);
}

function pairLine(what: string, { entitlement, words, person, email }: ReportedPair): string {
  return formatCsvLine([what, '', entitlement, words, '', ...noFigures, person, email]);
}

function rounded(percent: number): number {
  return Number(percent.toFixed(4));
}
