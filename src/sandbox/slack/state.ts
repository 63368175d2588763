import { type Dict, dictAt, isDict, listAt } from '../dict.ts';
import { plainOf } from './wording.ts';

/** How each stateful element says its value: the field in `state.values`, and where its first value stands. */
const FIELDS: Record<string, { field: string; initial: string; isMany?: true }> = {
  plain_text_input: { field: 'value', initial: 'initial_value' },
  number_input: { field: 'value', initial: 'initial_value' },
  email_text_input: { field: 'value', initial: 'initial_value' },
  url_text_input: { field: 'value', initial: 'initial_value' },
  rich_text_input: { field: 'rich_text_value', initial: 'initial_value' },
  static_select: { field: 'selected_option', initial: 'initial_option' },
  external_select: { field: 'selected_option', initial: 'initial_option' },
  radio_buttons: { field: 'selected_option', initial: 'initial_option' },
  checkboxes: { field: 'selected_options', initial: 'initial_options', isMany: true },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', isMany: true },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', isMany: true },
  users_select: { field: 'selected_user', initial: 'initial_user' },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', isMany: true },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation' },
  channels_select: { field: 'selected_channel', initial: 'initial_channel' },
  datepicker: { field: 'selected_date', initial: 'initial_date' },
  timepicker: { field: 'selected_time', initial: 'initial_time' },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time' },
};

/** An interactive element and the block it stands in. */
export interface Placed {
  block: Dict;
  element: Dict;
}

/** Every interactive element of these blocks, in reading order. */
export function placedElements(blocks: Dict[]): Placed[] {
  return blocks.flatMap((block) => {
    const one = ['element', 'accessory'].map((key) => dictAt(block, key));
    const many = block.type === 'actions' ? listAt(block, 'elements') : [];
    return [...one, ...many]
      .filter((element) => element.action_id !== undefined)
      .map((element) => ({ block, element }));
  });
}

const keyOf = ({ block, element }: Placed) => `${block.block_id}|${element.action_id}`;

/** The value of an element before anybody touched it, in the form of `state.values`. */
function initialState(element: Dict): Dict | undefined {
  const shape = FIELDS[String(element.type)];
  if (!shape) return undefined;
  const first = element[shape.initial] ?? (shape.isMany ? [] : null);
  return { type: element.type, [shape.field]: first };
}

/** `state.values` of a surface: what was typed over what the app had put there. */
export function stateValues(blocks: Dict[], typed: Map<string, Dict> | undefined): Dict {
  const values: Record<string, Dict> = {};
  for (const placed of placedElements(blocks)) {
    const state = typed?.get(keyOf(placed)) ?? initialState(placed.element);
    if (!state) continue;
    const blockId = String(placed.block.block_id);
    values[blockId] = { ...values[blockId], [String(placed.element.action_id)]: state };
  }
  return values;
}

/** Notes what the person typed or chose. */
export function setTyped(
  typed: Map<string, Map<string, Dict>>,
  surface: string,
  placed: Placed,
  state: Dict,
): void {
  const ofSurface = typed.get(surface) ?? new Map<string, Dict>();
  ofSurface.set(keyOf(placed), state);
  typed.set(surface, ofSurface);
}

/** Slack keeps typed input over an update only where block_id and action_id (and the kind) stayed. */
export function keepTyped(
  typed: Map<string, Map<string, Dict>>,
  surface: string,
  before: Dict[],
  after: Dict[],
): void {
  const old = typed.get(surface);
  if (!old) return;
  const kinds = new Map(kindsOf(before));
  const kept = placedElements(after).flatMap((placed): [string, Dict][] => {
    const key = keyOf(placed);
    const state = old.get(key);
    return state && kinds.get(key) === placed.element.type ? [[key, state]] : [];
  });
  typed.set(surface, new Map(kept));
}

const kindsOf = (blocks: Dict[]): [string, unknown][] =>
  placedElements(blocks).map((placed) => [keyOf(placed), placed.element.type]);

/** The options an element offers itself; those of external selects come from a suggestion answer. */
export const ownOptions = (element: Dict): Dict[] => [
  ...listAt(element, 'options'),
  ...listAt(element, 'option_groups').flatMap((group) => listAt(group, 'options')),
];

/** What a person means by a value: an option by its value or text, somebody by id, e-mail or handle. */
export interface Lookup {
  options: Dict[];
  personId: (idOrEmail: string) => string | undefined;
}

/**
 * The state of an element after somebody chose or typed this value (null clears it; a list for multi-selects).
 * @throws Error when there is no such option or person
 */
export function chosenState(element: Dict, value: unknown, lookup: Lookup): Dict {
  const type = String(element.type);
  const shape = FIELDS[type] ?? { field: 'selected_option', initial: '' };
  const resolve = (one: unknown): unknown => resolveOne(shape.field, one, lookup);
  if (shape.isMany) {
    const list =
      value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
    return { type, [shape.field]: list.map(resolve) };
  }
  const isEmpty = value === null || value === undefined || value === '';
  return { type, [shape.field]: isEmpty ? null : resolve(value) };
}

function resolveOne(field: string, value: unknown, { options, personId }: Lookup): unknown {
  if (field.startsWith('selected_option')) {
    const wanted = isDict(value) ? value.value : value;
    const exact = options.find((option) => option.value === wanted);
    const found = exact ?? options.find((option) => plainOf(option.text) === wanted);
    if (found) return found;
    const offered = options.map((option) => plainOf(option.text)).join(', ');
    throw new Error(`There is no option “${String(wanted)}”; offered are: ${offered || 'none'}`);
  }
  if (field.startsWith('selected_user')) {
    const id = personId(String(value));
    if (!id) throw new Error(`There is nobody called “${String(value)}”`);
    return id;
  }
  return field === 'selected_date_time'
    ? Number(value)
    : field === 'rich_text_value'
      ? value
      : String(value);
}

/** The bare value inside a state, and undefined when there is none. */
export function bareValue(element: Dict, state: Dict): unknown {
  const value = state[FIELDS[String(element.type)]?.field ?? 'value'];
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? undefined : value;
}
