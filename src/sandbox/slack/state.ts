import { type Dict, dictAt, isDict, listAt } from '../dict.ts';
import { toPlainText } from './wording.ts';

/**
 * By element type: the field of its value in `state.values`, and the field of its initial value.
 */
const valueFields: Record<string, { field: string; initial: string; isMulti?: true }> = {
  plain_text_input: { field: 'value', initial: 'initial_value' },
  number_input: { field: 'value', initial: 'initial_value' },
  email_text_input: { field: 'value', initial: 'initial_value' },
  url_text_input: { field: 'value', initial: 'initial_value' },
  rich_text_input: { field: 'rich_text_value', initial: 'initial_value' },
  static_select: { field: 'selected_option', initial: 'initial_option' },
  external_select: { field: 'selected_option', initial: 'initial_option' },
  radio_buttons: { field: 'selected_option', initial: 'initial_option' },
  checkboxes: { field: 'selected_options', initial: 'initial_options', isMulti: true },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', isMulti: true },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', isMulti: true },
  users_select: { field: 'selected_user', initial: 'initial_user' },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', isMulti: true },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { field: 'selected_channel', initial: 'initial_channel' },
  datepicker: { field: 'selected_date', initial: 'initial_date' },
  timepicker: { field: 'selected_time', initial: 'initial_time' },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time' },
};

/** An interactive element and its block. */
export interface Placed {
  block: Dict;
  element: Dict;
}

/** All interactive elements of these blocks, in reading order. */
export function listElements(blocks: Dict[]): Placed[] {
  return blocks.flatMap((block) => {
    const single = ['element', 'accessory'].map((key) => dictAt(block, key));
    const multiple = block.type === 'actions' ? listAt(block, 'elements') : [];
    return [...single, ...multiple]
      .filter((element) => element.action_id !== undefined)
      .map((element) => ({ block, element }));
  });
}

const toElementKey = ({ block, element }: Placed) => `${block.block_id}|${element.action_id}`;

/** The state of an element before any input, in the form of `state.values`. */
function toInitialState(element: Dict): Dict | undefined {
  const shape = valueFields[String(element.type)];
  if (!shape) return undefined;
  const first = element[shape.initial] ?? (shape.isMulti ? [] : null);
  return { type: element.type, [shape.field]: first };
}

/** The `state.values` of a surface: inputs, or else the initial values of the app. */
export function toStateValues(blocks: Dict[], inputs: Map<string, Dict> | undefined): Dict {
  const values: Record<string, Dict> = {};
  for (const placed of listElements(blocks)) {
    const state = inputs?.get(toElementKey(placed)) ?? toInitialState(placed.element);
    if (!state) continue;
    const blockId = String(placed.block.block_id);
    values[blockId] = { ...values[blockId], [String(placed.element.action_id)]: state };
  }
  return values;
}

/** Records what a person typed or chose. */
export function recordInput(
  inputs: Map<string, Map<string, Dict>>,
  surface: string,
  placed: Placed,
  state: Dict,
): void {
  const surfaceInputs = inputs.get(surface) ?? new Map<string, Dict>();
  surfaceInputs.set(toElementKey(placed), state);
  inputs.set(surface, surfaceInputs);
}

/**
 * Slack keeps inputs after an update only if block_id, action_id and element type stay the same.
 */
export function retainInput(
  inputs: Map<string, Map<string, Dict>>,
  surface: string,
  before: Dict[],
  after: Dict[],
): void {
  const previous = inputs.get(surface);
  if (!previous) return;
  const kinds = new Map(listElementKinds(before));
  const retained = listElements(after).flatMap((placed): [string, Dict][] => {
    const key = toElementKey(placed);
    const state = previous.get(key);
    return state && kinds.get(key) === placed.element.type ? [[key, state]] : [];
  });
  inputs.set(surface, new Map(retained));
}

const listElementKinds = (blocks: Dict[]): [string, unknown][] =>
  listElements(blocks).map((placed) => [toElementKey(placed), placed.element.type]);

/**
 * The options in an element itself. The options of external selects come from the app's answers.
 */
export const listOptions = (element: Dict): Dict[] => [
  ...listAt(element, 'options'),
  ...listAt(element, 'option_groups').flatMap((group) => listAt(group, 'options')),
];

/** Resolves values: an option by its value or text, a person by id, e-mail or handle. */
export interface Lookup {
  options: Dict[];
  personId: (idOrEmail: string) => string | undefined;
}

/**
 * The state of an element after choosing or typing a value (null clears it; a list for
 * multi-selects).
 * @throws Error no such option or person
 */
export function toChosenState(element: Dict, value: unknown, lookup: Lookup): Dict {
  const type = String(element.type);
  const shape = valueFields[type] ?? { field: 'selected_option', initial: '' };
  const resolve = (one: unknown): unknown => resolveValue(shape.field, one, lookup);
  if (shape.isMulti) {
    const list =
      value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
    return { type, [shape.field]: list.map(resolve) };
  }
  const isEmpty = value === null || value === undefined || value === '';
  return { type, [shape.field]: isEmpty ? null : resolve(value) };
}

function resolveValue(field: string, value: unknown, { options, personId }: Lookup): unknown {
  if (field.startsWith('selected_option')) {
    const optionValue = isDict(value) ? value.value : value;
    const exact = options.find((option) => option.value === optionValue);
    const found = exact ?? options.find((option) => toPlainText(option.text) === optionValue);
    if (found) return found;
    const offered = options.map((option) => toPlainText(option.text)).join(', ');
    throw new Error(
      `There is no option “${String(optionValue)}”; the options are: ${offered || 'none'}`,
    );
  }
  if (field.startsWith('selected_user')) {
    const id = personId(String(value));
    if (!id) throw new Error(`There is no person “${String(value)}”`);
    return id;
  }
  return field === 'selected_date_time'
    ? Number(value)
    : field === 'rich_text_value'
      ? value
      : String(value);
}

/** Reads the plain value of a state; undefined if it is empty. */
export function readValue(element: Dict, state: Dict): unknown {
  const value = state[valueFields[String(element.type)]?.field ?? 'value'];
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? undefined : value;
}
