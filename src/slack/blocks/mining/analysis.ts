import type { KnownBlock, TableBlock } from '@slack/web-api';
import type {
  Analysis,
  PastAnalysis,
  Refinement,
} from '../../../governance/role-mining/cohort-analysis.ts';
import type { SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { percents } from '../../../governance/task-cards/step-facts.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { formatSuggestionTitle } from '../../../governance/wording/suggestion-title.ts';
import { ids } from '../../ids.ts';
import { clampPlainText } from '../../limits.ts';
import { cohortButton } from '../../state/mining.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  formatTime,
  section,
  sections,
  toMessageText,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';
import { evidenceLine, gainingLine, peopleLine, suggestionTitle } from './suggestion.ts';

/** The answer to a custom analysis, with the evidence as a table or, if Slack refuses tables, in words. */
export function analysisMessage(analysis: Analysis, style: 'table' | 'classic'): SlackMessage {
  const steps = refinementRows(analysis);
  if (!analysis.found) {
    return {
      text: toMessageText(analysis.sentence),
      blocks: [section(escapeText(analysis.sentence)), ...steps],
    };
  }
  const view = analysis.found;
  const { suggestion, evidence } = view;
  const title = `${formatSuggestionTitle(view)}: ${formatCount(suggestion.people, 'person', 'people')} share ${formatCount(evidence.length, 'entitlement')}`;
  const shown = evidence.slice(0, 20);
  const more = evidence.length - shown.length;
  const rows = shown.map((one) => evidenceLine(view, one));
  return {
    text: toMessageText(title),
    blocks: [
      section(suggestionTitle(view)),
      context(peopleLine(view)),
      ...(view.gainingNames.length > 0 ? [context(gainingLine(view))] : []),
      ...(style === 'table' ? [evidenceTable(view, shown)] : sections(rows)),
      ...(more > 0 ? [context(`and ${more} more: see Review`)] : []),
      view.decision
        ? context(escapeText(view.decision))
        : actions(`suggestion.${suggestion.id}`, [
            button('Review', ids.suggestionReview, idButton.encode(suggestion.id), {
              style: 'primary',
            }),
            button('Dismiss', ids.suggestionDismiss, idButton.encode(suggestion.id)),
          ]),
      ...steps,
    ],
  };
}

function evidenceTable(view: SuggestionView, shown: SuggestionView['evidence']): TableBlock {
  const cell = (text: string) => ({ type: 'raw_text' as const, text });
  return {
    type: 'table',
    rows: [
      ['Entitlement', 'Held by', 'Times average'].map(cell),
      ...shown.map((one) =>
        [
          `${clampPlainText(`${one.app} · ${one.entitlement}`, 65)}${one.risk === 'high' ? ' (high risk)' : ''}`,
          `${one.holders} of ${view.suggestion.people} (${percents(one.holders, view.suggestion.people)})`,
          one.lift.toFixed(1),
        ].map(cell),
      ),
    ],
  };
}

/** Buttons for a narrower or wider cohort. */
function refinementRows({ narrow, widen }: Analysis): KnownBlock[] {
  return [...refinementRow('Narrow', narrow), ...refinementRow('Widen', widen)];
}

function refinementRow(title: string, steps: readonly Refinement[]): KnownBlock[] {
  const buttons = steps.flatMap((step, at) => {
    // A person can still type a cohort that is too long for a button.
    if (!cohortButton.fits(step.filter)) return [];
    const label = `${clampPlainText(step.label, 55)} (${step.people})`;
    const value = cohortButton.encode(step.filter);
    return [button(label, `${ids.analysisRefine}.${title}.${at}`, value)];
  });
  return buttons.length === 0 ? [] : [context(`*${title}*`), actions(`refine.${title}`, buttons)];
}

/** The answer to a started analysis of the whole organization, with a button to cancel it. */
export function startedMessage(runId: number): SlackMessage {
  const text = `The analysis of the whole organization has started (run ${runId}). You get a message when it is done.`;
  return { text, blocks: [{ ...section(text), accessory: cancelButton(runId) }] };
}

function cancelButton(runId: number) {
  return button('Cancel', `${ids.analysisCancel}.${runId}`, idButton.encode(runId), {
    label: `Cancel the analysis of the whole organization, run ${runId}`,
  });
}

/** Past analyses, each with a button to run it again, or to cancel it while it runs. */
export function historyMessage(past: readonly PastAnalysis[]): SlackMessage {
  if (past.length === 0) {
    const text = 'There are no analyses yet. Type `/rolemine analyze all` to start one.';
    return { text, blocks: [section(text)] };
  }
  const text = past.length === 1 ? 'Last analysis' : `Last ${past.length} analyses`;
  return {
    text,
    blocks: [
      section(bold(text)),
      ...past.map(
        (one): KnownBlock => ({
          ...section(
            `${bold(one.scope)} · ${formatTime(one.at)}${one.by ? ` · ${escapeText(one.by)}` : ''}\n${escapeText(clampPlainText(one.answer, 250))}`,
          ),
          accessory: one.isOpen ? cancelButton(one.runId) : againButton(one),
        }),
      ),
    ],
  };
}

function againButton({ runId, scope }: PastAnalysis) {
  return button('Run again', `${ids.analysisAgain}.${runId}`, idButton.encode(runId), {
    label: `Run again: ${scope}`,
  });
}
