import { act } from './api.js';
import { blocksOf } from './blocks.js';
import { composer } from './composer.js';
import { appAvatar, avatar, fill, h } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { dayOf, timeOf } from './reader.js';
import { surfaceOf } from './surface.js';

/** @typedef {import('./dom.js').Json} Json */

/** The thread that the composer replies to, if any. @type {string | undefined} */
let threadTs;

/** @param {Json} data @param {Json} message @param {() => void} redraw */
function messageOf(data, message, redraw) {
  const { person } = data;
  const surface = surfaceOf(person.id, { in: 'message', messageTs: message.ts }, message.values);
  const name = message.isFromApp ? 'Rolemine' : person.realName;
  const reply = () => {
    threadTs = message.threadTs ?? message.ts;
    redraw();
  };
  return h(
    'article',
    {
      class: `message ${message.ephemeral ? 'ephemeral' : ''}`,
      'data-ts': message.ts,
      'aria-label': `${name}, ${timeOf(message.ts)}`,
    },
    message.isFromApp ? appAvatar() : avatar(person.realName, person.picture),
    h(
      'div',
      { class: 'message-body' },
      message.ephemeral && h('div', { class: 'only-you' }, 'Only visible to you'),
      h(
        'div',
        { class: 'byline' },
        h('strong', {}, name),
        message.isFromApp && h('span', { class: 'badge-app' }, 'APP'),
        h('time', {}, timeOf(message.ts)),
      ),
      message.blocks.length > 0
        ? blocksOf(message.blocks, surface)
        : h('div', { class: 'text' }, mrkdwn(message.text)),
      message.edited && h('span', { class: 'faint' }, '(edited)'),
      message.file &&
        h(
          'a',
          { class: 'file', href: new URL(message.file.url_private).pathname },
          `📄 ${message.file.title}`,
        ),
    ),
    !message.ephemeral &&
      h('button', { type: 'button', class: 'reply', onclick: reply }, 'Reply in thread'),
  );
}

/** Messages with their threads below them, and a divider for each day. @param {Json} data @param {() => void} redraw */
function timeline(data, redraw) {
  const replies = data.messages.filter(
    (/** @type {Json} */ one) => one.threadTs && one.threadTs !== one.ts,
  );
  const top = data.messages.filter((/** @type {Json} */ one) => !replies.includes(one));
  let day = '';
  return top.flatMap((/** @type {Json} */ message) => {
    const today = dayOf(Number(message.ts) * 1000);
    const divider = today === day ? [] : [h('div', { class: 'day' }, h('span', {}, today))];
    day = today;
    const thread = replies.filter((/** @type {Json} */ one) => one.threadTs === message.ts);
    return [
      ...divider,
      messageOf(data, message, redraw),
      thread.length > 0 &&
        h(
          'div',
          { class: 'thread', role: 'group', 'aria-label': 'Thread' },
          thread.map((/** @type {Json} */ one) => messageOf(data, one, redraw)),
        ),
    ];
  });
}

/** The Messages tab. @param {HTMLElement} panel @param {Json} data */
export function drawMessages(panel, data) {
  const { id } = data.person;
  if (!panel.querySelector('.scroll')) {
    threadTs = undefined;
    fill(
      panel,
      h('div', { class: 'scroll' }),
      data.person.deleted
        ? h('p', { class: 'write closed' }, 'This account is deactivated: it can only be read.')
        : h('div', { class: 'write' }),
    );
  }
  const scroll = /** @type {HTMLElement} */ (panel.querySelector('.scroll'));
  const write = /** @type {HTMLElement} */ (panel.querySelector('.write'));
  const redraw = () => {
    drawComposer(write, id, redraw);
    write.querySelector('textarea')?.focus();
  };
  // The composer takes its height first, so that the conversation opens at its end.
  if (!write.firstChild) drawComposer(write, id, redraw);
  drawTimeline(scroll, data, redraw);
}

/** @param {HTMLElement} scroll @param {Json} data @param {() => void} redraw */
function drawTimeline(scroll, data, redraw) {
  const now = JSON.stringify(
    data.messages.map((/** @type {Json} */ one) => ({ ...one, values: 0 })),
  );
  if (scroll.dataset.drawn === now) return;
  const isNew = scroll.dataset.count !== String(data.messages.length);
  scroll.dataset.drawn = now;
  scroll.dataset.count = String(data.messages.length);
  const restoreFocus = rememberFocus(scroll);
  fill(
    scroll,
    data.messages.length ? h('div', { class: 'timeline' }, timeline(data, redraw)) : welcome(data),
  );
  restoreFocus();
  if (isNew) scroll.scrollTop = scroll.scrollHeight;
}

/** Remembers the focus: drawing again must not move a keyboard user. @param {HTMLElement} scroll @returns {() => void} */
function rememberFocus(scroll) {
  const focused = document.activeElement?.closest('[data-action]');
  if (!focused || !scroll.contains(focused)) return () => undefined;
  const ts = focused.closest('[data-ts]')?.getAttribute('data-ts');
  const action = CSS.escape(focused.getAttribute('data-action') ?? '');
  return () => {
    const again = scroll.querySelector(`[data-ts="${ts}"] [data-action="${action}"]`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  };
}

/** @param {HTMLElement} write @param {string} id @param {() => void} redraw */
function drawComposer(write, id, redraw) {
  const cancel = () => {
    threadTs = undefined;
    redraw();
  };
  fill(
    write,
    threadTs &&
      h(
        'div',
        { class: 'replying' },
        'Replying in thread ',
        h('button', { type: 'button', class: 'link', onclick: cancel }, 'Cancel'),
      ),
    composer(id, (text) => {
      const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
      // Slack does not run slash commands in threads; the text is sent as a message.
      if (command && !threadTs)
        return act(id, 'command', { command: command[1], text: command[2] });
      return act(id, 'dm', { text, threadTs });
    }),
  );
}

/** @param {Json} data */
const welcome = ({ person }) =>
  h(
    'div',
    { class: 'empty' },
    appAvatar(),
    h('h2', {}, 'Rolemine'),
    h(
      'p',
      {},
      `This is ${person.realName}’s conversation with Rolemine. There are no messages yet.`,
    ),
    h(
      'p',
      { class: 'faint' },
      'Type ',
      h('code', {}, '/rolemine help'),
      ' below, or open the Home tab.',
    ),
  );
