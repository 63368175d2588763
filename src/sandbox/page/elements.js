import { combobox } from './combobox.js';
import { askConfirmation } from './confirm.js';
import { freshId, h } from './dom.js';
import { isSafeUrl, textOf } from './mrkdwn.js';
import { reader } from './reader.js';

/** @typedef {import('./dom.js').Json} Json */
/** @typedef {import('./combobox.js').Choice} Choice */
/**
 * The state and actions that blocks need.
 * @typedef {object} Surface
 * @property {(block: Json, element: Json) => Json} state
 * @property {(block: Json, element: Json) => Promise<Json>} click
 * @property {(block: Json, element: Json, to: Json) => Promise<Json>} select
 * @property {(block: Json, element: Json, to: Json) => void} type
 * @property {(block: Json, element: Json, query: string) => Promise<Json>} suggest
 * @property {Record<string, string>} errors
 */

/** @param {Json} option @param {string} [group] @returns {Choice} */
const choiceOf = (option, group) => ({
  value: option.value,
  label: option.text.text,
  raw: option,
  ...(option.description ? { note: option.description.text } : {}),
  ...(group ? { group } : {}),
});

/** @param {Json} source @returns {Choice[]} */
const choicesOf = (source) => [
  ...(source.options ?? []).map((/** @type {Json} */ option) => choiceOf(option)),
  ...(source.option_groups ?? []).flatMap((/** @type {Json} */ group) =>
    group.options.map((/** @type {Json} */ option) => choiceOf(option, group.label.text)),
  ),
];

/** @param {Json} person @returns {Choice} */
const personChoice = (person) => ({
  value: person.id,
  label: person.realName,
  note: person.title ?? person.hint ?? '',
});

/** @param {string} query @returns {Choice[]} */
function findPeople(query) {
  const words = query.toLowerCase();
  return [...reader.people.values()]
    .filter(
      (one) =>
        !one.noSlack &&
        !one.deleted &&
        `${one.realName} ${one.name} ${one.email}`.toLowerCase().includes(words),
    )
    .map(personChoice);
}

/** Sends a choice at once, or records it for the submit. @param {Surface} surface @param {Json} block @param {Json} element @param {Json} to */
async function sendChoice(surface, block, element, to) {
  if (block.type === 'input' && !block.dispatch_action) return surface.type(block, element, to);
  if (element.confirm && !(await askConfirmation(element.confirm))) return;
  await surface.select(block, element, to);
}

/** @param {Surface} surface @param {Json} block @param {Json} element */
function button(surface, block, element) {
  const label = element.accessibility_label;
  const node = h(
    'button',
    {
      type: 'button',
      class: `button ${element.style ?? ''}`,
      'aria-label': label,
      'data-action': element.action_id,
    },
    textOf(element.text),
  );
  node.addEventListener('click', async () => {
    if (element.confirm && !(await askConfirmation(element.confirm))) return;
    if (element.url && isSafeUrl(element.url)) window.open(element.url, '_blank', 'noopener');
    node.setAttribute('aria-busy', 'true');
    await surface.click(block, element);
    node.removeAttribute('aria-busy');
  });
  return node;
}

/** @param {Surface} surface @param {Json} block @param {Json} element */
function overflow(surface, block, element) {
  const id = freshId();
  /** @param {boolean} isOpen */
  const show = (isOpen) => {
    list.hidden = !isOpen;
    opener.setAttribute('aria-expanded', String(isOpen));
  };
  const items = element.options.map((/** @type {Json} */ option) => {
    const choose = () => {
      show(false);
      if (option.url && isSafeUrl(option.url)) window.open(option.url, '_blank', 'noopener');
      void sendChoice(surface, block, element, option.value);
    };
    return h('button', { type: 'button', role: 'menuitem', onclick: choose }, textOf(option.text));
  });
  const list = h('div', { id, class: 'menu', role: 'menu', hidden: true }, items);
  const opener = h(
    'button',
    {
      type: 'button',
      class: 'button',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-controls': id,
      onclick: () => {
        show(Boolean(list.hidden));
        if (!list.hidden) items[0]?.focus();
      },
    },
    '⋯',
  );
  const menu = h('div', { class: 'overflow', 'data-action': element.action_id }, opener, list);
  menu.addEventListener('focusout', (event) => {
    if (!menu.contains(/** @type {Node | null} */ (event.relatedTarget))) show(false);
  });
  menu.addEventListener('keydown', (event) => {
    if (list.hidden) return;
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(at + step + items.length) % items.length]?.focus();
    else if (event.key === 'Escape') {
      event.stopPropagation();
      show(false);
      opener.focus();
    } else return;
    event.preventDefault();
  });
  return menu;
}

/** @param {Surface} surface @param {Json} block @param {Json} element @param {string} id */
function choiceList(surface, block, element, id) {
  const isRadio = element.type === 'radio_buttons';
  const state = surface.state(block, element);
  const on = new Set(
    (isRadio ? [state?.selected_option] : (state?.selected_options ?? [])).map(
      (/** @type {Json} */ option) => option?.value,
    ),
  );
  const name = freshId();
  const inputs = element.options.map((/** @type {Json} */ option) =>
    h('input', {
      type: isRadio ? 'radio' : 'checkbox',
      name,
      value: option.value,
      checked: on.has(option.value),
    }),
  );
  const change = () => {
    const values = inputs
      .filter((/** @type {HTMLInputElement} */ one) => one.checked)
      .map((/** @type {HTMLInputElement} */ one) => one.value);
    void sendChoice(surface, block, element, isRadio ? values[0] : values);
  };
  return h(
    'div',
    {
      class: 'choices',
      role: isRadio ? 'radiogroup' : 'group',
      'aria-labelledby': id,
      onchange: change,
      'data-action': element.action_id,
    },
    element.options.map((/** @type {Json} */ option, /** @type {number} */ index) =>
      h(
        'label',
        {},
        inputs[index],
        h(
          'span',
          {},
          textOf(option.text),
          option.description && h('small', {}, textOf(option.description)),
        ),
      ),
    ),
  );
}

/** @param {Surface} surface @param {Json} block @param {Json} element @param {string} id @param {string} label */
function select(surface, block, element, id, label) {
  const state = surface.state(block, element);
  const isMany = element.type.startsWith('multi_');
  const isPeople = element.type.endsWith('users_select');
  const isExternal = element.type.endsWith('external_select');
  /** @type {Choice[]} */
  const chosen = isPeople
    ? [state?.selected_users ?? state?.selected_user ?? []]
        .flat()
        .map((/** @type {string} */ one) =>
          personChoice(reader.people.get(one) ?? { id: one, realName: one }),
        )
    : [state?.selected_options ?? state?.selected_option ?? []]
        .flat()
        .map((/** @type {Json} */ one) => choiceOf(one));
  const ownChoices = choicesOf(element);
  /** @param {string} query */
  const search = async (query) => {
    if (isPeople) return findPeople(query);
    if (isExternal) return choicesOf(await surface.suggest(block, element, query));
    return ownChoices.filter((one) => one.label.toLowerCase().includes(query.toLowerCase()));
  };
  const node = combobox({
    label,
    isMany,
    chosen,
    search,
    ...(block.type === 'input' ? { id } : {}),
    placeholder: element.placeholder?.text,
    max: element.max_selected_items,
    minLength: isExternal ? (element.min_query_length ?? 3) : 0,
    change: (picked) => {
      const values = picked.map((one) => (isExternal ? one.raw : one.value));
      void sendChoice(surface, block, element, isMany ? values : (values[0] ?? null));
    },
  });
  node.dataset.action = element.action_id;
  return node;
}

/** @type {Record<string, { type: string, field: string, initial?: string }>} */
const fieldTypes = {
  plain_text_input: { type: 'text', field: 'value' },
  number_input: { type: 'number', field: 'value' },
  email_text_input: { type: 'email', field: 'value' },
  url_text_input: { type: 'url', field: 'value' },
  datepicker: { type: 'date', field: 'selected_date' },
  timepicker: { type: 'time', field: 'selected_time' },
};

/** @param {Surface} surface @param {Json} block @param {Json} element @param {string} id @param {string} label */
function field(surface, block, element, id, label) {
  const kind = fieldTypes[element.type] ?? { type: 'text', field: 'value' };
  const value = surface.state(block, element)?.[kind.field] ?? '';
  const shared = {
    id,
    class: 'field',
    'aria-label': block.type === 'input' ? undefined : label,
    'data-action': element.action_id,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    min: element.min_value,
    max: element.max_value,
    step: element.is_decimal_allowed ? 'any' : undefined,
  };
  const node = element.multiline
    ? h('textarea', { ...shared, rows: 4 })
    : h('input', { ...shared, type: kind.type });
  node.value = value;
  const isPicker = element.type.endsWith('picker');
  node.addEventListener(isPicker ? 'change' : 'input', () => {
    if (isPicker) void sendChoice(surface, block, element, node.value || null);
    else surface.type(block, element, node.value);
  });
  node.addEventListener('keydown', (event) => {
    const isEnter = event instanceof KeyboardEvent && event.key === 'Enter';
    if (isEnter && block.dispatch_action && !element.multiline) {
      event.preventDefault();
      surface.select(block, element, node.value);
    }
  });
  return node;
}

/**
 * Draws an interactive element.
 * @param {Surface} surface @param {Json} block @param {Json} element @param {string} id for its label @param {string} label text of its label
 * @returns {HTMLElement}
 */
export function interactive(surface, block, element, id, label) {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return button(surface, block, element);
    case 'overflow':
      return overflow(surface, block, element);
    case 'checkboxes':
    case 'radio_buttons':
      return choiceList(surface, block, element, id);
    case 'image':
      return h('img', { class: 'thumb', src: element.image_url, alt: element.alt_text });
    default:
      if (element.type.endsWith('_select')) return select(surface, block, element, id, label);
      return field(surface, block, element, id, label);
  }
}
