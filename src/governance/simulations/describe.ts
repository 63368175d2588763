import type { StoredRuleFigures } from '../../store/schema/rules.ts';
import { formatCount, formatNumber, formatPeople, formatPercent } from '../wording/counts.ts';
import type { ReportedRule, SimulationCard } from './report.ts';

/** "Simulation of rule policy Mining: 12 rules added, 2 removed, 31 kept" */
export function titleOfSimulation({ policy, state, figures }: SimulationCard): string {
  const title = `Simulation of rule policy ${policy}`;
  if (!figures) return state === 'failed' ? `${title} failed` : title;
  const { added, removed, kept } = figures;
  if (added + removed + kept === 0) return `${title}: no rules`;
  return `${title}: ${formatCount(added, 'rule')} added, ${removed} removed, ${kept} kept`;
}

/** Describes in sentences how access would change. */
export function sumsOfSimulation({ figures, rules }: SimulationCard): string[] {
  if (!figures) return [];
  const { gaining, newGrants, highRiskGrants, losing, lostGrants, redundantGrants } = figures;
  const risk = highRiskGrants > 0 ? `, ${formatNumber(highRiskGrants)} of them high risk` : '';
  const retained = rules.filter(
    ({ change, figures }) => change !== 'removed' && figures.countsOwnGrants,
  );
  return [
    newGrants > 0
      ? `${formatPeople(gaining)} would gain access without asking: ${formatCount(newGrants, 'grant')}${risk}.`
      : 'Nobody would gain access without asking.',
    lostGrants > 0
      ? `${formatPeople(losing)} would lose access after the grace period: ${formatCount(lostGrants, 'grant')}.`
      : 'Nobody would lose access.',
    ...(redundantGrants > 0
      ? [`${formatCount(redundantGrants, 'direct grant')} would be covered by a rule.`]
      : []),
    ...(figures.conflicts > 0
      ? [`${formatCount(figures.conflicts, 'conflict')} with other rules.`]
      : []),
    ...(figures.heldBackCount > 0
      ? [`The limits held back the rules of ${formatCount(figures.heldBackCount, 'entitlement')}.`]
      : []),
    ...(retained.length > 0 ? [describeRetained(retained.length)] : []),
  ];
}

/** "1 rule stays although mining no longer finds it; …" */
function describeRetained(count: number): string {
  const stay = formatCount(count, 'rule stays', 'rules stay');
  const pronoun = count === 1 ? 'it' : 'them';
  return `${stay} although mining no longer finds ${pronoun}; grants by rules keep ${pronoun} within the limits.`;
}

/** "400 people, 6,012 grants of 150 entitlements" */
export function sizeOfSimulation({ figures }: SimulationCard): string | undefined {
  if (!figures) return undefined;
  const { entitlements, grants } = figures;
  return `${formatPeople(figures.people)}, ${formatCount(grants, 'grant')} of ${formatCount(entitlements, 'entitlement')}`;
}

/** "58 of 60 hold it · 2 do not · 4 hold it without matching · precision 99.2 %, 3.3 % false positives" */
export function figuresOfRule({ figures }: Pick<ReportedRule, 'figures'>): string {
  const { truePositives, matched, falsePositives, falseNegatives } = figures;
  return [
    `${formatNumber(truePositives)} of ${formatNumber(matched)} hold it`,
    `${formatNumber(falsePositives)} do not`,
    `${formatNumber(falseNegatives)} hold it without matching`,
    percentsOfRules(figures),
  ].join(' · ');
}

/** "precision 99.2 %, 3.3 % false positives" */
export function percentsOfRules(figures: StoredRuleFigures): string {
  const { precisionPercent, falsePositivePercent } = figures;
  return `precision ${formatPercent(precisionPercent)}, ${formatPercent(falsePositivePercent)} false positives`;
}

/** "covers 40 of 100 holders: precision 94 %, 0 % false positives" */
export function reachOfHeldBack(figures: StoredRuleFigures): string {
  const { truePositives, falseNegatives } = figures;
  const holders = truePositives + falseNegatives;
  return `covers ${formatNumber(truePositives)} of ${formatNumber(holders)} holders: ${percentsOfRules(figures)}`;
}
