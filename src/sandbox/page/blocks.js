import { dataVisualization } from './charts.js';
import { freshId, h } from './dom.js';
import { interactive } from './elements.js';
import { markdown, textOf } from './mrkdwn.js';
import { richText } from './rich-text.js';

/** @typedef {import('./dom.js').Json} Json */
/** @typedef {import('./elements.js').Surface} Surface */

/** @param {Json} block @param {Surface} surface */
function section(block, surface) {
  const words = h('div', { class: 'text' }, textOf(block.text));
  const fields =
    block.fields &&
    h(
      'div',
      { class: 'fields' },
      block.fields.map((/** @type {Json} */ one) => h('div', { class: 'text' }, textOf(one))),
    );
  const { accessory } = block;
  const label = block.text?.text ?? 'Choose';
  const isWide = accessory && !['button', 'overflow', 'image'].includes(accessory.type);
  return h(
    'div',
    { class: `section ${isWide ? 'wide' : ''}` },
    h('div', { class: 'section-words' }, block.text && words, fields),
    accessory &&
      h('div', { class: 'accessory' }, interactive(surface, block, accessory, freshId(), label)),
  );
}

/** @param {Json} block @param {Surface} surface */
function input(block, surface) {
  const id = freshId();
  const error = surface.errors[block.block_id];
  const isGroup = ['checkboxes', 'radio_buttons'].includes(block.element.type);
  const words = [block.label.text, block.optional && h('span', { class: 'faint' }, ' (optional)')];
  const control = interactive(surface, block, block.element, id, block.label.text);
  const notes = [];
  if (error) notes.push(h('p', { class: 'error', id: `${id}e` }, error));
  if (block.hint) notes.push(h('p', { class: 'faint', id: `${id}h` }, block.hint.text));
  const field = control.querySelector('input') ?? control;
  if (notes.length) field.setAttribute('aria-describedby', notes.map((note) => note.id).join(' '));
  if (error) field.setAttribute('aria-invalid', 'true');
  return h(
    'div',
    { class: `input ${error ? 'wrong' : ''}` },
    isGroup
      ? h('div', { class: 'label', id }, words)
      : h('label', { class: 'label', for: id }, words),
    control,
    notes,
  );
}

/** @param {Json} cell @param {'td' | 'th'} tag @param {string} [align] */
const cellOf = (cell, tag, align) =>
  h(
    tag,
    { class: align ?? '', scope: tag === 'th' ? 'col' : undefined },
    cell.type === 'rich_text' ? richText(cell) : (cell.text ?? ''),
  );

/** @param {Json} block */
function table(block) {
  const [head = [], ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  /** @param {Json[]} row @param {'td' | 'th'} tag */
  const line = (row, tag) =>
    h(
      'tr',
      {},
      row.map((cell, index) => cellOf(cell, tag, settings[index]?.align)),
    );
  return h(
    'div',
    { class: 'table', tabindex: 0, role: 'region', 'aria-label': block.caption ?? 'Table' },
    h(
      'table',
      {},
      block.caption && h('caption', {}, block.caption),
      h('thead', {}, line(head, 'th')),
      h(
        'tbody',
        {},
        rows.map((/** @type {Json[]} */ row) => line(row, 'td')),
      ),
    ),
  );
}

/** @param {Json} block @param {Surface} surface @returns {HTMLElement} */
function blockOf(block, surface) {
  switch (block.type) {
    case 'section':
      return section(block, surface);
    case 'header':
      return h('h3', { class: 'header' }, textOf(block.text));
    case 'divider':
      return h('hr');
    case 'context':
      return h(
        'div',
        { class: 'context' },
        block.elements.map((/** @type {Json} */ one) =>
          one.type === 'image'
            ? h('img', { src: one.image_url, alt: one.alt_text })
            : h('div', { class: 'text' }, textOf(one)),
        ),
      );
    case 'actions':
      return h(
        'div',
        { class: 'actions' },
        block.elements.map((/** @type {Json} */ one) =>
          interactive(surface, block, one, freshId(), one.placeholder?.text ?? 'Choose'),
        ),
      );
    case 'input':
      return input(block, surface);
    case 'image':
      return h(
        'figure',
        { class: 'image' },
        block.title && h('figcaption', {}, textOf(block.title)),
        h('img', { src: block.image_url, alt: block.alt_text }),
      );
    case 'rich_text':
      return richText(block);
    case 'markdown':
      return h('div', { class: 'text' }, markdown(block.text));
    case 'table':
    case 'data_table':
      return table(block);
    case 'data_visualization':
      return dataVisualization(block);
    case 'alert':
      return h(
        'div',
        { class: `alert ${block.level ?? ''}`, role: 'note' },
        h('div', { class: 'text' }, textOf(block.text)),
      );
    default:
      return h('p', { class: 'faint' }, `This page cannot show blocks of type ${block.type}.`);
  }
}

/** Draws blocks like Slack. @param {Json[]} blocks @param {Surface} surface @returns {HTMLElement} */
export const blocksOf = (blocks, surface) =>
  h(
    'div',
    { class: 'blocks' },
    blocks.map((block) => blockOf(block, surface)),
  );
