import { avatar, fill, h } from './dom.js';

/** @typedef {import('./dom.js').Json} Json */

const maxShownPeople = 60;

/** @param {Json} person @param {string} query */
const matches = (person, query) =>
  `${person.realName} ${person.name} ${person.title ?? ''} ${person.hint ?? ''} ${person.email ?? ''}`
    .toLowerCase()
    .includes(query);

/** @param {Json} person @param {boolean} isMe @param {string} tab */
function entry(person, isMe, tab) {
  const target = person.noSlack ? 'mail' : tab;
  const unread = person.unread > 0;
  return h(
    'a',
    {
      class: 'person',
      href: `#/${person.id}/${target}`,
      'aria-current': isMe ? 'true' : undefined,
      'data-person': person.id,
    },
    avatar(person.realName, person.picture),
    h(
      'span',
      { class: 'person-words' },
      h(
        'span',
        { class: `name ${unread ? 'unread' : ''}` },
        person.realName,
        person.deleted && ' ',
        person.deleted && h('span', { class: 'tag' }, 'deactivated'),
        person.isGuest && ' ',
        person.isGuest && h('span', { class: 'tag' }, 'guest'),
      ),
      h('small', {}, [person.hint, person.title].filter(Boolean).join(' · ') || person.email || ''),
    ),
    unread &&
      h('span', { class: 'badge', 'aria-label': `${person.unread} unread` }, String(person.unread)),
  );
}

/** @param {string} title @param {Json[]} people @param {string} me @param {string} tab */
const group = (title, people, me, tab) =>
  people.length > 0 &&
  h(
    'section',
    {},
    h('h2', {}, title),
    people.map((person) => entry(person, person.id === me, tab)),
  );

/** Draws the left column, with the people to pick from. @param {HTMLElement} column @param {Json[]} people @param {string} me @param {string} tab */
export function drawPeople(column, people, me, tab) {
  if (!column.querySelector('input')) build(column);
  const search = /** @type {HTMLInputElement} */ (column.querySelector('input'));
  const list = /** @type {HTMLElement} */ (column.querySelector('.people-list'));
  const draw = () => {
    const query = search.value.trim().toLowerCase();
    const found = people.filter((person) => matches(person, query));
    const suggested = found.filter((person) => person.hint);
    const rest = found.filter((person) => !person.hint);
    const notified = rest.filter((person) => person.unread > 0 || person.id === me);
    const others = rest.filter((person) => !notified.includes(person));
    const focused = list.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-person')
      : undefined;
    fill(
      list,
      group('Suggested people', suggested, me, tab),
      group('New messages', notified, me, tab),
      group(
        suggested.length || notified.length ? 'Everyone else' : 'People',
        others.slice(0, maxShownPeople),
        me,
        tab,
      ),
      others.length > maxShownPeople &&
        h(
          'p',
          { class: 'more' },
          `and ${others.length - maxShownPeople} more: search by name or title`,
        ),
      found.length === 0 && h('p', { class: 'more' }, 'No matching people'),
    );
    if (focused)
      /** @type {HTMLElement | null} */ (list.querySelector(`[data-person="${focused}"]`))?.focus({
        preventScroll: true,
      });
  };
  search.oninput = draw;
  draw();
}

/** @param {HTMLElement} column */
function build(column) {
  const search = h('input', {
    type: 'search',
    placeholder: 'Find a person by name or title',
    'aria-label': 'Find a person by name or title',
  });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const first = column.querySelector('a.person');
    if (first instanceof HTMLAnchorElement) first.click();
  });
  fill(
    column,
    h(
      'div',
      { class: 'workspace' },
      h('strong', {}, 'Rolemine sandbox'),
      h('small', {}, 'A made-up company on your machine'),
    ),
    search,
    h('nav', { class: 'people-list', 'aria-label': 'Pick a person' }),
  );
}
