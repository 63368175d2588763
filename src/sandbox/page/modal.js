import { act } from './api.js';
import { blocksOf } from './blocks.js';
import { fill, freshId, h } from './dom.js';
import { surfaceOf } from './surface.js';

/** @typedef {import('./dom.js').Json} Json */

let drawn = '';

/** Shows the top modal, or none. @param {string} personId @param {Json} seen @param {number} depth */
export function drawModal(personId, seen, depth) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('modal'));
  // Typed values must not cause a new drawing, which would move the cursor.
  const now = seen ? JSON.stringify([personId, seen.view, seen.errors, depth]) : '';
  if (now === drawn) return;
  drawn = now;
  if (!seen) {
    dialog.close();
    return;
  }
  const isSame = dialog.open && dialog.dataset.view === seen.id;
  const focused = isSame
    ? document.activeElement?.closest('[data-action]')?.getAttribute('data-action')
    : undefined;
  const scroll = isSame ? (dialog.querySelector('.modal-body')?.scrollTop ?? 0) : 0;
  dialog.dataset.view = seen.id;
  const id = freshId();
  dialog.setAttribute('aria-labelledby', id);
  dialog.oncancel = (event) => {
    event.preventDefault();
    void act(personId, 'close');
  };
  fill(dialog, formOf(personId, seen, depth, id));
  if (!dialog.open) dialog.showModal();
  const body = dialog.querySelector('.modal-body');
  if (body) body.scrollTop = scroll;
  focusField(dialog, focused ?? '');
}

/** @param {string} personId @param {Json} seen @param {number} depth @param {string} id */
function formOf(personId, seen, depth, id) {
  const { view } = seen;
  const surface = surfaceOf(personId, { in: 'modal' }, seen.values, seen.errors);
  const closeAll = () => act(personId, 'close', { all: true });
  const close = () => act(personId, 'close');
  const form = h(
    'form',
    { method: 'dialog', novalidate: true },
    h(
      'div',
      { class: 'modal-head' },
      h('h2', { id, tabindex: -1 }, view.title.text),
      h(
        'button',
        { type: 'button', class: 'icon', 'aria-label': 'Close all', onclick: closeAll },
        '×',
      ),
    ),
    h('div', { class: 'modal-body' }, blocksOf(view.blocks, surface)),
    h(
      'div',
      { class: 'modal-foot' },
      h(
        'button',
        { type: 'button', class: 'button', onclick: close },
        view.close?.text ?? (depth > 1 ? 'Back' : 'Cancel'),
      ),
      view.submit &&
        h(
          'button',
          { type: 'submit', class: 'button primary', disabled: view.submit_disabled },
          view.submit.text,
        ),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const submit = form.querySelector('[type=submit]');
    submit?.setAttribute('aria-busy', 'true');
    await act(personId, 'submit');
    submit?.removeAttribute('aria-busy');
  });
  return form;
}

/** Focuses the first invalid field, else the last focused field, else the first one. @param {HTMLElement} dialog @param {string} action */
function focusField(dialog, action) {
  const place =
    dialog.querySelector('[aria-invalid=true]') ??
    (action && dialog.querySelector(`[data-action="${CSS.escape(action)}"]`)) ??
    dialog.querySelector('.modal-body :is(input, textarea)');
  const field =
    place && !place.matches('input, textarea, button') ? place.querySelector('input') : place;
  // A focused list would open and cover the form.
  if (field instanceof HTMLElement && field.getAttribute('role') !== 'combobox') field.focus();
  else dialog.querySelector('h2')?.focus();
}
