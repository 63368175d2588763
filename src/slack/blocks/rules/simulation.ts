import type { Button, KnownBlock } from '@slack/web-api';
import {
  sizeOfSimulation,
  sumsOfSimulation,
  titleOfSimulation,
} from '../../../governance/simulations/describe.ts';
import type { ReportedRule, SimulationCard } from '../../../governance/simulations/report.ts';
import { joinSentences } from '../../../governance/wording/sentences.ts';
import { ids } from '../../ids.ts';
import { clampText } from '../../limits.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  drawBar,
  escapeName,
  escapeText,
  formatTime,
  section,
  sections,
  toMessageText,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** A message lists this many rules of a kind. The details list all. */
const maxRules = { added: 5, removed: 3 };
const maxWordsLength = 200;

/** The card of a simulation: its changes and buttons; after a decision, the record. */
export function simulationMessage(card: SimulationCard): SlackMessage {
  const title = titleOfSimulation(card);
  if (card.ended) {
    return {
      text: toMessageText(joinSentences([title, card.ended.text])),
      blocks: [section(bold(title)), context(simulationDecisionLine(card.ended))],
    };
  }
  if (card.state !== 'open') {
    const text = `${title}: in progress`;
    return { text: toMessageText(text), blocks: [section(escapeText(text))] };
  }
  const sums = sumsOfSimulation(card);
  return {
    text: toMessageText(joinSentences([title, ...sums, card.stale ?? noChangeYet])),
    blocks: [
      section(bold(title)),
      context(aboutLine(card)),
      section(chartOf(card)),
      ...sections(sums.map(escapeText)),
      ...ruleBlocks(card, 'added'),
      ...ruleBlocks(card, 'removed'),
      section(card.stale ? bold(card.stale) : noChangeYet),
      actions(`simulation.${card.id}`, simulationButtons(card, 'card')),
    ],
  };
}

/** "Applied by Dana Scott · today at 14:02" */
export function simulationDecisionLine({ text, at }: NonNullable<SimulationCard['ended']>): string {
  return `${escapeText(text)}${at ? ` · ${formatTime(at)}` : ''}`;
}

const noChangeYet = 'Nothing changes until the simulation is applied. Handwritten rules stay.';

function aboutLine(card: SimulationCard): string {
  const requester = card.requestedBy ? `requested by ${escapeText(card.requestedBy)}` : undefined;
  const at = card.finishedAt ? formatTime(card.finishedAt) : undefined;
  return [requester, at, sizeOfSimulation(card)].filter(Boolean).join(' · ') || '—';
}

/** Bars for the numbers of added, removed and kept rules. */
function chartOf({ figures }: SimulationCard): string {
  const { added = 0, removed = 0, kept = 0 } = figures ?? {};
  const maxListed = Math.max(1, added, removed, kept);
  return [
    [added, 'added'],
    [removed, 'removed'],
    [kept, 'kept'],
  ]
    .map(
      ([number, word]) =>
        `${drawBar((100 * Number(number)) / maxListed)} ${Number(number).toLocaleString('en')} ${word}`,
    )
    .join('\n');
}

function ruleBlocks(card: SimulationCard, change: keyof typeof maxRules): KnownBlock[] {
  const own = card.rules.filter((rule) => rule.change === change);
  if (own.length === 0) return [];
  const more = own.length - maxRules[change];
  const word = change === 'added' ? 'Added' : 'Removed';
  return [
    ...sections([`*${word}*`, ...own.slice(0, maxRules[change]).map(formatSimulatedRule)]),
    ...(more > 0 ? [context(`and ${more.toLocaleString('en')} more: see Details`)] : []),
  ];
}

/** "█████████░ *GitHub · Admin* — department = Sales: 58 of 60 hold it · Required · *high risk*" */
export function formatSimulatedRule({
  entitlement,
  words,
  type,
  figures,
  isHighRisk,
}: ReportedRule): string {
  const { truePositives, matched } = figures;
  const share = matched === 0 ? 0 : (100 * truePositives) / matched;
  const risk = isHighRisk ? ' · *high risk*' : '';
  return `${drawBar(share)} *${escapeName(entitlement)}* — ${clampText(escapeText(words), maxWordsLength)}: ${truePositives.toLocaleString('en')} of ${matched.toLocaleString('en')} hold it · ${type}${risk}`;
}

/** The buttons of an open simulation. Its details have no button for themselves. */
export function simulationButtons(
  { id, policy, stale }: SimulationCard,
  place: 'card' | 'details',
): Button[] {
  const name = `the simulation of ${policy}`;
  const value = idButton.encode(id);
  return [
    stale
      ? button('Refresh', ids.simulationRefresh, value, {
          style: 'primary',
          label: `Refresh ${name}`,
        })
      : button('Apply', ids.simulationApply, value, { style: 'primary', label: `Apply ${name}` }),
    button('Cancel', ids.simulationCancel, value, { label: `Cancel ${name}` }),
    ...(place === 'card'
      ? [button('Details', ids.simulationDetails, value, { label: `Details of ${name}` })]
      : []),
    button('Download CSV', ids.simulationCsv, value, { label: `Download ${name} as CSV` }),
  ];
}
