import { toast } from './toast.js';

/** @typedef {import('./dom.js').Json} Json */

/** Reads from the sandbox. @param {string} path @returns {Promise<Json>} */
export async function get(path) {
  const response = await fetch(`/sandbox/api/${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/**
 * Performs an action as a person. Errors are shown as toasts.
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

/** Values that were typed but not sent yet, by field. @type {Map<string, () => Promise<unknown>>} */
const unsent = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Sends the value of a field after a short delay. @param {string} personId @param {Json} target @param {Json} to */
export function typeLater(personId, target, to) {
  unsent.set(JSON.stringify(target), () => post(personId, 'type', { target, to }));
  clearTimeout(timer);
  timer = setTimeout(flushTyping, 250);
}

/** Sends all values now. A click or a submit needs them. */
export async function flushTyping() {
  clearTimeout(timer);
  const sends = [...unsent.values()];
  unsent.clear();
  await Promise.all(sends.map((send) => send()));
}

/** How long the page polls every second instead of opening a stream. Tools that take screenshots wait
 * until the network is idle, and a stream never is. The first input of a person opens the stream at once. */
const pollingMs = 5_000;

/**
 * Listens for changes; calls `reload` if some may have been missed.
 * @param {(change: { personId: string, what: string }) => void} listener @param {() => void} reload
 */
export function listen(listener, reload) {
  const polling = setInterval(reload, 1_000);
  const inputEvents = ['pointermove', 'pointerdown', 'keydown'];
  let isOpen = false;
  const open = () => {
    if (isOpen) return;
    isOpen = true;
    clearInterval(polling);
    for (const name of inputEvents) removeEventListener(name, open);
    const source = new EventSource('/sandbox/api/events');
    source.addEventListener('message', (event) => listener(JSON.parse(event.data)));
    source.addEventListener('open', reload);
  };
  for (const name of inputEvents) addEventListener(name, open);
  setTimeout(open, pollingMs);
}
