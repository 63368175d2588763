/** Blocks, messages and views come as JSON from the server. @typedef {any} Json */
/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Creates an element. Text only becomes text nodes; text from outside is never parsed as HTML.
 * `on…` properties are listeners; undefined and false omit the attribute.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  apply(element, props);
  element.append(...toNodes(children));
  return element;
}

/**
 * Creates an SVG element, otherwise like `h`.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Child | Child[])} children
 */
export function s(tag, props = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(element, props);
  element.append(...toNodes(children));
  return element;
}

/** @param {Element} element @param {Record<string, any>} props */
function apply(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {(Child | Child[])[]} children @returns {(Node | string)[]} */
const toNodes = (children) =>
  /** @type {(Node | string)[]} */ (children.flat().filter((child) => child || child === ''));

let ids = 0;
/** Creates an id that is unique in the page. */
export const freshId = () => {
  ids += 1;
  return `id${ids}`;
};

/** Replaces the content of an element. @param {Element} element @param {...(Child | Child[])} children */
export const fill = (element, ...children) => element.replaceChildren(...toNodes(children));

const hues = [262, 204, 158, 24, 340, 184, 48, 288];
/** A square with initials, colored by the name. @param {string} name @param {string} [picture] */
export function avatar(name, picture) {
  if (picture) return h('img', { class: 'avatar', src: picture, alt: '' });
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  const initials = name
    .split(/\s+/)
    .map((part) => part[0] ?? '')
    .slice(0, 2)
    .join('');
  const hue = hues[sum % hues.length];
  return h(
    'span',
    { class: 'avatar', 'aria-hidden': 'true', style: `background:hsl(${hue} 38% 44%)` },
    initials,
  );
}

/** The square of the app. */
export const appAvatar = () => h('span', { class: 'avatar app', 'aria-hidden': 'true' }, 'R');
