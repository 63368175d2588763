import type { KnownBlock, ModalView } from '@slack/web-api';
import type { SuggestionView } from '../../../governance/role-mining/suggestions.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { plain } from '../../limits.ts';
import {
  actions,
  bar,
  bold,
  button,
  context,
  option,
  plainText,
  say,
  section,
  sections,
} from '../kit/elements.ts';
import { evidenceLine, figuresOf, gainingLine, headOf, pager, peopleLine } from './suggestion.ts';

/** Entitlements on one page: checkboxes take ten options, and a modal a hundred blocks. */
const pageSize = 40;
const groupSize = 10;

/** What the reviewer has taken out so far, over all pages. */
export interface ReviewState {
  suggestionId: number;
  page: number;
  removed: number[];
}

/** The full list with a tick for each entitlement, and the name of the profile it becomes. */
export function reviewView(view: SuggestionView, state: ReviewState): ModalView {
  const { evidence, suggestion } = view;
  const pages = Math.max(1, Math.ceil(evidence.length / pageSize));
  const page = Math.min(state.page, pages - 1);
  const shown = evidence.slice(page * pageSize, (page + 1) * pageSize);
  const head: KnownBlock[] = [
    section(headOf(view)),
    context(peopleLine(view)),
    context(gainingLine(view)),
  ];
  if (view.decided) {
    return {
      type: 'modal',
      title: plainText('Review', 24),
      close: plainText('Close', 24),
      blocks: [...head, section(say(view.decided)), ...readOnly(view, shown)],
    };
  }
  const kept = evidence.length - state.removed.length;
  return {
    type: 'modal',
    callback_id: ids.suggestionCreate,
    private_metadata: JSON.stringify({ ...state, page }),
    title: plainText('Review', 24),
    submit: plainText('Create access profile', 24),
    close: plainText('Close', 24),
    blocks: [
      ...head,
      ...overlapRows(view),
      ...tickGroups(view, shown, state, page),
      ...pager(ids.suggestionPage, page, pages),
      {
        type: 'input',
        block_id: 'name',
        label: plainText('Name of the access profile', 75),
        hint: plainText('The profile starts with nobody enrolled.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'name',
          initial_value: plain(view.name, 80),
          max_length: 80,
        },
      },
      context(`${kept} of ${formatCount(evidence.length, 'entitlement')} kept.`),
      actions(`dismiss.${suggestion.id}`, [
        button('Dismiss', ids.suggestionDismiss, String(suggestion.id), { style: 'danger' }),
      ]),
    ],
  };
}

/** Profiles that hold some of it already, each with the way to put the rest there. */
function overlapRows({ overlaps, suggestion, evidence }: SuggestionView): KnownBlock[] {
  return overlaps.slice(0, 3).map((overlap) => {
    const words =
      overlap.lacks === 0
        ? `All ${evidence.length} are already in ${bold(overlap.name)}`
        : `${overlap.has} of ${evidence.length} are already in ${bold(overlap.name)}`;
    const row = section(words);
    if (overlap.lacks === 0) return row;
    const value = `${suggestion.id}.${overlap.profileId}`;
    return {
      ...row,
      accessory: button(
        'Add to existing profile',
        `${ids.suggestionExtend}.${overlap.profileId}`,
        value,
        {
          label: `Add to ${overlap.name}`,
        },
      ),
    };
  });
}

function tickGroups(
  view: SuggestionView,
  shown: SuggestionView['evidence'],
  state: ReviewState,
  page: number,
): KnownBlock[] {
  const groups: KnownBlock[] = [];
  for (let at = 0; at < shown.length; at += groupSize) {
    const group = shown.slice(at, at + groupSize);
    const options = group.map((one) =>
      option(
        `${one.app} · ${one.entitlement}${one.risk === 'high' ? ' (high risk)' : ''}`,
        String(one.entitlementId),
        `${bar(one.confidencePercent)} ${figuresOf(view, one)}`,
      ),
    );
    const ticked = options.filter((one) => !state.removed.includes(Number(one.value)));
    groups.push({
      type: 'input',
      block_id: `ticks.${page}.${at}`,
      optional: true,
      label: plainText(at === 0 ? 'Entitlements: untick what does not belong' : 'More', 75),
      element: {
        type: 'checkboxes',
        action_id: ids.suggestionTick,
        options,
        ...(ticked.length > 0 ? { initial_options: ticked } : {}),
      },
    });
  }
  return groups;
}

function readOnly(view: SuggestionView, shown: SuggestionView['evidence']): KnownBlock[] {
  return sections(shown.map((one) => evidenceLine(view, one)));
}
