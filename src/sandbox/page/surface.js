import { act, typeLater } from './api.js';

/** @typedef {import('./dom.js').Json} Json */

/**
 * The state and actions of the blocks of one message, modal or Home.
 * @param {string} personId @param {Json} place for example `{ in: 'message', messageTs }` @param {Json} [values] @param {Record<string, string>} [errors]
 * @returns {import('./elements.js').Surface}
 */
export function surfaceOf(personId, place, values = {}, errors = {}) {
  /** @param {Json} block @param {Json} element */
  const target = (block, element) => ({
    ...place,
    blockId: block.block_id,
    actionId: element.action_id,
  });
  return {
    errors,
    state: (block, element) => values[block.block_id]?.[element.action_id],
    click: (block, element) => act(personId, 'click', { target: target(block, element) }),
    select: (block, element, to) => act(personId, 'select', { target: target(block, element), to }),
    type: (block, element, to) => typeLater(personId, target(block, element), to),
    suggest: (block, element, query) =>
      act(personId, 'suggest', { target: target(block, element), query }),
  };
}
