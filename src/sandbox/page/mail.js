import { get } from './api.js';
import { fill, h } from './dom.js';
import { dayOf, formatTime } from './reader.js';

/** @typedef {import('./dom.js').Json} Json */

let isAll = false;
let isPlain = false;
/** @type {number | undefined} */
let openId;

/** @param {Json} mail */
const when = (mail) =>
  `${dayOf(mail.at, false)}, ${formatTime(mail.at, { hour: '2-digit', minute: '2-digit' })}`;

/** @param {Json} mail @param {() => void} redraw */
function drawLetter(mail, redraw) {
  const hasBoth = mail.html && mail.text;
  const flip = () => {
    isPlain = !isPlain;
    void redraw();
  };
  // The HTML of a mail runs in a frame without scripts, forms or this page's origin; links open a new tab.
  const html = `<base target="_blank"><style>body{font:15px/1.5 system-ui,sans-serif;margin:16px;color:#1d1c1d;background:#fff}</style>${mail.html}`;
  return h(
    'article',
    { class: 'letter', 'aria-label': mail.subject },
    h(
      'header',
      {},
      h('h2', {}, mail.subject || '(no subject)'),
      h(
        'dl',
        {},
        h('dt', {}, 'From'),
        h('dd', {}, mail.from),
        h('dt', {}, 'To'),
        h('dd', {}, mail.to.join(', ')),
        ...(mail.headers['reply-to']
          ? [h('dt', {}, 'Reply to'), h('dd', {}, mail.headers['reply-to'])]
          : []),
        h('dt', {}, 'Sent'),
        h('dd', {}, when(mail)),
      ),
      h(
        'details',
        {},
        h('summary', {}, 'All headers'),
        h(
          'pre',
          { class: 'mail-headers' },
          Object.entries(mail.headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join('\n'),
        ),
      ),
      hasBoth &&
        h(
          'button',
          { type: 'button', class: 'button', 'aria-pressed': String(isPlain), onclick: flip },
          isPlain ? 'Show as HTML' : 'Show as plain text',
        ),
    ),
    mail.html && !isPlain
      ? h('iframe', {
          title: `The e-mail “${mail.subject}”`,
          sandbox: 'allow-popups allow-popups-to-escape-sandbox',
          srcdoc: html,
        })
      : h('pre', { class: 'plain-mail' }, plainWords(mail.text)),
  );
}

/** Turns addresses in plain text into links, like a mail program. @param {string} text */
function plainWords(text) {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, at) =>
      at % 2 === 0 ? part : h('a', { href: part, target: '_blank', rel: 'noreferrer' }, part),
    );
}

/** The beginning of a mail without its first lines, which repeat the subject. @param {Json} mail */
const previewOf = (mail) =>
  mail.text
    .slice(Math.max(0, mail.text.indexOf('\n\n')))
    .replace(/\n> /g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 90);

/** Draws the Mail tab. @param {HTMLElement} panel @param {Json} data */
export async function drawMail(panel, data) {
  const mails = isAll ? await get('mail') : data.mail;
  const open = mails.find((/** @type {Json} */ one) => one.id === openId) ?? mails[0];
  const now = JSON.stringify([data.person.id, isAll, isPlain, open?.id, mails.length]);
  if (panel.dataset.drawn === now && panel.firstChild) return;
  panel.dataset.drawn = now;
  const redraw = () => drawMail(panel, data);
  fill(
    panel,
    h(
      'div',
      { class: 'mail' },
      drawList(mails, open, data.person, redraw),
      open
        ? drawLetter(open, redraw)
        : h('div', { class: 'empty' }, h('p', { class: 'faint' }, 'No e-mail')),
    ),
  );
}

/** @param {Json[]} mails @param {Json} open @param {Json} person @param {() => void} redraw */
function drawList(mails, open, person, redraw) {
  return h(
    'div',
    { class: 'mail-list' },
    h(
      'div',
      { class: 'switch', role: 'group', 'aria-label': 'Recipients' },
      drawSwitch(false, `To ${person.realName.split(' ')[0]}`, redraw),
      drawSwitch(true, 'All mail', redraw),
    ),
    mails.map((mail) => drawItem(mail, mail === open, redraw)),
    mails.length === 0 &&
      h(
        'p',
        { class: 'more' },
        isAll
          ? 'No e-mail has been sent yet.'
          : `No e-mail to ${person.email ?? 'this person'} yet. People whom Rolemine cannot reach in Slack get e-mail.`,
      ),
  );
}

/** @param {boolean} all @param {string} label @param {() => void} redraw */
function drawSwitch(all, label, redraw) {
  const choose = () => {
    isAll = all;
    redraw();
  };
  return h(
    'button',
    { type: 'button', 'aria-pressed': String(isAll === all), onclick: choose },
    label,
  );
}

/** @param {Json} mail @param {boolean} isOpen @param {() => void} redraw */
function drawItem(mail, isOpen, redraw) {
  const choose = () => {
    openId = mail.id;
    redraw();
  };
  const from = mail.from.replace(/<.*>/, '').replace(/"/g, '').trim() || mail.from;
  return h(
    'button',
    {
      type: 'button',
      class: 'mail-item',
      'aria-current': isOpen ? 'true' : undefined,
      onclick: choose,
    },
    h(
      'span',
      { class: 'mail-top' },
      h('strong', {}, isAll ? mail.to.join(', ') : from),
      h('time', {}, when(mail)),
    ),
    h('span', {}, mail.subject),
    h('small', {}, previewOf(mail)),
  );
}
