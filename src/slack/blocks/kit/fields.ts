import type { KnownBlock } from '@slack/web-api';
import { maxOwners, maxTextLength } from '../../../governance/catalog/validation.ts';
import { ids } from '../../ids.ts';
import { context, option, plainText } from './elements.ts';

/** Stands for "none chosen". */
export const noPolicy = '0';

/** What applies where none is chosen. */
export const withoutPolicy = {
  rules: 'The first rule that fits, or the default',
  emergency: 'The first rule that fits, or no approval',
  application: 'That of the application',
} as const;

type Without = keyof typeof withoutPolicy;

export function isWithout(word: string | undefined): word is Without {
  return word !== undefined && Object.hasOwn(withoutPolicy, word);
}

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
  const chosen = people.map(({ id, name }) => option(name, String(id)));
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

/** A policy to choose, or none. */
export function policyField(
  blockId: string,
  label: string,
  kind: 'grant' | 'revoke',
  { id, name, without }: { id: number | null; name: string | undefined; without: Without },
): KnownBlock {
  const chosen = id !== null && name !== undefined;
  return {
    type: 'input',
    block_id: blockId,
    label: plainText(label, 75),
    element: {
      type: 'external_select',
      action_id: `${ids.policySearch}.${kind}.${without}`,
      min_query_length: 0,
      initial_option: chosen ? option(name, String(id)) : option(withoutPolicy[without], noPolicy),
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
