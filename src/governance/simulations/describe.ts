import type { RuleFigures } from '../../store/schema/rules.ts';
import { count, format, people, percent } from '../wording/counts.ts';
import type { ReportedRule, SimulationCard } from './report.ts';

/** "Simulation of rule policy Mining: 12 rules added, 2 removed, 31 kept" */
export function titleOfSimulation({ policy, state, figures }: SimulationCard): string {
  const what = `Simulation of rule policy ${policy}`;
  if (!figures) return state === 'failed' ? `${what} failed` : what;
  const { added, removed, kept } = figures;
  if (added + removed + kept === 0) return `${what}: no rules`;
  return `${what}: ${count(added, 'rule')} added, ${removed} removed, ${kept} kept`;
}

/** What would become of access, a sentence each. */
export function sumsOfSimulation({ figures, rules }: SimulationCard): string[] {
  if (!figures) return [];
  const { gaining, newGrants, highRiskGrants, losing, lostGrants, redundantGrants } = figures;
  const risk = highRiskGrants > 0 ? `, ${format(highRiskGrants)} of them of high risk` : '';
  const own = rules.filter(
    ({ change, figures }) => change !== 'removed' && figures.countsOwnGrants,
  );
  return [
    newGrants > 0
      ? `${people(gaining)} would gain access without asking: ${count(newGrants, 'grant')}${risk}.`
      : 'Nobody would gain access without asking.',
    lostGrants > 0
      ? `${people(losing)} would lose access after the grace period: ${count(lostGrants, 'grant')}.`
      : 'Nobody would lose access.',
    ...(redundantGrants > 0
      ? [`${count(redundantGrants, 'grant')} given by hand would be covered by a rule.`]
      : []),
    ...(figures.conflicts > 0 ? [`${count(figures.conflicts, 'conflict')} with other rules.`] : []),
    ...(figures.heldBackCount > 0
      ? [`The limits held back the rules of ${count(figures.heldBackCount, 'entitlement')}.`]
      : []),
    ...(own.length > 0
      ? [
          `${count(own.length, 'rule')} would not be found again without what rules gave; with it the limits are kept, so that ${own.length === 1 ? 'it stays' : 'they stay'}.`,
        ]
      : []),
  ];
}

/** "400 people, 6,012 grants of 150 entitlements" */
export function sizeOfSimulation({ figures }: SimulationCard): string | undefined {
  if (!figures) return undefined;
  const { entitlements, grants } = figures;
  return `${people(figures.people)}, ${count(grants, 'grant')} of ${count(entitlements, 'entitlement')}`;
}

/** "58 of 60 hold it · 2 would gain it · 4 holders not reached · precision 99.2 %, 3.3 % false positives" */
export function figuresOfRule({ figures }: Pick<ReportedRule, 'figures'>): string {
  const { truePositives, matched, falsePositives, falseNegatives } = figures;
  return [
    `${format(truePositives)} of ${format(matched)} hold it`,
    `${format(falsePositives)} do not`,
    `${format(falseNegatives)} hold it without matching`,
    percentsOfRules(figures),
  ].join(' · ');
}

/** "precision 99.2 %, 3.3 % false positives" */
export function percentsOfRules(figures: RuleFigures): string {
  const { precisionPercent, falsePositivePercent } = figures;
  return `precision ${percent(precisionPercent)}, ${percent(falsePositivePercent)} false positives`;
}

/** "covers 40 of 100 holders: precision 94 %, 0 % false positives" */
export function reachOfHeldBack(figures: RuleFigures): string {
  const { truePositives, falseNegatives } = figures;
  const holders = truePositives + falseNegatives;
  return `covers ${format(truePositives)} of ${format(holders)} holders: ${percentsOfRules(figures)}`;
}
