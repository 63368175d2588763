import type { NamedMiningRule } from '../../governance/mining-rules/rules-file.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import { isRoleTargeted, type MinableRole } from '../../mining/rules/mining-rule.ts';
import type { MinedRule, RuleFigures, RuleResult, RuleSet } from '../../mining/rules/rules.ts';
import { round } from '../numbers.ts';
import type { ReadMatrix } from './read-matrix.ts';

/** A single role rule in the output of `rolemine mine --rules --json`, with its own figures. */
interface ReportedRule extends RuleFigures {
  /** The name of the mining rule, or its number in the file from 1. */
  miningRule: string | number;
  app: string;
  entitlement: string;
  /** A person must meet all of them. */
  criteria: Record<string, string>[];
  ruleType: NamedMiningRule['rule']['ruleType'];
}

/** The mined files, the mining rules and their results. */
export interface MinedRules {
  read: ReadMatrix;
  rules: readonly NamedMiningRule[];
  found: RuleResult;
}

export function toReportedRules({ read, rules, found }: MinedRules): ReportedRule[] {
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

const maxShownHeldBack = 20;

/** The report as text. */
export function describeMinedRules({ read, rules, found }: MinedRules): string[] {
  const { people, entitlements } = read.matrix;
  const ruleCount = found.sets.reduce((sum, set) => sum + set.rules.length, 0);
  const noRules = ruleCount === 0 ? noRulesReason({ read, rules, found }) : undefined;
  const lines = [
    `${formatCount(people, 'person', 'people')}, ${formatCount(entitlements, 'entitlement')}, ${formatCount(rules.length, 'mining rule')}`,
    noRules ??
      `${formatCount(ruleCount, 'single role rule')} for ${formatCount(found.sets.length, 'entitlement')}`,
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
      lines.push(`  ${nameOf(set)} · ${formatFigures(set)}`, ...set.rules.map(formatRule));
    }
  });
  if (found.heldBack.length === 0) return lines;
  lines.push('', `${formatCount(found.heldBack.length, 'entitlement')} held back by the limits`);
  for (const set of found.heldBack.slice(0, maxShownHeldBack)) {
    lines.push(`  ${nameOf(set)}: the best set of rules ${formatFigures(set)}`);
  }
  const more = found.heldBack.length - maxShownHeldBack;
  if (more > 0) lines.push(`  and ${more} more`);
  return lines;
}

function formatRule({ criteria, matched, truePositives }: MinedRule): string {
  const condition = criteria.map(({ dimension, value }) => `${dimension} = ${value}`).join(' and ');
  return `    ${condition}: ${truePositives.toLocaleString('en')} of ${matched.toLocaleString('en')} hold it`;
}

function formatFigures(figures: RuleFigures): string {
  const { truePositives, falsePositives, falseNegatives } = figures;
  const holders = formatCount(truePositives + falseNegatives, 'holder');
  const precision = round(figures.precisionPercent, 2);
  const share = round(figures.falsePositivePercent, 2);
  return `covers ${truePositives.toLocaleString('en')} of ${holders} and ${formatCount(falsePositives, 'other')} (precision ${precision} %, false positives ${share} %)`;
}

/** The reason why there are no rules, in one sentence. */
export function noRulesReason({ read, rules, found }: MinedRules): string {
  const { people, items, columns } = read.matrix;
  const minIdentities = Math.min(...rules.map(({ rule }) => rule.minIdentities));
  const findReason = () => {
    if (rules.length === 0) return 'no mining rule of the file is enabled.';
    if (people === 0) return 'the people file has no active people.';
    if (items.length === 0) return 'active people have no grants.';
    if (!isAnyRoleMined(read.roles, rules)) {
      return 'the mining rules exclude every entitlement, by excludeRole, category or approvals.';
    }
    if (columns.every(({ values }) => values.length === 0)) {
      return 'people have no attributes to use as criteria.';
    }
    if (people < minIdentities) {
      return `a rule must match at least ${minIdentities} people (minIdentities), but only ${formatCount(people, 'person is', 'people are')} active.`;
    }
    if (found.heldBack.length > 0) return 'the limits hold back all possible rules.';
    return 'no shared attributes predict an entitlement. Try a higher falsePositiveMaxPercent or a lower minIdentities.';
  };
  return `No rules: ${findReason()}`;
}

/** Whether any mining rule mines a role. The first rule that targets a role decides. */
function isAnyRoleMined(roles: readonly MinableRole[], rules: readonly NamedMiningRule[]): boolean {
  const order = rules.map(({ rule }) => rule).sort((a, b) => b.priority - a.priority);
  return roles.some(
    (role) => order.find((rule) => isRoleTargeted(rule, role))?.excludeRole === false,
  );
}
