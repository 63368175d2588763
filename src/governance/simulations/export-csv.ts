import { setImmediate } from 'node:timers/promises';
import type { CohortPerson } from '../../store/people/people.ts';
import { listSimulatedRules } from '../../store/rules/simulations.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import { formatCsvLine } from '../wording/csv-line.ts';
import { createRulePeopleReader, type RulePeople } from './affected-people.ts';
import {
  describeSimulatedRules,
  loadSimulationPeople,
  type ReportedPair,
  type ReportedRule,
} from './report.ts';
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

/** Number of rules whose people are loaded at once. */
const batchSize = 50;

/**
 * Exports a whole simulation: a line for each rule and each of its true and false positives and false negatives, then
 * for each gain, loss and direct grant that a rule would cover.
 * @throws Refusal missing.
 */
export async function exportSimulation(ctx: ActorCtx, id: number): Promise<CsvFile> {
  await requirePermission(ctx, 'mineRoles');
  const { simulation, policy } = await readSimulation(ctx, id);
  const rules = await listSimulatedRules(ctx.db, id);
  const reader = await createRulePeopleReader(ctx);
  const lines = [formatCsvLine(columns)];
  for (let at = 0; at < rules.length; at += batchSize) {
    const batch = rules.slice(at, at + batchSize);
    const described = await describeSimulatedRules(ctx, batch);
    const people = await reader.read(batch, rules);
    for (const [index, rule] of described.entries()) {
      lines.push(ruleLine(rule) + personLines(rule, people[index]).join(''));
    }
    // Lets other requests run between two batches.
    await setImmediate();
  }
  const { gains, losses, redundant } = await loadSimulationPeople(ctx, simulation, rules);
  for (const pair of gains) lines.push(pairLine('gains', pair));
  for (const pair of losses) lines.push(pairLine('loses', pair));
  for (const pair of redundant) lines.push(pairLine('direct grant that a rule covers', pair));
  const slug = policy.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return {
    name: `simulation-${slug.slice(0, 60) || 'rules'}-${id}.csv`,
    // Without a byte order mark, Excel assumes an old encoding.
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
    roundPercent(figures.precisionPercent),
    roundPercent(figures.falsePositivePercent),
  ]);
}

const noFigures = Array.from({ length: 6 }, () => undefined);

function personLines(
  rule: ReportedRule,
  { right, wrong, missed }: RulePeople = { right: [], wrong: [], missed: [] },
): string[] {
  return [
    ...right.map((person) => personLine('true positive', rule, person)),
    ...wrong.map((person) => personLine('false positive', rule, person)),
    ...missed.map((person) => personLine('false negative', rule, person)),
  ];
}

function personLine(
  kind: string,
  { change, entitlement, words, type }: ReportedRule,
  { name, email }: CohortPerson,
): string {
  return formatCsvLine([kind, change, entitlement, words, type, ...noFigures, name, email ?? '']);
}

function pairLine(kind: string, { entitlement, words, person, email }: ReportedPair): string {
  return formatCsvLine([kind, '', entitlement, words, '', ...noFigures, person, email]);
}

function roundPercent(percent: number): number {
  return Number(percent.toFixed(4));
}
