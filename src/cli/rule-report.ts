import type { NamedMiningRule } from '../governance/mining-rules-file.ts';
import type { MinedRole } from '../mining/mining-rule.ts';
import type { RuleFigures, RuleResult, RuleSet, SingleRoleRule } from '../mining/rules.ts';
import { count, round } from './numbers.ts';
import type { ReadMatrix } from './read-matrix.ts';

/** A single role rule as `rolemine mine --rules --json` prints it; its figures are its own. */
interface ReportedRule extends RuleFigures {
  /** Its name, or its number in the file, from 1. */
  miningRule: string | number;
  app: string;
  entitlement: string;
  /** All of them are to be met. */
  criteria: Record<string, string>[];
  ruleType: NamedMiningRule['rule']['ruleType'];
}

/** What was mined by which rules. */
export interface MinedRules {
  read: ReadMatrix;
  rules: readonly NamedMiningRule[];
  found: RuleResult;
}

export function listRules({ read, rules, found }: MinedRules): ReportedRule[] {
  return found.sets.flatMap((set) =>
    set.rules.map(({ criteria, ...figures }) => ({
      miningRule: rules[set.miningRule]?.name ?? '',
      app: read.entitlements[set.entitlement]?.app ?? '',
      entitlement: read.entitlements[set.entitlement]?.entitlement ?? '',
      criteria: criteria.map(({ dimension, value }) => ({ [dimension]: value })),
      ruleType: rules[set.miningRule]?.rule.ruleType ?? 'required',
      ...figures,
      precisionPercent: round(figures.precisionPercent, 4),
      falsePositivePercent: round(figures.falsePositivePercent, 4),
    })),
  );
}

const shownHeldBack = 20;

/** The report for people to read. */
export function describeRules({ read, rules, found }: MinedRules): string[] {
  const { people, entitlements } = read.matrix;
  const single = found.sets.reduce((sum, set) => sum + set.rules.length, 0);
  const lines = [
    `${count(people, 'person', 'people')}, ${count(entitlements, 'entitlement')}, ${count(rules.length, 'mining rule')}`,
    single === 0
      ? `No rule: ${whyNone(read.roles, found)}`
      : `${count(single, 'single role rule')} for ${count(found.sets.length, 'entitlement')}`,
  ];
  const nameOf = ({ entitlement }: RuleSet) => {
    const { app = '', entitlement: name = '' } = read.entitlements[entitlement] ?? {};
    return `${app} · ${name}`;
  };
  rules.forEach(({ name, rule }, miningRule) => {
    const sets = found.sets.filter((set) => set.miningRule === miningRule);
    if (sets.length === 0) return;
    const limits = `precision at least ${rule.precisionMinPercent} %, false positives at most ${rule.falsePositiveMaxPercent} %`;
    lines.push('', `Mining rule ${name}: ${rule.ruleType} (${limits})`);
    for (const set of sets) {
      lines.push(`  ${nameOf(set)} · ${sayFigures(set)}`, ...set.rules.map(sayRule));
    }
  });
  if (found.heldBack.length === 0) return lines;
  lines.push('', `${count(found.heldBack.length, 'entitlement')} held back by the limits`);
  for (const set of found.heldBack.slice(0, shownHeldBack)) {
    lines.push(`  ${nameOf(set)}: the best rules ${sayFigures(set)}`);
  }
  const more = found.heldBack.length - shownHeldBack;
  if (more > 0) lines.push(`  and ${more} more`);
  return lines;
}

function sayRule({ criteria, matched, truePositives }: SingleRoleRule): string {
  const who = criteria.map(({ dimension, value }) => `${dimension} = ${value}`).join(' and ');
  return `    ${who}: ${truePositives.toLocaleString('en')} of ${matched.toLocaleString('en')} hold it`;
}

function sayFigures(figures: RuleFigures): string {
  const { truePositives, falsePositives, falseNegatives } = figures;
  const holders = count(truePositives + falseNegatives, 'holder');
  const precision = round(figures.precisionPercent, 2);
  const share = round(figures.falsePositivePercent, 2);
  return `covers ${truePositives.toLocaleString('en')} of ${holders}, ${count(falsePositives, 'other')} (precision ${precision} %, false positives ${share} %)`;
}

function whyNone(roles: readonly MinedRole[], { heldBack }: RuleResult): string {
  if (roles.length === 0) return 'there are no grants that count.';
  if (heldBack.length > 0) return 'the limits hold back all there could be.';
  return 'no attributes that enough people share tell who holds an entitlement. Try a higher falsePositiveMaxPercent or fewer minIdentities.';
}
