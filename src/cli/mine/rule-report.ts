import type { NamedMiningRule } from '../../governance/mining-rules/rules-file.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import { isRoleTargeted, type MinableRole } from '../../mining/rules/mining-rule.ts';
import type { MinedRule, RuleFigures, RuleResult, RuleSet } from '../../mining/rules/rules.ts';
import { round } from '../numbers.ts';
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

export function reportRules({ read, rules, found }: MinedRules): ReportedRule[] {
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
export function describeMinedRules({ read, rules, found }: MinedRules): string[] {
  const { people, entitlements } = read.matrix;
  const single = found.sets.reduce((sum, set) => sum + set.rules.length, 0);
  const none = single === 0 ? noRulesReason({ read, rules, found }) : undefined;
  const lines = [
    `${formatCount(people, 'person', 'people')}, ${formatCount(entitlements, 'entitlement')}, ${formatCount(rules.length, 'mining rule')}`,
    none ??
      `${formatCount(single, 'single role rule')} for ${formatCount(found.sets.length, 'entitlement')}`,
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
  lines.push('', `${formatCount(found.heldBack.length, 'entitlement')} held back by the limits`);
  for (const set of found.heldBack.slice(0, shownHeldBack)) {
    lines.push(`  ${nameOf(set)}: the best rules ${sayFigures(set)}`);
  }
  const more = found.heldBack.length - shownHeldBack;
  if (more > 0) lines.push(`  and ${more} more`);
  return lines;
}

function sayRule({ criteria, matched, truePositives }: MinedRule): string {
  const who = criteria.map(({ dimension, value }) => `${dimension} = ${value}`).join(' and ');
  return `    ${who}: ${truePositives.toLocaleString('en')} of ${matched.toLocaleString('en')} hold it`;
}

function sayFigures(figures: RuleFigures): string {
  const { truePositives, falsePositives, falseNegatives } = figures;
  const holders = formatCount(truePositives + falseNegatives, 'holder');
  const precision = round(figures.precisionPercent, 2);
  const share = round(figures.falsePositivePercent, 2);
  return `covers ${truePositives.toLocaleString('en')} of ${holders}, ${formatCount(falsePositives, 'other')} (precision ${precision} %, false positives ${share} %)`;
}

/** Why there is no rule, in one sentence. */
export function noRulesReason({ read, rules, found }: MinedRules): string {
  const { people, items, columns } = read.matrix;
  const fewest = Math.min(...rules.map(({ rule }) => rule.minIdentities));
  const because = () => {
    if (rules.length === 0) return 'no mining rule of the file is enabled.';
    if (people === 0) return "there is nobody who counts: the people's file has no active person.";
    if (items.length === 0) return 'there are no grants that count.';
    if (!isAnyLookedAt(read.roles, rules)) {
      return 'the mining rules leave out every entitlement, by excludeRole, category or approvals.';
    }
    if (columns.every(({ values }) => values.length === 0)) {
      return 'people have no attributes that rules could be made of.';
    }
    if (people < fewest) {
      return `${formatCount(people, 'person counts', 'people count')}, and a rule is to match at least ${fewest} people (minIdentities).`;
    }
    if (found.heldBack.length > 0) return 'the limits hold back all there could be.';
    return 'no attributes that enough people share tell who holds an entitlement. Try a higher falsePositiveMaxPercent or fewer minIdentities.';
  };
  return `No rule: ${because()}`;
}

/** Whether a rule mines some entitlement: of those that are about one, the first to run decides. */
function isAnyLookedAt(roles: readonly MinableRole[], rules: readonly NamedMiningRule[]): boolean {
  const order = rules.map(({ rule }) => rule).sort((a, b) => b.priority - a.priority);
  return roles.some(
    (role) => order.find((rule) => isRoleTargeted(rule, role))?.excludeRole === false,
  );
}
