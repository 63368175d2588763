import { toast } from './toast.js';

/** @typedef {import('./dom.js').Json} Json */

/** @param {string} path @returns {Promise<Json>} */
export async function get(path) {
  const response = await fetch(`/sandbox/api/${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/**
 * Does something as a person; trouble becomes a toast.
 * @param {string} personId @param {string} verb @param {Json} [body] @returns {Promise<Json>}
 */
export async function act(personId, verb, body = {}) {
  await flushTyping();
  return post(personId, verb, body);
}

/** @param {string} personId @param {string} verb @param {Json} body */
async function post(personId, verb, body) {
  try {
    const response = await fetch(`/sandbox/api/people/${encodeURIComponent(personId)}/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (answer.error) toast(answer.error);
    return answer;
  } catch {
    toast('The sandbox does not answer. Is it still running?');
    return {};
  }
}

/** What was typed and not sent to the sandbox yet, by field. @type {Map<string, () => Promise<unknown>>} */
const unsent = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Tells the sandbox in a moment what stands in a field. @param {string} personId @param {Json} target @param {Json} to */
export function typeLater(personId, target, to) {
  unsent.set(JSON.stringify(target), () => post(personId, 'type', { target, to }));
  clearTimeout(timer);
  timer = setTimeout(flushTyping, 250);
}

/** Tells it now: before a click or a submit, which carry what was typed. */
export async function flushTyping() {
  clearTimeout(timer);
  const sends = [...unsent.values()];
  unsent.clear();
  await Promise.all(sends.map((send) => send()));
}

/** How long the page asks every second instead of listening: a stream that never ends keeps a tool that
 * photographs pages waiting for ever. The first sign of a person ends it at once. */
const QUIET_MS = 5_000;

/**
 * Listens for changes; `again` is called where some may have been missed.
 * @param {(change: { personId: string, what: string }) => void} listener @param {() => void} again
 */
export function listen(listener, again) {
  const asking = setInterval(again, 1_000);
  const signs = ['pointermove', 'pointerdown', 'keydown'];
  let isOpen = false;
  const open = () => {
    if (isOpen) return;
    isOpen = true;
    clearInterval(asking);
    for (const sign of signs) removeEventListener(sign, open);
    const source = new EventSource('/sandbox/api/events');
    source.addEventListener('message', (event) => listener(JSON.parse(event.data)));
    source.addEventListener('open', again);
  };
  for (const sign of signs) addEventListener(sign, open);
  setTimeout(open, QUIET_MS);
}
