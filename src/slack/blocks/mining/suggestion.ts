import type { KnownBlock, ModalView } from '@slack/web-api';
import type { RunView, SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { percents } from '../../../governance/task-cards/step-facts.ts';
import { formatCount, formatNumber } from '../../../governance/wording/counts.ts';
import { joinSentences } from '../../../governance/wording/sentences.ts';
import { formatSuggestionTitle } from '../../../governance/wording/suggestion-title.ts';
import { ids } from '../../ids.ts';
import { idButton, pageButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  drawBar,
  escapeName,
  escapeText,
  formatTime,
  plainText,
  section,
  toMessageText,
} from '../kit/elements.ts';
import { pagingBlocks } from '../kit/paging.ts';
import type { SlackMessage } from '../tasks/task.ts';

const unchanged = 'Existing suggestions are unchanged.';

/** A message lists this many suggestions. *Show all* lists the rest. */
const maxInMessage = 5;
const suggestionsOnPage = 10;
/** A list names this many entitlements. The review names all. */
const maxEntitlementsInRow = 3;

/** The message about one analysis of the whole organization. */
export function runMessage(view: RunView): SlackMessage {
  const { run, newSuggestions } = view;
  const unfinished = unfinishedReason(view);
  if (unfinished)
    return { text: toMessageText(unfinished), blocks: [section(escapeText(unfinished))] };
  const figures = `${formatNumber(run.people ?? 0)} people, ${formatNumber(run.grants ?? 0)} grants`;
  if (newSuggestions.length === 0) {
    const waiting =
      view.openSuggestions > 0
        ? `${formatCount(view.openSuggestions, 'earlier suggestion is', 'earlier suggestions are')} still open.`
        : 'There are no open suggestions.';
    const why = run.grants === 0 ? ' These people hold no grants for mining.' : '';
    const text = `Role mining found nothing new among ${figures}.${why} ${waiting}`;
    const blocks: KnownBlock[] = [section(text)];
    if (view.openSuggestions > 0)
      blocks.push(actions(`run.${run.id}`, [showAll(view.openSuggestions)]));
    return { text, blocks };
  }
  const title = `Role mining found ${formatCount(newSuggestions.length, 'new access profile')}`;
  const at = run.finishedAt ? `run of ${formatTime(run.finishedAt)} · ` : '';
  return {
    text: `${title}: ${newSuggestions
      .slice(0, 3)
      .map((one) => escapeText(one.name))
      .join('; ')}. Nothing changes until you create a profile.`,
    blocks: [
      section(bold(title)),
      context(`${formatCount(newSuggestions.length, 'new suggestion')} · ${at}${figures}`),
      section(
        `They would explain ${view.explainedPercent < 1 ? 'less than 1' : view.explainedPercent} % of today's grants. Nothing changes until you create a profile.`,
      ),
      ...newSuggestions.slice(0, maxInMessage).map((one) => suggestionRow(one)),
      ...(newSuggestions.length > maxInMessage || view.openSuggestions > newSuggestions.length
        ? [actions(`run.${run.id}`, [showAll(view.openSuggestions)])]
        : []),
    ],
  };
}

function unfinishedReason({ run, cancellation }: RunView): string | undefined {
  if (cancellation) {
    return joinSentences([`The role mining run was ${cancellation}`, unchanged]);
  }
  if (run.state !== 'failed') return undefined;
  return joinSentences([`The role mining run failed: ${run.error ?? 'unknown reason'}`, unchanged]);
}

/** The answer to `/rolemine suggestions`. */
export function listMessage(suggestions: readonly SuggestionView[]): SlackMessage {
  const text = formatCount(suggestions.length, 'open suggestion');
  return {
    text,
    blocks: [
      section(bold(text)),
      ...suggestions.slice(0, maxInMessage).map((one) => suggestionRow(one)),
      ...(suggestions.length > maxInMessage
        ? [actions('suggestions', [showAll(suggestions.length)])]
        : []),
    ],
  };
}

/** All suggestions in a modal, page by page. */
export function listView(suggestions: readonly SuggestionView[], page: number): ModalView {
  const pages = Math.max(1, Math.ceil(suggestions.length / suggestionsOnPage));
  const at = Math.min(page, pages - 1);
  const shown = suggestions.slice(at * suggestionsOnPage, (at + 1) * suggestionsOnPage);
  return {
    type: 'modal',
    title: plainText('Suggestions', 24),
    close: plainText('Close', 24),
    blocks: [
      context(
        suggestions.length === 0
          ? 'There are no open suggestions.'
          : `${formatCount(suggestions.length, 'suggestion')}, sorted by grants explained · page ${at + 1} of ${pages}`,
      ),
      ...shown.map((one) => suggestionRow(one)),
      ...pagingBlocks(ids.suggestionList, { page: at, pages }),
    ],
  };
}

/** One suggestion in a list. */
export function suggestionRow(view: SuggestionView): KnownBlock {
  const { suggestion, evidence } = view;
  const gain =
    suggestion.gaining === 0
      ? 'nobody would gain access'
      : `${formatCount(suggestion.gaining, 'person', 'people')} would gain access`;
  const high = evidence.filter((one) => one.risk === 'high').length;
  const lines = [
    suggestionTitle(view),
    `${formatCount(suggestion.people, 'person', 'people')} · ${formatCount(evidence.length, 'entitlement')} · ${gain}${high > 0 ? ` · ${high} high-risk` : ''}${trustMark(view)}`,
    ...evidence.slice(0, maxEntitlementsInRow).map((one) => `• ${briefEvidence(view, one)}`),
    ...(evidence.length > maxEntitlementsInRow
      ? [`• and ${evidence.length - maxEntitlementsInRow} more`]
      : []),
    ...(view.decision ? [`_${escapeText(view.decision)}_`] : []),
  ];
  const row = section(lines.join('\n'));
  if (view.decision) return row;
  return {
    ...row,
    accessory: button('Review', ids.suggestionReview, idButton.encode(suggestion.id), {
      label: `Review ${view.name}`,
    }),
  };
}

/** "*Department: Finance*" */
export function suggestionTitle(view: SuggestionView): string {
  return bold(formatSuggestionTitle(view));
}

export function peopleLine(view: SuggestionView): string {
  const { suggestion, seen } = view;
  return `${formatCount(suggestion.people, 'person', 'people')} · ${suggestion.peopleWithAll} hold all of it · ${formatCount(suggestion.gaining, 'person', 'people')} would gain access${describeRunsSeen(seen)}${trustMark(view)}`;
}

/** `NetSuite · Read — 47 of 48 (98 %), 9.0 times the company average` */
export function evidenceLine(
  view: SuggestionView,
  one: SuggestionView['evidence'][number],
): string {
  return `${drawBar(one.confidencePercent)} *${escapeName(`${one.app} · ${one.entitlement}`)}* — ${evidenceFigures(view, one)}${one.risk === 'high' ? ' · *high risk*' : ''}`;
}

/** `NetSuite · Read — 47 of 48 (98 %)` */
function briefEvidence(view: SuggestionView, one: SuggestionView['evidence'][number]): string {
  const { people } = view.suggestion;
  return `${escapeName(`${one.app} · ${one.entitlement}`)} — ${one.holders} of ${people} (${percents(one.holders, people)})`;
}

export function evidenceFigures(
  view: SuggestionView,
  one: SuggestionView['evidence'][number],
): string {
  const { people } = view.suggestion;
  const lift = one.lift >= 1.2 ? `, ${formatLift(one.lift)} times the company average` : '';
  return `${one.holders} of ${people} (${percents(one.holders, people)})${lift}`;
}

/** 9.04 → "9.0", 49.8 → "50" */
function formatLift(lift: number): string {
  return lift < 9.95 ? lift.toFixed(1) : String(Math.round(lift));
}

function showAll(total: number) {
  return button(`Show all ${total}`, ids.suggestionList, pageButton.encode(0));
}

export function gainingLine({ gainingNames }: SuggestionView): string {
  if (gainingNames.length === 0) return 'Everybody in the group already has all of this.';
  const named = gainingNames.slice(0, 12).map(escapeName).join(', ');
  const more = gainingNames.length - 12;
  return `Would gain access when enrolled: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

const trustMark = ({ trust }: SuggestionView) => (trust ? ` · *${escapeText(trust)}*` : '');

function describeRunsSeen({ runs, times }: SuggestionView['seen']): string {
  if (times === 0) return '';
  return runs === 1 ? ' · new in the last run' : ` · seen in ${times} of the last ${runs} runs`;
}
