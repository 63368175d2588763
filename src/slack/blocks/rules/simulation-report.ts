import type { KnownBlock, ModalView } from '@slack/web-api';
import {
  percentsOfRules,
  reachOfHeldBack,
  sumsOfSimulation,
  titleOfSimulation,
} from '../../../governance/simulations/describe.ts';
import type {
  NamedRule,
  ReportedConflict,
  ReportedPair,
  SimulationPeople,
  SimulationReport,
  SimulationTab,
} from '../../../governance/simulations/report.ts';
import { ids } from '../../ids.ts';
import { clampText } from '../../limits.ts';
import { simulationForm, simulationTabButton } from '../../state/rules.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  escapeName,
  escapeText,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { formatSimulatedRule, simulationButtons, simulationDecisionLine } from './simulation.ts';

/** A list shows this many names and counts the rest. The CSV file has all. */
const maxNames = 12;
const maxLines = 15;

/** A simulation in detail, with a tab for each kind of change. */
export function simulationView(report: SimulationReport): ModalView {
  const { card, tab, page, pages } = report;
  return {
    type: 'modal',
    title: plainText('Simulation', 24),
    close: plainText('Close', 24),
    private_metadata: simulationForm.encode({ id: card.id, tab }),
    blocks: [
      section(bold(titleOfSimulation(card))),
      ...(card.ended ? [context(simulationDecisionLine(card.ended))] : []),
      ...(card.stale ? [context(escapeText(card.stale))] : []),
      ...(card.state === 'open'
        ? [actions('simulation.ways', simulationButtons(card, 'details'))]
        : []),
      tabsOf(report),
      divider,
      ...tabBlocks(report),
      ...pagingBlocks(ids.simulationPage, { page, pages }),
    ],
  };
}

function tabsOf({ card, tab }: SimulationReport): KnownBlock {
  const { added = 0, removed = 0, kept = 0, heldBackCount = 0 } = card.figures ?? {};
  const words: [SimulationTab, string][] = [
    ['added', `Added ${added}`],
    ['removed', `Removed ${removed}`],
    ['kept', `Kept ${kept}`],
    ['people', 'People'],
    ['held', `Held back ${heldBackCount}`],
  ];
  return actions(
    'simulation.tabs',
    words.map(([name, text]) =>
      button(
        name === tab ? `• ${text}` : text,
        `${ids.simulationTab}.${name}`,
        simulationTabButton.encode(name),
        name === tab ? { label: `${text}, shown` } : {},
      ),
    ),
  );
}

function tabBlocks(report: SimulationReport): KnownBlock[] {
  const { card, tab, rules, people } = report;
  if (people) return peopleBlocks(sumsOfSimulation(card), people);
  if (tab === 'held') return heldBlocks(report);
  if (rules.length === 0) return [section(`No rules are ${tab}.`)];
  return rules.flatMap(ruleBlocks);
}

function ruleBlocks(rule: NamedRule): KnownBlock[] {
  const { figures, setFigures } = rule;
  const isAlone = figures.matched === setFigures.matched;
  return [
    section(formatSimulatedRule(rule)),
    context(
      escapeText(`This rule: ${percentsOfRules(figures)}`),
      ...(isAlone ? [] : [escapeText(`All rules for it together: ${percentsOfRules(setFigures)}`)]),
      ...(figures.countsOwnGrants ? ['Grants by rules count, too.'] : []),
    ),
    context(
      namesLine('Match and hold it', rule.right),
      namesLine('Match without holding it', rule.wrong),
      namesLine('Holders not covered', rule.missed),
    ),
  ];
}

function namesLine(title: string, names: readonly string[]): string {
  if (names.length === 0) return `*${title}: 0*`;
  const named = names.slice(0, maxNames).map(escapeName).join(', ');
  const more = names.length - maxNames;
  return `*${title}: ${names.length.toLocaleString('en')}* — ${named}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
}

function peopleBlocks(sums: readonly string[], people: SimulationPeople): KnownBlock[] {
  const { gains, highRisk, losses, redundant, conflicts } = people;
  return [
    ...sections(sums.map(escapeText)),
    ...listBlocks('Would gain high-risk access', highRisk, pairLine),
    ...listBlocks('Would gain access', gains, pairLine),
    ...listBlocks('Would lose access after the grace period', losses, pairLine),
    ...listBlocks('Direct grants a rule would cover', redundant, pairLine),
    ...listBlocks('Conflicts with other rules', conflicts, conflictLine),
  ];
}

function listBlocks<T>(title: string, list: readonly T[], draw: (one: T) => string): KnownBlock[] {
  if (list.length === 0) return [];
  const more = list.length - maxLines;
  return [
    ...sections([
      `*${title}: ${list.length.toLocaleString('en')}*`,
      ...list.slice(0, maxLines).map(draw),
    ]),
    ...(more > 0
      ? [context(`and ${more.toLocaleString('en')} more; Download CSV lists all.`)]
      : []),
  ];
}

function pairLine({ person, entitlement, words }: ReportedPair): string {
  const why = words ? ` (${clampText(escapeText(words), 150)})` : '';
  return `• ${escapeName(person)} — ${escapeName(entitlement)}${why}`;
}

function conflictLine({ entitlement, words, people, isOurs }: ReportedConflict): string {
  const winner = isOurs ? 'first' : 'second';
  return `• ${escapeName(entitlement)} — ${clampText(escapeText(words), 300)}: ${people === 1 ? '1 person' : `${people} people`}; the ${winner} wins (lower priority number, or the stronger type at a tie)`;
}

function heldBlocks({ card, held }: SimulationReport): KnownBlock[] {
  if (held.length === 0) return [section('No rules were held back.')];
  const lines = held
    .slice(0, 3 * maxLines)
    .map((one) => `• ${escapeName(one.entitlement)} — ${reachOfHeldBack(one.figures)}`);
  const more = (card.figures?.heldBackCount ?? held.length) - lines.length;
  return [
    context('The limits of the mining rules hold back rules for these entitlements.'),
    ...sections(lines),
    ...(more > 0 ? [context(`and ${more.toLocaleString('en')} more`)] : []),
  ];
}
