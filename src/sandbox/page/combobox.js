import { freshId, h } from './dom.js';

/** @typedef {{ value: string, label: string, note?: string, group?: string, raw?: import('./dom.js').Json }} Choice */
/**
 * @typedef {object} ComboboxOptions
 * @property {string} label for screen readers, when no label element points at it
 * @property {string} [id]
 * @property {string} [placeholder]
 * @property {boolean} isMany
 * @property {Choice[]} chosen
 * @property {number} [max]
 * @property {number} [minLength] characters before it asks
 * @property {(query: string) => Promise<Choice[]> | Choice[]} search
 * @property {(chosen: Choice[]) => void} change
 */

/** A search field with a list of choices; with `isMany`, what was chosen stands before it as chips. @param {ComboboxOptions} options */
export function combobox(options) {
  const listId = freshId();
  /** @type {Choice[]} */
  let chosen = options.chosen;
  /** @type {Choice[]} */
  let shown = [];
  let active = -1;
  let asked = 0;

  const input = h('input', {
    id: options.id,
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': listId,
    'aria-label': options.id ? undefined : options.label,
    placeholder: options.placeholder ?? 'Choose…',
  });
  const chips = h('span', { class: 'chips' });
  const list = h('ul', { class: 'options', id: listId, role: 'listbox', hidden: true });
  const box = h('div', { class: 'combobox' }, h('div', { class: 'box' }, chips, input), list);

  const drawChips = () => {
    if (!options.isMany) {
      input.value = chosen[0]?.label ?? '';
      return;
    }
    chips.replaceChildren(
      ...chosen.map((choice) =>
        h(
          'button',
          {
            type: 'button',
            class: 'chip',
            'aria-label': `Remove ${choice.label}`,
            onclick: () => set(chosen.filter((one) => one !== choice)),
          },
          `${choice.label} ×`,
        ),
      ),
    );
  };
  /** @param {Choice[]} next */
  const set = (next) => {
    chosen = next;
    drawChips();
    options.change(chosen);
  };
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  /** @param {Choice} choice */
  const choose = (choice) => {
    if (options.isMany) {
      input.value = '';
      const isThere = chosen.some((one) => one.value === choice.value);
      if (!isThere && chosen.length < (options.max ?? 100)) set([...chosen, choice]);
    } else set([choice]);
    close();
    input.focus();
  };
  /** @param {number} index */
  const point = (index) => {
    active = (index + shown.length) % (shown.length || 1);
    list.querySelectorAll('[role=option]').forEach((option, at) => {
      option.setAttribute('aria-selected', String(at === active));
      if (at !== active) return;
      option.scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', option.id);
    });
  };
  const draw = () => {
    let group = '';
    const items = shown.flatMap((choice) => {
      const head =
        choice.group && choice.group !== group
          ? [h('li', { class: 'group', role: 'presentation' }, choice.group)]
          : [];
      group = choice.group ?? '';
      return [
        ...head,
        h(
          'li',
          {
            role: 'option',
            id: freshId(),
            'aria-selected': 'false',
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              choose(choice);
            },
          },
          h('span', {}, choice.label),
          choice.note && h('small', {}, choice.note),
        ),
      ];
    });
    const short = input.value.length < (options.minLength ?? 0);
    const words = short ? `Type at least ${options.minLength} characters` : 'No results';
    list.replaceChildren(
      ...(items.length ? items : [h('li', { class: 'none', role: 'presentation' }, words)]),
    );
    list.hidden = false;
    list.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-expanded', 'true');
  };
  /** @param {string} query */
  const ask = async (query) => {
    asked += 1;
    const mine = asked;
    const answer = query.length < (options.minLength ?? 0) ? [] : await options.search(query);
    if (mine !== asked || document.activeElement !== input) return;
    shown = answer
      .filter((one) => !options.isMany || !chosen.some((other) => other.value === one.value))
      .slice(0, 100);
    active = -1;
    draw();
  };

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(input.value.trim()), 120);
  });
  input.addEventListener('focus', () => {
    input.select();
    void ask('');
  });
  input.addEventListener('blur', () => {
    close();
    // What is not chosen is not kept; an emptied field clears the choice.
    if (!options.isMany && input.value === '' && chosen.length) set([]);
    else if (!options.isMany) drawChips();
  });
  /** @type {Record<string, (event: KeyboardEvent) => void>} */
  const keys = {
    ArrowDown: (event) => move(event, 1),
    ArrowUp: (event) => move(event, -1),
    Enter: (event) => {
      event.preventDefault();
      const choice = shown[active] ?? (shown.length === 1 ? shown[0] : undefined);
      if (!list.hidden && choice) choose(choice);
    },
    Escape: (event) => {
      if (list.hidden) return;
      // Closes the list, not the modal around it.
      event.preventDefault();
      event.stopPropagation();
      close();
    },
    Backspace: () => {
      if (input.value === '' && options.isMany && chosen.length) set(chosen.slice(0, -1));
    },
  };
  /** @param {KeyboardEvent} event @param {number} step */
  const move = (event, step) => {
    event.preventDefault();
    if (list.hidden) void ask('');
    else point(active + step);
  };
  input.addEventListener('keydown', (event) => keys[event.key]?.(event));
  drawChips();
  return box;
}
