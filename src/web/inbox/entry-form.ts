import { type Html, html } from '../html.ts';

/** Renders the button that opens the inbox. @param entryToken of createEntryToken */
export function renderEntryButton(entryToken: string, isMain: boolean): Html {
  return html`<input type="hidden" name="do" value="inbox">
<input type="hidden" name="form" value="${entryToken}">
<div class="buttons"><button${isMain && html` class="main"`}>Open inbox</button></div>`;
}
