import type { KnownBlock } from '@slack/web-api';
import { maxOwners, maxTextLength } from '../../../governance/catalog/validation.ts';
import { ids } from '../../ids.ts';
import { policyOption, policySearchId, withoutPolicy } from '../../state/policies.ts';
import { context, option, plainText, recordOption, section } from './elements.ts';

/**
 * Text to edit. `blockId` carries what it is about, so that nothing typed into another form is kept. What Slack
 * cannot show in a field stays as it is.
 */
export function textField(
  blockId: string,
  label: string,
  { value, hint, multiline = false }: { value: string; hint?: string; multiline?: boolean },
): KnownBlock {
  if (value.length > maxTextLength) {
    return context(`${label}: ${value.length} characters, too long to be edited here.`);
  }
  return {
    type: 'input',
    block_id: blockId,
    optional: true,
    label: plainText(label, 75),
    ...(hint ? { hint: plainText(hint, 150) } : {}),
    element: {
      type: 'plain_text_input',
      action_id: 'text',
      multiline,
      max_length: maxTextLength,
      ...(value ? { initial_value: value } : {}),
    },
  };
}

/** People to choose, those who are chosen first. */
export function peopleField(
  blockId: string,
  label: string,
  people: readonly { id: number; name: string }[],
  hint?: string,
): KnownBlock {
  if (people.length > maxOwners) {
    return context(`${label}: ${people.length} people, too many to be edited here.`);
  }
  const chosen = people.map((one) => recordOption(one));
  return {
    type: 'input',
    block_id: blockId,
    optional: true,
    label: plainText(label, 75),
    ...(hint ? { hint: plainText(hint, 150) } : {}),
    element: {
      type: 'multi_external_select',
      action_id: ids.ownerSearch,
      min_query_length: 0,
      max_selected_items: maxOwners,
      placeholder: plainText('Search by name or e-mail', 75),
      ...(chosen.length > 0 ? { initial_options: chosen } : {}),
    },
  };
}

/** A line with a search field beside it. */
export function searchBlock(
  blockId: string,
  text: string,
  actionId: string,
  placeholder = 'Search by name',
): KnownBlock {
  return {
    ...section(text, blockId),
    accessory: {
      type: 'external_select',
      action_id: actionId,
      min_query_length: 0,
      placeholder: plainText(placeholder, 75),
    },
  };
}

/** A policy to choose, or none. */
export function policyField(
  blockId: string,
  label: string,
  kind: 'grant' | 'revoke',
  policy: { id: number | null; name: string | undefined; without: keyof typeof withoutPolicy },
): KnownBlock {
  const { id, name, without } = policy;
  const isChosen = id !== null && name !== undefined;
  return {
    type: 'input',
    block_id: blockId,
    label: plainText(label, 75),
    element: {
      type: 'external_select',
      action_id: policySearchId.encode({ kind, without }),
      min_query_length: 0,
      initial_option: isChosen
        ? option(name, policyOption.encode(id))
        : option(withoutPolicy[without], policyOption.encode(null)),
    },
  };
}

/** Boxes to tick. */
export function boxesField(
  blockId: string,
  label: string,
  boxes: readonly { text: string; value: string; what?: string; ticked: boolean }[],
  optional = true,
): KnownBlock {
  const options = boxes.map(({ text, value, what }) => option(text, value, what));
  const ticked = options.filter((_, index) => boxes[index]?.ticked);
  return {
    type: 'input',
    block_id: blockId,
    optional,
    label: plainText(label, 75),
    element: {
      type: 'checkboxes',
      action_id: 'boxes',
      options,
      ...(ticked.length > 0 ? { initial_options: ticked } : {}),
    },
  };
}

/** One of a few. */
export function choiceField(
  blockId: string,
  label: string,
  choices: Readonly<Record<string, string>>,
  chosen: string,
): KnownBlock {
  const options = Object.entries(choices).map(([value, text]) => option(text, value));
  const initial = options.find(({ value }) => value === chosen) ?? options[0];
  return {
    type: 'input',
    block_id: blockId,
    label: plainText(label, 75),
    element: {
      type: 'static_select',
      action_id: 'choice',
      options,
      ...(initial ? { initial_option: initial } : {}),
    },
  };
}
