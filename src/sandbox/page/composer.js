import { freshId, h } from './dom.js';

const commands = [
  ['/rolemine suggestions', 'suggested access profiles, newest run first'],
  ['/rolemine analyze', 'choose an attribute and a value, or the whole organization'],
  ['/rolemine analyze all', 'mine the whole organization'],
  ['/rolemine analyze department=Engineering', 'access that this group shares'],
  ['/rolemine profiles', 'access profiles and their members'],
  ['/rolemine request', 'request access'],
  ['/rolemine tasks', 'your open tasks'],
  ['/rolemine setup', 'the setup steps'],
  ['/rolemine status', 'people, access and the latest analysis'],
  ['/rolemine help', 'all commands'],
];

/** The field for messages: Enter sends, Shift+Enter adds a line, “/” lists commands. */
class Composer {
  /** @type {(text: string) => Promise<unknown>} */
  #send;
  #active = -1;
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
    'aria-label': 'Commands',
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

  /** @param {(text: string) => Promise<unknown>} send */
  constructor(send) {
    this.#send = send;
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

  #listMatches() {
    const { value } = this.#field;
    return commands.filter(
      ([command]) =>
        value.startsWith('/') && command?.startsWith(value.trimEnd()) && command !== value,
    );
  }

  /** @param {string} command */
  #take(command) {
    this.#field.value = command;
    this.#list.hidden = true;
    this.#field.focus();
  }

  #draw() {
    const matches = this.#listMatches();
    this.#list.hidden = matches.length === 0;
    this.#list.replaceChildren(
      ...matches.map(([command = '', description = ''], index) =>
        h(
          'li',
          {
            role: 'option',
            id: `${this.#listId}-${index}`,
            'aria-selected': String(index === this.#active),
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              this.#take(command);
            },
          },
          h('span', {}, command),
          h('small', {}, description),
        ),
      ),
    );
    if (this.#active >= 0 && matches[this.#active])
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
    const count = this.#list.hidden ? 0 : this.#listMatches().length;
    if (count === 0) return;
    event.preventDefault();
    const isFirstUp = this.#active < 0 && step < 0;
    this.#active = isFirstUp ? count - 1 : (this.#active + step + count) % count;
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #complete(event) {
    const index = Math.max(0, this.#active);
    const command = this.#list.hidden ? undefined : this.#listMatches()[index]?.[0];
    if (event.shiftKey || !command) return;
    event.preventDefault();
    this.#take(command);
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    if (event.shiftKey || event.isComposing) return;
    event.preventDefault();
    const command = this.#list.hidden ? undefined : this.#listMatches()[this.#active]?.[0];
    if (command) this.#take(command);
    else this.#submit();
  }
}

/** Creates the field for messages. @param {(text: string) => Promise<unknown>} send */
export const composer = (send) => new Composer(send).form;
