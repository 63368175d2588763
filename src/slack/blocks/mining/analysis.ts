import type { KnownBlock, TableBlock } from '@slack/web-api';
import type {
  Analysis,
  PastAnalysis,
  Refinement,
} from '../../../governance/role-mining/cohort-analysis.ts';
import type { SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { percents } from '../../../governance/task-cards/step-card.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { plain } from '../../limits.ts';
import { cohortButton } from '../../state/mining.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bar,
  bold,
  button,
  context,
  say,
  section,
  sections,
  spoken,
  when,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';
import { evidenceLine, gainingLine, headOf, peopleLine } from './suggestion.ts';

/** The answer to a custom analysis: the evidence as a table, or in words where Slack refuses tables. */
export function analysisMessage(analysis: Analysis, style: 'table' | 'classic'): SlackMessage {
  const steps = refinementRows(analysis);
  if (!analysis.found) {
    return { text: spoken(analysis.sentence), blocks: [section(say(analysis.sentence)), ...steps] };
  }
  const view = analysis.found;
  const { suggestion, evidence } = view;
  const title = `${view.name} — ${view.words}: ${formatCount(suggestion.people, 'person', 'people')} share ${formatCount(evidence.length, 'entitlement')}`;
  const shown = evidence.slice(0, 20);
  const more = evidence.length - shown.length;
  const rows = shown.map((one) => evidenceLine(view, one));
  return {
    text: spoken(title),
    blocks: [
      section(headOf(view)),
      context(peopleLine(view)),
      ...(view.gainingNames.length > 0 ? [context(gainingLine(view))] : []),
      ...(style === 'table' ? [evidenceTable(view, shown)] : sections(rows)),
      ...(more > 0 ? [context(`and ${more} more: see Review`)] : []),
      view.decision
        ? context(say(view.decision))
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
      ['Entitlement', 'Held by', 'Confidence', '× overall'].map(cell),
      ...shown.map((one) =>
        [
          `${plain(`${one.app} · ${one.entitlement}`, 65)}${one.risk === 'high' ? ' (high risk)' : ''}`,
          `${one.holders} of ${view.suggestion.people} (${percents(one.holders, view.suggestion.people)})`,
          bar(one.confidencePercent),
          one.lift.toFixed(1),
        ].map(cell),
      ),
    ],
  };
}

/** One step narrower or wider, as buttons that answer in place. */
function refinementRows({ narrow, widen }: Analysis): KnownBlock[] {
  return [...refinementRow('Narrow', narrow), ...refinementRow('Widen', widen)];
}

function refinementRow(title: string, steps: readonly Refinement[]): KnownBlock[] {
  const buttons = steps.flatMap((step, at) => {
    // A cohort too long for a button can still be typed.
    if (!cohortButton.fits(step.filter)) return [];
    const label = `${plain(step.label, 55)} (${step.people})`;
    const value = cohortButton.encode(step.filter);
    return [button(label, `${ids.analysisRefine}.${title}.${at}`, value)];
  });
  return buttons.length === 0 ? [] : [context(`*${title}*`), actions(`refine.${title}`, buttons)];
}

/** The answer that an analysis of the whole organisation has begun, with the way to end it. */
export function startedMessage(runId: number): SlackMessage {
  const text = `The analysis of the whole organisation has started (run ${runId}). You get a message when it is done.`;
  return { text, blocks: [{ ...section(text), accessory: cancelButton(runId) }] };
}

function cancelButton(runId: number) {
  return button('Cancel', `${ids.analysisCancel}.${runId}`, idButton.encode(runId), {
    label: `Cancel the analysis of the whole organisation, run ${runId}`,
  });
}

/** Past analyses, each with the way to run it again, or to cancel it while it is not done. */
export function historyMessage(past: readonly PastAnalysis[]): SlackMessage {
  if (past.length === 0) {
    const text = 'Nothing has been analysed yet. Type `/rolemine analyze all` to begin.';
    return { text, blocks: [section(text)] };
  }
  const text = `The last ${formatCount(past.length, 'analysis', 'analyses')}`;
  return {
    text,
    blocks: [
      section(bold(text)),
      ...past.map(
        (one): KnownBlock => ({
          ...section(
            `${bold(one.scope)} · ${when(one.at)}${one.by ? ` · ${say(one.by)}` : ''}\n${say(plain(one.answer, 250))}`,
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
