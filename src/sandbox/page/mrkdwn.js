import { h } from './dom.js';
import { formatDate, reader } from './reader.js';

const emojis = new Map(
  `white_check_mark ✅,x ❌,warning ⚠️,hourglass ⌛,hourglass_flowing_sand ⏳,tada 🎉,wave 👋,bell 🔔,mag 🔍,lock 🔒,key 🔑,
  rotating_light 🚨,information_source ℹ️,heavy_check_mark ✔️,no_entry ⛔,arrows_counterclockwise 🔄,bust_in_silhouette 👤,
  busts_in_silhouette 👥,chart_with_upwards_trend 📈,bar_chart 📊,clipboard 📋,memo 📝,email 📧,calendar 📅,link 🔗,
  robot_face 🤖,bulb 💡,eyes 👀,question ❓,clock3 🕒,+1 👍,sparkles ✨,package 📦,gear ⚙️,house 🏠`
    .split(',')
    .map((pair) => /** @type {[string, string]} */ (pair.trim().split(' '))),
);

/** @param {string} text */
export const unescaped = (text) =>
  text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

/** @param {string} name */
export const emoji = (name) => emojis.get(name) ?? `:${name}:`;

/** Only addresses that cannot run code become links. @param {string} url */
export const isSafeUrl = (url) => /^(https?:|mailto:)/i.test(url);

/** @param {string} url @param {string} label */
export function link(url, label) {
  const address = unescaped(url);
  if (!isSafeUrl(address)) return document.createTextNode(unescaped(label));
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, unescaped(label));
}

/** @param {string} id @param {string} [fallback] */
export function mention(id, fallback) {
  const name =
    reader.people.get(id)?.realName ?? (id === 'U0ROLEMINE1' ? 'Rolemine' : (fallback ?? id));
  return h('span', { class: 'mention' }, `@${name}`);
}

/** Converts the content of angle brackets. @param {string} inner @returns {Node} */
function token(inner) {
  const [head = '', label] = inner.split('|');
  if (head.startsWith('@')) return mention(head.slice(1), label);
  if (head.startsWith('#')) return h('span', { class: 'mention' }, `#${label ?? head.slice(1)}`);
  if (head.startsWith('!date^')) {
    const [, unix, format = '', url] = head.split('^');
    const time = formatDate(Number(unix) * 1000, format);
    const words = h(
      'time',
      { datetime: new Date(Number(unix) * 1000).toISOString(), title: label },
      time,
    );
    return url ? h('a', { href: isSafeUrl(url) ? url : '#', target: '_blank' }, words) : words;
  }
  if (head.startsWith('!')) return h('span', { class: 'mention' }, `@${label ?? head.slice(1)}`);
  return link(head, label ?? head);
}

/** A pattern of marked text: not inside a word, no blank next to the marks. @param {string} mark */
const markedPattern = (mark) =>
  `(?<![\\w${mark}])${mark}(?=\\S)([^${mark}\\n]*?\\S)${mark}(?![\\w${mark}])`;
const inlinePattern = new RegExp(
  `<([^<>\\n]+)>|\`([^\`\\n]+)\`|${markedPattern('\\*')}|${markedPattern('_')}|${markedPattern('~')}|:([a-z0-9_+-]{2,40}):`,
  'g',
);

/** Converts one match of inlinePattern. @param {RegExpMatchArray} match @returns {Node | string} */
function inlineOf([, angle, code, bold, italic, strike, name]) {
  if (angle !== undefined) return token(angle);
  if (code !== undefined) return h('code', {}, unescaped(code));
  if (bold !== undefined) return h('strong', {}, inline(bold));
  if (italic !== undefined) return h('em', {}, inline(italic));
  if (strike !== undefined) return h('s', {}, inline(strike));
  return emoji(name ?? '');
}

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(inlinePattern)) {
    if (match.index > end) nodes.push(unescaped(text.slice(end, match.index)));
    end = match.index + match[0].length;
    nodes.push(inlineOf(match));
  }
  if (end < text.length) nodes.push(unescaped(text.slice(end)));
  return nodes;
}

/** Converts one line: a quotation, a list entry or text. @param {string} line @returns {Node} */
function lineOf(line) {
  const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
  if (quote) return h('blockquote', {}, inline(quote[1] ?? ''));
  const entry = /^\s*(•|-|\d+\.)\s+(.*)$/.exec(line);
  if (entry)
    return h(
      'div',
      { class: 'entry' },
      h('span', {}, entry[1] === '-' ? '•' : entry[1]),
      h('div', {}, inline(entry[2] ?? '')),
    );
  return h('div', { class: line.trim() ? '' : 'gap' }, inline(line));
}

/** Converts Slack's mrkdwn to nodes. @param {string} text @returns {Node[]} */
export function mrkdwn(text) {
  return text.split(/```\n?/).flatMap((part, index) => {
    if (index % 2 === 1) return [h('pre', {}, unescaped(part.replace(/\n$/, '')))];
    const lines = part.replace(/^\n|\n$/g, '');
    return lines ? lines.split('\n').map(lineOf) : [];
  });
}

/** Converts a text object: mrkdwn is formatted, plain_text is not. @param {import('./dom.js').Json} text @returns {Node[]} */
export function textOf(text) {
  if (!text) return [];
  if (text.type === 'mrkdwn') return mrkdwn(text.text);
  const words = String(text.text).replace(/:([a-z0-9_+-]{2,40}):/g, (_whole, name) => emoji(name));
  return [h('span', { class: 'plain' }, words)];
}

/** Converts the parts of standard Markdown that the app uses. @param {string} text */
export function markdown(text) {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return mrkdwn(
    escaped
      .replace(/^#{1,6} +(.*)$/gm, '*$1*')
      .replace(/\*\*([^*\n]+)\*\*/g, '*$1*')
      .replace(/\[([^\]\n]+)\]\(([^)\s]+)\)/g, '<$2|$1>')
      .replace(/^(\s*)\* /gm, '$1• '),
  );
}
