import type { KnownBlock, ModalView } from '@slack/web-api';
import type { RunView, SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { percents } from '../../../governance/task-cards/step-card.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { idButton, pageButton } from '../../state/records.ts';
import {
  actions,
  bar,
  bold,
  button,
  context,
  plainText,
  say,
  section,
  shortly,
  spoken,
  when,
} from '../kit/elements.ts';
import { pagingBlocks } from '../kit/paging.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** How many suggestions a message lists before it says "Show all". */
const shownInMessage = 5;
const pageOfList = 10;
/** Entitlements named in a list; the review names all. */
const shownInRow = 3;

/** The card of one analysis of the whole organisation. */
export function runMessage(view: RunView): SlackMessage {
  const { run, newSuggestions } = view;
  const unfinished = unfinishedReason(view);
  if (unfinished) return { text: spoken(unfinished), blocks: [section(say(unfinished))] };
  const figures = `${run.people ?? 0} people, ${run.grants ?? 0} grants`;
  if (newSuggestions.length === 0) {
    const waiting =
      view.openSuggestions > 0
        ? `${formatCount(view.openSuggestions, 'suggestion')} from before still wait for a decision.`
        : 'No suggestion waits for a decision.';
    const why =
      run.grants === 0 ? ' None of these people holds anything that counts for mining.' : '';
    const text = `Role mining is done: nothing new among ${figures}.${why} ${waiting}`;
    const blocks: KnownBlock[] = [section(text)];
    if (view.openSuggestions > 0) blocks.push(actions(`run.${run.id}`, [showAll(view.openSuggestions)]));
    return { text, blocks };
  }
  const title = `Role mining found ${formatCount(newSuggestions.length, 'new access profile')}`;
  const at = run.finishedAt ? `run of ${when(run.finishedAt)} · ` : '';
  return {
    text: `${title}: ${newSuggestions
      .slice(0, 3)
      .map((one) => say(one.name))
      .join('; ')}. Nothing changes until you create a profile.`,
    blocks: [
      section(bold(title)),
      context(`${formatCount(newSuggestions.length, 'new suggestion')} · ${at}${figures}`),
      section(
        `They would explain ${view.explainedPercent < 1 ? 'less than 1' : view.explainedPercent} % of today's grants. Nothing changes until you create a profile.`,
      ),
      ...newSuggestions.slice(0, shownInMessage).map((one) => suggestionRow(one)),
      ...(newSuggestions.length > shownInMessage || view.openSuggestions > newSuggestions.length
        ? [actions(`run.${run.id}`, [showAll(view.openSuggestions)])]
        : []),
    ],
  };
}

function unfinishedReason({ run, cancellation }: RunView): string | undefined {
  if (cancellation) {
    return `The analysis of the whole organisation was ${cancellation}. The suggestions there were stay.`;
  }
  if (run.state !== 'failed') return undefined;
  return `The role mining run failed: ${run.error ?? 'unknown reason'}. The suggestions there were stay.`;
}

/** The answer to `/rolemine suggestions`. */
export function listMessage(suggestions: readonly SuggestionView[]): SlackMessage {
  const text = `${formatCount(suggestions.length, 'suggestion')} wait${suggestions.length === 1 ? 's' : ''} for a decision`;
  return {
    text,
    blocks: [
      section(bold(text)),
      ...suggestions.slice(0, shownInMessage).map((one) => suggestionRow(one)),
      ...(suggestions.length > shownInMessage
        ? [actions('suggestions', [showAll(suggestions.length)])]
        : []),
    ],
  };
}

/** All suggestions in a modal, a page at a time. */
export function listView(suggestions: readonly SuggestionView[], page: number): ModalView {
  const pages = Math.max(1, Math.ceil(suggestions.length / pageOfList));
  const at = Math.min(page, pages - 1);
  const shown = suggestions.slice(at * pageOfList, (at + 1) * pageOfList);
  return {
    type: 'modal',
    title: plainText('Suggestions', 24),
    close: plainText('Close', 24),
    blocks: [
      context(
        suggestions.length === 0
          ? 'No suggestion waits for a decision.'
          : `${formatCount(suggestions.length, 'suggestion')}, the ones that explain most first · page ${at + 1} of ${pages}`,
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
    headOf(view),
    `${formatCount(suggestion.people, 'person', 'people')} · ${formatCount(evidence.length, 'entitlement')} · ${gain}${high > 0 ? ` · ${high} high-risk` : ''}`,
    ...evidence.slice(0, shownInRow).map((one) => `• ${briefEvidence(view, one)}`),
    ...(evidence.length > shownInRow ? [`• and ${evidence.length - shownInRow} more`] : []),
    ...(view.decision ? [`_${say(view.decision)}_`] : []),
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

/** "*Finance* — department Finance"; a name that says it all stands alone. */
export function headOf({ name, words }: SuggestionView): string {
  return name.toLowerCase() === words ? bold(name) : `${bold(name)} — ${say(words)}`;
}

export function peopleLine({ suggestion, seen }: SuggestionView): string {
  return `${formatCount(suggestion.people, 'person', 'people')} · ${suggestion.peopleWithAll} hold all of it · ${formatCount(suggestion.gaining, 'person', 'people')} would gain access${seenWords(seen)}`;
}

/** `NetSuite · Read — 47 of 48 (98 %, at least 89 %), 9× as common as among everyone` */
export function evidenceLine(
  view: SuggestionView,
  one: SuggestionView['evidence'][number],
): string {
  return `${bar(one.confidencePercent)} *${shortly(`${one.app} · ${one.entitlement}`)}* — ${figuresOf(view, one)}${one.risk === 'high' ? ' · *high risk*' : ''}`;
}

/** `NetSuite · Read — 47 of 48 (98 %, at least 89 %)` */
function briefEvidence(view: SuggestionView, one: SuggestionView['evidence'][number]): string {
  const { people } = view.suggestion;
  return `${shortly(`${one.app} · ${one.entitlement}`)} — ${one.holders} of ${people} (${percents(one.holders, people)})`;
}

export function figuresOf(view: SuggestionView, one: SuggestionView['evidence'][number]): string {
  const { people } = view.suggestion;
  const lift = one.lift >= 1.2 ? `, ${one.lift.toFixed(1)}× as common as overall` : '';
  return `${one.holders} of ${people} (${percents(one.holders, people)})${lift}`;
}

function showAll(total: number) {
  return button(`Show all ${total}`, ids.suggestionList, pageButton.encode(0));
}

export function gainingLine({ gainingNames }: SuggestionView): string {
  if (gainingNames.length === 0) return 'Everybody in it holds all of this already.';
  const named = gainingNames.slice(0, 12).map(shortly).join(', ');
  const more = gainingNames.length - 12;
  return `Would gain access when enrolled: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

function seenWords({ runs, times }: SuggestionView['seen']): string {
  if (times === 0) return '';
  return runs === 1 ? ' · new in the last run' : ` · seen in ${times} of the last ${runs} runs`;
}
