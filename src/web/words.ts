import type { Line } from '../governance/task-cards/history-lines.ts';
import { type Html, html } from './html.ts';

/** A moment in the reader's zone, which is named: "21 Nov 2026, 14:02 CET". */
export function timeOf(at: Date, timeZone: string): Html {
  const words = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(at);
  return html`<time datetime="${at.toISOString()}">${words}</time>`;
}

/** "Approved by Bo Chen · 21 Nov 2026, 14:02 CET · “ok for the rotation”" */
export function lineOf({ text, at, quote }: Line, timeZone: string): Html {
  const when = at && html` · ${timeOf(at, timeZone)}`;
  const said = quote && html` · <q dir="auto">${quote}</q>`;
  return html`<bdi>${text}</bdi>${when}${said || undefined}`;
}

/** Rows of a label and a value. */
export function factsOf(facts: readonly (readonly [label: string, value: string])[]): Html {
  if (facts.length === 0) return html``;
  const rows = facts.map(([label, value]) => html`<dt>${label}</dt><dd dir="auto">${value}</dd>\n`);
  return html`<dl>\n${rows}</dl>`;
}
