import { act, flushTyping, get, listen } from './api.js';
import { blocksOf } from './blocks.js';
import { appAvatar, avatar, fill, h } from './dom.js';
import { drawMail } from './mail.js';
import { drawMessages } from './messages.js';
import { drawModal } from './modal.js';
import { unescaped } from './mrkdwn.js';
import { drawPeople } from './people.js';
import { reader } from './reader.js';
import { surfaceOf } from './surface.js';
import { toast } from './toast.js';

/** @typedef {import('./dom.js').Json} Json */

/** @type {Json[]} */
let people = [];
/** @type {Json} */
let data;
let me = '';
let tab = 'messages';
/** Number of notices shown before, by person; only newer ones become toasts. @type {Map<string, number>} */
const seenNotices = new Map();
/** Number of notifications shown before, by person. @type {Map<string, number>} */
const seenNotifications = new Map();

const column = /** @type {HTMLElement} */ (document.getElementById('people'));
const main = /** @type {HTMLElement} */ (document.getElementById('main'));

/** Reads the person and the tab from the address, for example #/U123/home. */
function route() {
  const [, id = '', name = ''] = location.hash.split('/');
  const person = people.find((one) => one.id === id) ?? people.find((one) => one.hint) ?? people[0];
  me = person?.id ?? '';
  tab = ['messages', 'home', 'mail'].includes(name) ? name : 'messages';
  if (person?.noSlack) tab = 'mail';
}

/** @param {string} name @param {string} label @param {number} unread */
const tabOf = (name, label, unread) =>
  h(
    'a',
    { href: `#/${me}/${name}`, 'aria-current': tab === name ? 'page' : undefined },
    label,
    unread > 0 &&
      tab !== name &&
      h('span', { class: 'badge', 'aria-label': `${unread} unread` }, String(unread)),
  );

function drawHead() {
  const { person } = data;
  const tabs = person.noSlack
    ? [tabOf('mail', 'Mail', 0)]
    : [
        tabOf('home', 'Home', 0),
        tabOf('messages', 'Messages', data.unread),
        tabOf('mail', 'Mail', data.unreadMail),
      ];
  const toggle = () => {
    const isOpen = document.body.classList.toggle('picking');
    if (isOpen) column.querySelector('input')?.focus();
  };
  return h(
    'header',
    { class: 'head' },
    h(
      'div',
      { class: 'head-top' },
      h(
        'button',
        { type: 'button', class: 'button pick', onclick: toggle, 'aria-label': 'Pick a person' },
        avatar(person.realName, person.picture),
        ' ▾',
      ),
      h(
        'h1',
        {},
        person.noSlack ? 'Mailbox' : 'Rolemine',
        !person.noSlack && h('span', { class: 'badge-app' }, 'APP'),
      ),
      h(
        'p',
        { class: 'as' },
        'as ',
        h('strong', {}, person.realName),
        person.title && `, ${person.title}`,
        person.noSlack && ' (not in Slack)',
        person.deleted && ' (deactivated)',
      ),
    ),
    h('nav', { class: 'tabs', 'aria-label': 'Rolemine' }, tabs),
  );
}

function drawHint() {
  if (localStorage.getItem('rolemine-hint') === 'seen') return undefined;
  const dismiss = () => {
    localStorage.setItem('rolemine-hint', 'seen');
    box.remove();
  };
  const box = h(
    'div',
    { class: 'hint' },
    h(
      'span',
      {},
      'Try ',
      h('code', {}, '/rolemine suggestions'),
      ' as a Super Admin. Then pick another person and see their messages.',
    ),
    h(
      'button',
      { type: 'button', class: 'icon', 'aria-label': 'Dismiss hint', onclick: dismiss },
      '×',
    ),
  );
  return box;
}

/** @param {HTMLElement} panel */
function drawHome(panel) {
  const { home } = data;
  const now = JSON.stringify([me, home?.view]);
  if (panel.dataset.drawn === now) return;
  panel.dataset.drawn = now;
  const scroll = panel.querySelector('.scroll')?.scrollTop ?? 0;
  fill(
    panel,
    h(
      'div',
      { class: 'scroll' },
      home
        ? h(
            'div',
            { class: 'home' },
            blocksOf(home.blocks, surfaceOf(me, { in: 'home' }, home.values)),
          )
        : h(
            'div',
            { class: 'empty' },
            appAvatar(),
            h('p', { class: 'faint' }, 'Rolemine is preparing this page…'),
          ),
    ),
  );
  const box = panel.querySelector('.scroll');
  if (box) box.scrollTop = scroll;
}

function draw() {
  drawPeople(column, people, me, tab);
  document.title = `${data.person.realName} · Rolemine sandbox`;
  const current = main.querySelector('.panel');
  const isSame = current instanceof HTMLElement && current.dataset.for === `${me}/${tab}`;
  const panel = isSame ? current : h('div', { class: 'panel', 'data-for': `${me}/${tab}` });
  main.querySelector('.head')?.remove();
  main.prepend(drawHead());
  if (!isSame) {
    for (const old of main.querySelectorAll('.hint, .panel')) old.remove();
    const hint = drawHint();
    main.append(...(hint ? [hint] : []), panel);
  }
  if (tab === 'home') drawHome(panel);
  else if (tab === 'mail') void drawMail(panel, data);
  else drawMessages(panel, data);
  drawModal(me, data.modal, data.modalDepth);
  showNews();
}

/** Shows new notices and notifications as toasts, and marks the visible messages as read. */
function showNews() {
  const newNotices = data.notices.slice(seenNotices.get(me) ?? data.notices.length);
  seenNotices.set(me, data.notices.length);
  for (const notice of newNotices) toast(notice.text);
  const { notifications } = data;
  const fresh = notifications.slice(seenNotifications.get(me) ?? notifications.length);
  seenNotifications.set(me, notifications.length);
  // Slack shows no banner for the conversation that is open.
  if (tab !== 'messages') for (const { text } of fresh) toast(`Rolemine: ${unescaped(text)}`);
  const unread = { messages: data.unread, home: 0, mail: data.unreadMail }[tab] ?? 0;
  if (unread > 0 && !document.hidden) void act(me, 'read', { tab });
}

let turn = 0;
/** Loads everything about the picked person and draws it. @param {boolean} withPeople */
async function load(withPeople) {
  turn += 1;
  const ownTurn = turn;
  await flushTyping();
  if (withPeople) {
    people = await get('people');
    reader.people = new Map(people.map((person) => [person.id, person]));
  }
  const personId = me;
  const answer = personId ? await get(`people/${encodeURIComponent(personId)}`) : undefined;
  if (!answer || ownTurn !== turn || personId !== me) return;
  data = answer;
  reader.tz = data.person.tz ?? 'UTC';
  draw();
}

/** Follows the address. The app receives an event when a tab opens. */
async function go() {
  route();
  document.body.classList.remove('picking');
  await load(false);
  if (me && tab !== 'mail') await act(me, 'open', { tab });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let _soon;
let isPeopleStale = false;
listen(
  (change) => {
    isPeopleStale ||=
      change.what === 'message' ||
      change.what === 'mail' ||
      change.what === 'read' ||
      change.what === 'people';
    if (change.personId !== me && !isPeopleStale) return;
    _soon ??= setTimeout(() => {
      _soon = undefined;
      const withPeople = isPeopleStale;
      isPeopleStale = false;
      void load(withPeople);
    }, 40);
  },
  () => void load(true),
);

window.addEventListener('hashchange', go);
document.addEventListener('visibilitychange', () => void load(true));
people = await get('people');
reader.people = new Map(people.map((person) => [person.id, person]));
await go();
