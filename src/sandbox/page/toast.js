import { h } from './dom.js';

/** Shows a sentence for nine seconds. @param {string} text */
export function toast(text) {
  const close = h('button', { class: 'icon', type: 'button', 'aria-label': 'Dismiss' }, '×');
  const box = h('div', { class: 'toast' }, h('span', {}, text), close);
  close.addEventListener('click', () => box.remove());
  const toasts = document.getElementById('toasts');
  toasts?.append(box);
  // Shown again, it appears above a modal that was opened meanwhile.
  toasts?.hidePopover();
  toasts?.showPopover();
  setTimeout(() => box.remove(), 9_000);
}
