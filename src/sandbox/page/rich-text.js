import { h } from './dom.js';
import { emoji, link, mention } from './mrkdwn.js';
import { formatDate } from './reader.js';

/** @typedef {import('./dom.js').Json} Json */

/** @param {Json} element @returns {Node} */
function leaf(element) {
  switch (element.type) {
    case 'link':
      return link(element.url, element.text ?? element.url);
    case 'user':
      return mention(element.user_id);
    case 'emoji':
      return document.createTextNode(emoji(element.name));
    case 'date':
      return h('time', {}, formatDate(element.timestamp * 1000, element.format));
    case 'channel':
    case 'usergroup':
    case 'broadcast':
      return h(
        'span',
        { class: 'mention' },
        `@${element.range ?? element.channel_id ?? element.usergroup_id}`,
      );
    default:
      return document.createTextNode(element.text ?? element.value ?? '');
  }
}

/** @type {[string, keyof HTMLElementTagNameMap][]} */
const styleTags = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['strike', 's'],
  ['code', 'code'],
  ['underline', 'u'],
];

/** @param {Json[]} elements @returns {Node[]} */
const inline = (elements) =>
  elements.map((element) => {
    const node = leaf(element);
    return styleTags.reduce(
      (inner, [style, tag]) => (element.style?.[style] ? h(tag, {}, inner) : inner),
      /** @type {Node} */ (node),
    );
  });

/** @param {Json} part @returns {Node} */
function partOf(part) {
  switch (part.type) {
    case 'rich_text_list': {
      const tag = part.style === 'ordered' ? 'ol' : 'ul';
      const items = part.elements.map((/** @type {Json} */ item) =>
        h('li', {}, inline(item.elements)),
      );
      return h(
        tag,
        { style: part.indent ? `margin-left:${part.indent * 20}px` : undefined },
        items,
      );
    }
    case 'rich_text_quote':
      return h('blockquote', {}, inline(part.elements));
    case 'rich_text_preformatted':
      return h('pre', {}, inline(part.elements));
    default:
      return h('div', { class: 'lines' }, inline(part.elements));
  }
}

/** @param {Json} block @returns {HTMLElement} */
export const richText = (block) => h('div', { class: 'text' }, block.elements.map(partOf));
