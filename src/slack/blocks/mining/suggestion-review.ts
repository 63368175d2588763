import type { KnownBlock, ModalView } from '@slack/web-api';
import type { SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { clampPlainText } from '../../limits.ts';
import { type ReviewState, reviewForm } from '../../state/mining.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  entitlementOption,
  escapeText,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import { inputBlock } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { tickGroups } from '../kit/ticks.ts';
import {
  evidenceFigures,
  evidenceLine,
  gainingLine,
  peopleLine,
  suggestionTitle,
} from './suggestion.ts';

/** Entitlements on one page. A modal takes a hundred blocks. */
const pageSize = 40;

/** A suggestion with a checkbox for each entitlement, and the name of the new profile. */
export function reviewView(view: SuggestionView, state: ReviewState): ModalView {
  const { evidence, suggestion } = view;
  const pages = Math.max(1, Math.ceil(evidence.length / pageSize));
  const page = Math.min(state.page, pages - 1);
  const shown = evidence.slice(page * pageSize, (page + 1) * pageSize);
  const head: KnownBlock[] = [
    section(suggestionTitle(view)),
    context(peopleLine(view)),
    context(gainingLine(view)),
  ];
  if (view.decision) {
    return {
      type: 'modal',
      title: plainText('Review', 24),
      close: plainText('Close', 24),
      blocks: [...head, section(escapeText(view.decision)), ...readOnly(view, shown)],
    };
  }
  const selected = evidence.length - state.removed.length;
  return {
    type: 'modal',
    callback_id: ids.suggestionCreate,
    private_metadata: reviewForm.encode({ ...state, page }),
    title: plainText('Review', 24),
    submit: plainText('Create access profile', 24),
    close: plainText('Close', 24),
    blocks: [
      ...head,
      ...overlapRows(view),
      ...entitlementBoxes(view, shown, state, page),
      ...pagingBlocks(ids.suggestionPage, { page, pages }),
      inputBlock(
        'name',
        'Profile name',
        {
          type: 'plain_text_input',
          action_id: 'name',
          initial_value: clampPlainText(view.name, 80),
          max_length: 80,
        },
        { hint: 'The profile starts without members.' },
      ),
      context(`${selected} of ${formatCount(evidence.length, 'entitlement')} selected`),
      actions(`dismiss.${suggestion.id}`, [
        button('Dismiss', ids.suggestionDismiss, idButton.encode(suggestion.id), {
          style: 'danger',
        }),
      ]),
    ],
  };
}

/** Profiles with some of these entitlements, each with a button to add the rest. */
function overlapRows({ overlaps, evidence }: SuggestionView): KnownBlock[] {
  return overlaps.slice(0, 3).map((overlap) => {
    const words =
      overlap.lacks === 0
        ? `All ${evidence.length} are already in ${bold(overlap.name)}`
        : `${overlap.has} of ${evidence.length} are already in ${bold(overlap.name)}`;
    const row = section(words);
    if (overlap.lacks === 0) return row;
    return {
      ...row,
      accessory: button(
        'Add to existing profile',
        `${ids.suggestionExtend}.${overlap.profileId}`,
        idButton.encode(overlap.profileId),
        { label: `Add to ${overlap.name}` },
      ),
    };
  });
}

function entitlementBoxes(
  view: SuggestionView,
  shown: SuggestionView['evidence'],
  { removed }: ReviewState,
  page: number,
): KnownBlock[] {
  const rows = shown.map((one) => ({
    option: entitlementOption(
      {
        id: one.entitlementId,
        app: one.app,
        name: `${one.entitlement}${one.risk === 'high' ? ' (⚠ high risk)' : ''}`,
      },
      evidenceFigures(view, one),
    ),
    isTicked: !removed.includes(one.entitlementId),
  }));
  return tickGroups(rows, {
    actionId: ids.suggestionTick,
    mark: (at) => `${page}.${at}`,
    labelOf: (at) =>
      at === 0 ? "Entitlements (untick any that don't belong)" : 'More entitlements',
  });
}

function readOnly(view: SuggestionView, shown: SuggestionView['evidence']): KnownBlock[] {
  return sections(shown.map((one) => evidenceLine(view, one)));
}
