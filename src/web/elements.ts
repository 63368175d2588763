import type { Line } from '../governance/task-cards/history-lines.ts';
import { formatTime } from '../governance/wording/relative-time.ts';
import { type Html, html } from './html.ts';

/** Renders a time: "21 Nov 2026, 14:02". */
export function renderTime(at: Date, timeZone: string): Html {
  return html`<time datetime="${at.toISOString()}">${formatTime(at, timeZone)}</time>`;
}

/** Renders "Approved by Bo Chen · 21 Nov 2026, 14:02 · “ok for the rotation”" */
export function renderLine({ text, at, quote }: Line, timeZone: string): Html {
  const time = at && html` · ${renderTime(at, timeZone)}`;
  const quotation = quote && html` · <q dir="auto">${quote}</q>`;
  return html`<bdi>${text}</bdi>${time}${quotation || undefined}`;
}

/** Renders rows of a label and a value; nothing for an empty list. */
export function renderFacts(facts: readonly (readonly [label: string, value: string])[]): Html {
  if (facts.length === 0) return html``;
  const rows = facts.map(([label, value]) => html`<dt>${label}</dt><dd dir="auto">${value}</dd>\n`);
  return html`<dl>\n${rows}</dl>`;
}
