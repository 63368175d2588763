import { get } from './api.js';
import { freshId, h } from './dom.js';
import { reader } from './reader.js';

/** @typedef {import('./dom.js').Json} Json */

/** @typedef {{ text: string, note: string }} Completion */

const maxMentions = 8;

/** The commands that this person can use. @param {string} id */
async function listCommands(id) {
  const answer = await get(`commands/${encodeURIComponent(id)}`);
  return answer.map((/** @type {Json} */ one) => ({ text: one.command, note: one.summary }));
}

/** The people whose name or handle begins with these letters. @param {string} letters @returns {Completion[]} */
function listMentions(letters) {
  const query = letters.toLowerCase();
  return [...reader.people.values()]
    .filter((one) => !one.noSlack && !one.deleted)
    .filter(({ name, realName }) =>
      [name, ...realName.split(' ')].some((word) => word.toLowerCase().startsWith(query)),
    )
    .slice(0, maxMentions)
    .map(({ name, realName, title }) => ({
      text: `@${name}`,
      note: [realName, title].filter(Boolean).join(', '),
    }));
}

/** The field for messages: Enter sends, Shift+Enter adds a line, “/” lists commands, “@” lists people. */
class Composer {
  /** @type {(text: string) => Promise<unknown>} */
  #send;
  #active = -1;
  /** @type {Completion[]} */
  #commands = [];
  /** @type {Completion[]} */
  #matches = [];
  #listId = freshId();
  #field = h('textarea', {
    rows: 1,
    placeholder: 'Message, or /rolemine …',
    'aria-label': 'Message Rolemine',
    'aria-controls': this.#listId,
    'aria-autocomplete': 'list',
  });
  #list = h('ul', {
    class: 'options commands',
    id: this.#listId,
    role: 'listbox',
    'aria-label': 'Completions',
    hidden: true,
  });
  form = h(
    'form',
    {
      class: 'composer',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.#submit();
      },
    },
    this.#list,
    this.#field,
    h('button', { class: 'button primary send', type: 'submit' }, 'Send'),
  );

  /** @param {string} personId @param {(text: string) => Promise<unknown>} send */
  constructor(personId, send) {
    this.#send = send;
    // Roles change, so the commands are asked for again whenever somebody begins to write.
    this.#field.addEventListener('focus', async () => {
      this.#commands = await listCommands(personId);
      this.#draw();
    });
    this.#field.addEventListener('input', () => {
      this.#active = -1;
      this.#grow();
      this.#draw();
    });
    this.#field.addEventListener('blur', () => {
      this.#list.hidden = true;
    });
    /** @type {Record<string, (event: KeyboardEvent) => void>} */
    const keys = {
      ArrowDown: (event) => this.#move(event, 1),
      ArrowUp: (event) => this.#move(event, -1),
      Escape: () => {
        this.#list.hidden = true;
      },
      Tab: (event) => this.#complete(event),
      Enter: (event) => this.#enter(event),
    };
    this.#field.addEventListener('keydown', (event) => keys[event.key]?.(event));
  }

  /** @returns {Completion[]} */
  #listMatches() {
    const { value, selectionStart } = this.#field;
    const letters = /(?:^|\s)@([^\s@]*)$/.exec(value.slice(0, selectionStart))?.[1];
    if (letters !== undefined) return listMentions(letters);
    if (!value.startsWith('/')) return [];
    return this.#commands.filter(
      ({ text }) => text.startsWith(value.trimEnd()) && text !== value.trimEnd(),
    );
  }

  /** Puts the completion in the place of the letters before the cursor. @param {Completion} completion */
  #take({ text }) {
    const { value, selectionStart } = this.#field;
    const before = text.startsWith('@')
      ? value.slice(0, selectionStart).replace(/@[^\s@]*$/, '')
      : '';
    const start = `${before}${text} `;
    this.#field.value = start + (text.startsWith('@') ? value.slice(selectionStart) : '');
    this.#field.setSelectionRange(start.length, start.length);
    this.#list.hidden = true;
    this.#field.focus();
  }

  #draw() {
    this.#matches = this.#listMatches();
    this.#list.hidden = this.#matches.length === 0;
    this.#list.replaceChildren(
      ...this.#matches.map((completion, index) =>
        h(
          'li',
          {
            role: 'option',
            id: `${this.#listId}-${index}`,
            'aria-selected': String(index === this.#active),
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.#take(completion);
            },
          },
          h('span', {}, completion.text),
          h('small', {}, completion.note),
        ),
      ),
    );
    if (this.#active >= 0 && this.#matches[this.#active])
      this.#field.setAttribute('aria-activedescendant', `${this.#listId}-${this.#active}`);
    else this.#field.removeAttribute('aria-activedescendant');
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text) return;
    this.#field.value = '';
    this.#list.hidden = true;
    this.#grow();
    this.#send(text);
  }

  #grow() {
    this.#field.style.height = 'auto';
    this.#field.style.height = `${Math.min(160, this.#field.scrollHeight)}px`;
  }

  /** @param {KeyboardEvent} event @param {number} step */
  #move(event, step) {
    const count = this.#list.hidden ? 0 : this.#matches.length;
    if (count === 0) return;
    event.preventDefault();
    const isFirstUp = this.#active < 0 && step < 0;
    this.#active = isFirstUp ? count - 1 : (this.#active + step + count) % count;
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #complete(event) {
    const index = Math.max(0, this.#active);
    const completion = this.#list.hidden ? undefined : this.#matches[index];
    if (event.shiftKey || !completion) return;
    event.preventDefault();
    this.#take(completion);
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    if (event.shiftKey || event.isComposing) return;
    event.preventDefault();
    const completion = this.#list.hidden ? undefined : this.#matches[this.#active];
    if (completion) this.#take(completion);
    else this.#submit();
  }
}

/** Creates the field for messages. @param {string} personId @param {(text: string) => Promise<unknown>} send */
export const composer = (personId, send) => new Composer(personId, send).form;
