import { freshId, h } from './dom.js';

/** @typedef {{ value: string, label: string, note?: string, group?: string, raw?: import('./dom.js').Json }} Choice */
/**
 * @typedef {object} ComboboxOptions
 * @property {string} label for screen readers, without a label element
 * @property {string} [id]
 * @property {string} [placeholder]
 * @property {boolean} isMany
 * @property {Choice[]} chosen
 * @property {number} [max]
 * @property {number} [minLength] minimum characters of a search
 * @property {(query: string) => Promise<Choice[]> | Choice[]} search
 * @property {(chosen: Choice[]) => void} change
 */

/** A search field with a list of choices. With `isMany` the chosen ones are chips before the field. */
class Combobox {
  /** @type {ComboboxOptions} */
  #options;
  /** @type {Choice[]} */
  #chosen;
  /** @type {Choice[]} */
  #shown = [];
  #active = -1;
  /** Number of searches; only the last one may draw its answer. */
  #searches = 0;
  #chips = h('span', { class: 'chips' });
  /** @type {HTMLUListElement} */
  #list;
  /** @type {HTMLInputElement} */
  #input;
  /** @type {HTMLElement} */
  box;

  /** @param {ComboboxOptions} options */
  constructor(options) {
    this.#options = options;
    this.#chosen = options.chosen;
    const listId = freshId();
    this.#list = h('ul', { class: 'options', id: listId, role: 'listbox', hidden: true });
    this.#input = h('input', {
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
    const field = h('div', { class: 'box' }, this.#chips, this.#input);
    this.box = h('div', { class: 'combobox' }, field, this.#list);
    this.#listen();
    this.#drawChips();
  }

  #listen() {
    const input = this.#input;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.#search(input.value.trim()), 120);
    });
    input.addEventListener('focus', () => {
      input.select();
      void this.#search('');
    });
    input.addEventListener('blur', () => {
      this.#close();
      // Typed text without a choice is discarded; an empty field clears the choice.
      if (this.#options.isMany) return;
      if (input.value === '' && this.#chosen.length) this.#set([]);
      else this.#drawChips();
    });
    /** @type {Record<string, (event: KeyboardEvent) => void>} */
    const keys = {
      ArrowDown: (event) => this.#move(event, 1),
      ArrowUp: (event) => this.#move(event, -1),
      Enter: (event) => this.#enter(event),
      Escape: (event) => this.#escape(event),
      Backspace: () => this.#removeLast(),
    };
    input.addEventListener('keydown', (event) => keys[event.key]?.(event));
  }

  #drawChips() {
    if (!this.#options.isMany) {
      this.#input.value = this.#chosen[0]?.label ?? '';
      return;
    }
    this.#chips.replaceChildren(
      ...this.#chosen.map((choice) =>
        h(
          'button',
          {
            type: 'button',
            class: 'chip',
            'aria-label': `Remove ${choice.label}`,
            onclick: () => this.#set(this.#chosen.filter((one) => one !== choice)),
          },
          `${choice.label} ×`,
        ),
      ),
    );
  }

  /** @param {Choice[]} chosen */
  #set(chosen) {
    this.#chosen = chosen;
    this.#drawChips();
    this.#options.change(chosen);
  }

  #close() {
    this.#list.hidden = true;
    this.#active = -1;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }

  /** @param {Choice} choice */
  #choose(choice) {
    if (this.#options.isMany) {
      this.#input.value = '';
      const isChosen = this.#chosen.some((one) => one.value === choice.value);
      const isFull = this.#chosen.length >= (this.#options.max ?? 100);
      if (!isChosen && !isFull) this.#set([...this.#chosen, choice]);
    } else this.#set([choice]);
    this.#close();
    this.#input.focus();
  }

  /** @param {number} index */
  #point(index) {
    this.#active = (index + this.#shown.length) % (this.#shown.length || 1);
    this.#list.querySelectorAll('[role=option]').forEach((option, at) => {
      option.setAttribute('aria-selected', String(at === this.#active));
      if (at !== this.#active) return;
      option.scrollIntoView({ block: 'nearest' });
      this.#input.setAttribute('aria-activedescendant', option.id);
    });
  }

  #draw() {
    const { minLength = 0 } = this.#options;
    let group = '';
    const items = this.#shown.flatMap((choice) => {
      const isNewGroup = choice.group && choice.group !== group;
      group = choice.group ?? '';
      const head = h('li', { class: 'group', role: 'presentation' }, group);
      return [...(isNewGroup ? [head] : []), this.#drawOption(choice)];
    });
    const isShort = this.#input.value.length < minLength;
    const text = isShort ? `Type at least ${minLength} characters` : 'No results';
    this.#list.replaceChildren(
      ...(items.length ? items : [h('li', { class: 'none', role: 'presentation' }, text)]),
    );
    this.#list.hidden = false;
    this.#list.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-expanded', 'true');
  }

  /** @param {Choice} choice */
  #drawOption(choice) {
    return h(
      'li',
      {
        role: 'option',
        id: freshId(),
        'aria-selected': 'false',
        onmousedown: (/** @type {Event} */ event) => {
          event.preventDefault();
          this.#choose(choice);
        },
      },
      h('span', {}, choice.label),
      choice.note && h('small', {}, choice.note),
    );
  }

  /** @param {string} query */
  async #search(query) {
    const { isMany, minLength = 0, search } = this.#options;
    this.#searches += 1;
    const own = this.#searches;
    const answer = query.length < minLength ? [] : await search(query);
    if (own !== this.#searches || document.activeElement !== this.#input) return;
    this.#shown = answer
      .filter((one) => !isMany || !this.#chosen.some((other) => other.value === one.value))
      .slice(0, 100);
    this.#active = -1;
    this.#draw();
  }

  /** @param {KeyboardEvent} event @param {number} step */
  #move(event, step) {
    event.preventDefault();
    if (this.#list.hidden) void this.#search('');
    else this.#point(this.#active + step);
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    event.preventDefault();
    const only = this.#shown.length === 1 ? this.#shown[0] : undefined;
    const choice = this.#shown[this.#active] ?? only;
    if (!this.#list.hidden && choice) this.#choose(choice);
  }

  /** Closes the list without closing the modal around it. @param {KeyboardEvent} event */
  #escape(event) {
    if (this.#list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    this.#close();
  }

  #removeLast() {
    const { isMany } = this.#options;
    if (this.#input.value === '' && isMany && this.#chosen.length) {
      this.#set(this.#chosen.slice(0, -1));
    }
  }
}

/** Creates a combobox. @param {ComboboxOptions} options @returns {HTMLElement} */
export const combobox = (options) => new Combobox(options).box;
