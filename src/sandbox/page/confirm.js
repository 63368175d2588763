import { fill, freshId, h } from './dom.js';
import { textOf } from './mrkdwn.js';

/** @typedef {import('./dom.js').Json} Json */

/** Shows the app's confirmation dialog; resolves to the answer. @param {Json} confirm @returns {Promise<boolean>} */
export function askConfirmation(confirm) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('confirm'));
  const id = freshId();
  return new Promise((resolve) => {
    /** @param {boolean} isYes */
    const finish = (isYes) => {
      dialog.close();
      resolve(isYes);
    };
    const yes = h(
      'button',
      {
        type: 'button',
        class: `button ${confirm.style ?? 'primary'}`,
        onclick: () => finish(true),
      },
      confirm.confirm?.text ?? 'Yes',
    );
    const no = h(
      'button',
      { type: 'button', class: 'button', onclick: () => finish(false) },
      confirm.deny?.text ?? 'Cancel',
    );
    dialog.setAttribute('aria-labelledby', id);
    fill(
      dialog,
      h('div', { class: 'modal-head' }, h('h2', { id }, confirm.title?.text ?? 'Are you sure?')),
      h('div', { class: 'modal-body text' }, textOf(confirm.text)),
      h('div', { class: 'modal-foot' }, no, yes),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
    no.focus();
  });
}
