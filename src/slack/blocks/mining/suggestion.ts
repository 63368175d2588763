import type { KnownBlock, ModalView } from '@slack/web-api';
import type { RunView, SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { percents } from '../../../governance/task-cards/step-facts.ts';
import { formatCount, formatNumber } from '../../../governance/wording/counts.ts';
import { formatExplained } from '../../../governance/wording/explained-grants.ts';
import { joinSentences } from '../../../governance/wording/sentences.ts';
import { formatSuggestionTitle } from '../../../governance/wording/suggestion-title.ts';
import { ids } from '../../ids.ts';
import { idButton, pageButton, pageForm } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
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
      section(`${formatExplained(view)} Nothing changes until you create a profile.`),
      ...newSuggestions.slice(0, maxInMessage).flatMap(suggestionRows),
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
      ...suggestions.slice(0, maxInMessage).flatMap(suggestionRows),
      ...(suggestions.length > maxInMessage
        ? [actions('suggestions', [showAll(suggestions.length)])]
        : []),
    ],
  };
}

/**
 * All suggestions in a modal, page by page.
 * @param dismissed the suggestion that was dismissed just now, with *Undo*
 */
export function listView(
  suggestions: readonly SuggestionView[],
  page: number,
  dismissed?: SuggestionView,
): ModalView {
  const pages = Math.max(1, Math.ceil(suggestions.length / suggestionsOnPage));
  const at = Math.min(page, pages - 1);
  const shown = suggestions.slice(at * suggestionsOnPage, (at + 1) * suggestionsOnPage);
  return {
    type: 'modal',
    callback_id: ids.suggestionList,
    private_metadata: pageForm.encode(at),
    title: plainText('Suggestions', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(dismissed ? suggestionRows(dismissed) : []),
      context(
        suggestions.length === 0
          ? 'There are no open suggestions.'
          : `${formatCount(suggestions.length, 'suggestion')}, sorted by grants explained · page ${at + 1} of ${pages}`,
      ),
      ...groupedRows(shown),
      ...pagingBlocks(ids.suggestionList, { page: at, pages }),
    ],
  };
}

/** The kinds of groups in the order of the list, as role mining names them. */
const kindTitles = {
  everyone: 'Everyone',
  cohort: 'Groups by attribute',
  members: 'Hidden teams',
} as const satisfies Record<SuggestionView['suggestion']['kind'], string>;

/** Rows under a heading for each kind of group. */
function groupedRows(shown: readonly SuggestionView[]): KnownBlock[] {
  const kinds = ['everyone', 'cohort', 'members'] as const;
  return kinds.flatMap((kind) => {
    const rows = shown.filter(({ suggestion }) => suggestion.kind === kind);
    return rows.length === 0
      ? []
      : [context(bold(kindTitles[kind])), ...rows.flatMap(suggestionRows)];
  });
}

/** One suggestion in a list, on one line, with its buttons. */
export function suggestionRows(view: SuggestionView): KnownBlock[] {
  const { suggestion, evidence, name } = view;
  const gain =
    suggestion.gaining === 0
      ? 'nobody would gain access'
      : `${formatNumber(suggestion.gaining)} would gain access`;
  const high = evidence.filter((one) => one.risk === 'high').length;
  const facts = [
    formatCount(suggestion.people, 'person', 'people'),
    formatCount(evidence.length, 'entitlement'),
    gain,
    ...(high > 0 ? [`⚠️ *${high} high-risk*`] : []),
  ];
  const line = `${suggestionTitle(view)} · ${facts.join(' · ')}${trustMark(view)}`;
  if (view.decision) {
    const row = section(`${line}\n_${escapeText(view.decision)}_`);
    if (suggestion.state !== 'dismissed') return [row];
    return [{ ...row, accessory: restoreButton(view) }];
  }
  const value = idButton.encode(suggestion.id);
  return [
    section(line),
    actions(`suggestion.${suggestion.id}`, [
      button('Review', ids.suggestionReview, value, { label: `Review ${name}` }),
      button('Dismiss', ids.suggestionDismissRow, value, { label: `Dismiss ${name}` }),
    ]),
  ];
}

function restoreButton({ suggestion, name }: SuggestionView) {
  return button('Undo', ids.suggestionRestore, idButton.encode(suggestion.id), {
    label: `Undo: ${name}`,
  });
}

/** When a dismissed suggestion comes back. */
export const returnRule =
  'A dismissed suggestion comes back if 5 points more of the group hold its access, or after 180 days.';

/** Dismissed suggestions, each with *Undo*. */
export function dismissedMessage(dismissed: readonly SuggestionView[]): SlackMessage {
  const text =
    dismissed.length === 0
      ? 'There are no dismissed suggestions.'
      : formatCount(dismissed.length, 'dismissed suggestion');
  const shown = dismissed.slice(0, suggestionsOnPage);
  const more = dismissed.length - shown.length;
  return {
    text,
    blocks: [
      section(bold(text)),
      context(returnRule),
      ...shown.flatMap(suggestionRows),
      ...(more > 0 ? [context(`and ${more} older ones`)] : []),
    ],
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
  return `*${escapeName(`${one.app} · ${one.entitlement}`)}* — ${evidenceFigures(view, one)}${one.risk === 'high' ? ' · ⚠️ *high risk*' : ''}`;
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
