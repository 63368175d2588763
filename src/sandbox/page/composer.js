import { freshId, h } from './dom.js';

const COMMANDS = [
  ['/rolemine suggestions', 'suggested access profiles, newest run first'],
  ['/rolemine analyze', 'choose an attribute and a value, or the whole organisation'],
  ['/rolemine analyze all', 'mine the whole organisation'],
  ['/rolemine analyze department=Engineering', 'what this group has in common'],
  ['/rolemine profiles', 'access profiles and who is enrolled'],
  ['/rolemine request', 'ask for access'],
  ['/rolemine tasks', 'what waits for you'],
  ['/rolemine setup', 'what is left to set up'],
  ['/rolemine status', 'how things are'],
  ['/rolemine help', 'all of this'],
];

/** Where one writes: Enter sends, Shift+Enter makes a new line, “/” lists commands. @param {(text: string) => Promise<unknown>} send */
export function composer(send) {
  const listId = freshId();
  let active = -1;
  const field = h('textarea', {
    rows: 1,
    placeholder: 'Message, or /rolemine …',
    'aria-label': 'Message Rolemine',
    'aria-controls': listId,
    'aria-autocomplete': 'list',
  });
  const list = h('ul', {
    class: 'options commands',
    id: listId,
    role: 'listbox',
    'aria-label': 'Commands',
    hidden: true,
  });
  const found = () =>
    COMMANDS.filter(
      ([command]) =>
        field.value.startsWith('/') &&
        command?.startsWith(field.value.trimEnd()) &&
        command !== field.value,
    );

  /** @param {string} command */
  const take = (command) => {
    field.value = command;
    list.hidden = true;
    field.focus();
  };
  const draw = () => {
    const commands = found();
    list.hidden = commands.length === 0;
    list.replaceChildren(
      ...commands.map(([command = '', words = ''], index) =>
        h(
          'li',
          {
            role: 'option',
            id: `${listId}-${index}`,
            'aria-selected': String(index === active),
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              take(command);
            },
          },
          h('span', {}, command),
          h('small', {}, words),
        ),
      ),
    );
    if (active >= 0 && commands[active])
      field.setAttribute('aria-activedescendant', `${listId}-${active}`);
    else field.removeAttribute('aria-activedescendant');
  };
  const submit = () => {
    const text = field.value.trim();
    if (!text) return;
    field.value = '';
    list.hidden = true;
    grow();
    send(text);
  };
  const grow = () => {
    field.style.height = 'auto';
    field.style.height = `${Math.min(160, field.scrollHeight)}px`;
  };
  field.addEventListener('input', () => {
    active = -1;
    grow();
    draw();
  });
  field.addEventListener('blur', () => {
    list.hidden = true;
  });
  /** @param {KeyboardEvent} event @param {number} step */
  const move = (event, step) => {
    const count = list.hidden ? 0 : found().length;
    if (count === 0) return;
    event.preventDefault();
    active = active < 0 && step < 0 ? count - 1 : (active + step + count) % count;
    draw();
  };
  /** @type {Record<string, (event: KeyboardEvent) => void>} */
  const keys = {
    ArrowDown: (event) => move(event, 1),
    ArrowUp: (event) => move(event, -1),
    Escape: () => {
      list.hidden = true;
    },
    Tab: (event) => {
      const command = list.hidden ? undefined : found()[Math.max(0, active)]?.[0];
      if (event.shiftKey || !command) return;
      event.preventDefault();
      take(command);
    },
    Enter: (event) => {
      if (event.shiftKey || event.isComposing) return;
      event.preventDefault();
      const pointed = list.hidden ? undefined : found()[active]?.[0];
      if (pointed) take(pointed);
      else submit();
    },
  };
  field.addEventListener('keydown', (event) => keys[event.key]?.(event));
  return h(
    'form',
    {
      class: 'composer',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        submit();
      },
    },
    list,
    field,
    h('button', { class: 'button primary send', type: 'submit' }, 'Send'),
  );
}
