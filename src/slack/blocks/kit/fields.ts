import type { InputBlock, KnownBlock, PlainTextOption } from '@slack/web-api';
import { maxOwners, maxTextLength } from '../../../governance/catalog/validation.ts';
import { ids } from '../../ids.ts';
import { policyOption, policySearchId, withoutPolicy } from '../../state/policies.ts';
import { context, option, plainText, recordOption, section } from './elements.ts';

interface FieldOptions {
  hint?: string | undefined;
  /** The form can be submitted without it. */
  optional?: boolean;
  /** Slack sends a choice at once, so that the form can change. */
  dispatches?: boolean;
}

/** A field of a form. `form.ts` finds it by the start of its block id. */
export function inputBlock(
  blockId: string,
  label: string,
  element: InputBlock['element'],
  { hint, optional = false, dispatches = false }: FieldOptions = {},
): InputBlock {
  return {
    type: 'input',
    block_id: blockId,
    ...(optional ? { optional } : {}),
    ...(dispatches ? { dispatch_action: true } : {}),
    label: plainText(label, 200),
    ...(hint ? { hint: plainText(hint, 150) } : {}),
    element,
  };
}

interface SearchOptions extends FieldOptions {
  /** The id of the listener that answers the search. */
  actionId: string;
  placeholder?: string;
}

/** A search field for one record. */
export function searchField(
  blockId: string,
  label: string,
  form: SearchOptions & { chosen?: PlainTextOption | undefined },
): InputBlock {
  const { actionId, placeholder, chosen } = form;
  const element = {
    type: 'external_select',
    action_id: actionId,
    min_query_length: 0,
    ...(placeholder ? { placeholder: plainText(placeholder, 75) } : {}),
    ...(chosen ? { initial_option: chosen } : {}),
  } as const;
  return inputBlock(blockId, label, element, form);
}

/** A search field for several records. */
export function multiSearchField(
  blockId: string,
  label: string,
  form: SearchOptions & { chosen?: readonly PlainTextOption[]; max?: number },
): InputBlock {
  const { actionId, placeholder, chosen = [], max } = form;
  const element = {
    type: 'multi_external_select' as const,
    action_id: actionId,
    min_query_length: 0,
    ...(max ? { max_selected_items: max } : {}),
    ...(placeholder ? { placeholder: plainText(placeholder, 75) } : {}),
    ...(chosen.length > 0 ? { initial_options: [...chosen] } : {}),
  };
  return inputBlock(blockId, label, element, form);
}

/**
 * A field for text. The `blockId` names its subject, so that Slack does not restore text typed into another form.
 * Text too long for a field is left unchanged.
 */
export function textField(
  blockId: string,
  label: string,
  { value, hint, multiline = false }: { value: string; hint?: string; multiline?: boolean },
): KnownBlock {
  if (value.length > maxTextLength) {
    return context(`${label}: ${value.length} characters, too long to edit here.`);
  }
  return inputBlock(
    blockId,
    label,
    {
      type: 'plain_text_input',
      action_id: 'text',
      multiline,
      max_length: maxTextLength,
      ...(value ? { initial_value: value } : {}),
    },
    { hint, optional: true },
  );
}

/** A search field for people, with the chosen ones in it. */
export function peopleField(
  blockId: string,
  label: string,
  people: readonly { id: number; name: string }[],
  hint?: string,
): KnownBlock {
  if (people.length > maxOwners) {
    return context(`${label}: ${people.length} people, too many to edit here.`);
  }
  const chosen = people.map((one) => recordOption(one));
  return multiSearchField(blockId, label, {
    actionId: ids.ownerSearch,
    max: maxOwners,
    placeholder: 'Search by name or e-mail',
    chosen,
    hint,
    optional: true,
  });
}

/** A line of text with a search field beside it. */
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

/** A search field for a policy, with an option for none. */
export function policyField(
  blockId: string,
  label: string,
  kind: 'grant' | 'revoke',
  policy: { id: number | null; name: string | undefined; without: keyof typeof withoutPolicy },
): KnownBlock {
  const { id, name, without } = policy;
  const isChosen = id !== null && name !== undefined;
  return searchField(blockId, label, {
    actionId: policySearchId.encode({ kind, without }),
    chosen: isChosen
      ? option(name, policyOption.encode(id))
      : option(withoutPolicy[without], policyOption.encode(null)),
  });
}

/** A field of checkboxes. */
export function boxesField(
  blockId: string,
  label: string,
  boxes: readonly { text: string; value: string; description?: string; ticked: boolean }[],
  optional = true,
): KnownBlock {
  const options = boxes.map(({ text, value, description }) => option(text, value, description));
  const ticked = options.filter((_, index) => boxes[index]?.ticked);
  return inputBlock(
    blockId,
    label,
    {
      type: 'checkboxes',
      action_id: 'boxes',
      options,
      ...(ticked.length > 0 ? { initial_options: ticked } : {}),
    },
    { optional },
  );
}

/** A menu with a few choices. */
export function choiceField(
  blockId: string,
  label: string,
  choices: Readonly<Record<string, string>>,
  chosen: string,
): KnownBlock {
  const options = Object.entries(choices).map(([value, text]) => option(text, value));
  const initial = options.find(({ value }) => value === chosen) ?? options[0];
  return inputBlock(blockId, label, {
    type: 'static_select',
    action_id: 'choice',
    options,
    ...(initial ? { initial_option: initial } : {}),
  });
}
