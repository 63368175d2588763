import { html } from '../html.ts';
import { renderDocument } from '../layout.ts';

const wayIn = 'Open the newest e-mail from Rolemine, follow a link in it and press “Open inbox”.';
const noCookie =
  'Your browser did not keep the cookie that holds the inbox open. Allow cookies for this site and press “Open inbox” again, or decide each task by the link in its e-mail.';

/**
 * Renders the page of an inbox that is not open in this browser.
 * @param justOpened whether the browser has just been given the cookie, which it did not send
 * @param input a form that came too late; what was typed is shown
 */
export function renderClosedPage(
  sentence: string,
  justOpened: boolean,
  input: Record<string, string>,
): string {
  const typed = [input.reason, input.comment].filter(Boolean).join('\n\n');
  const title = justOpened ? 'Your inbox did not open' : 'Your inbox is closed';
  const main = html`<section>
<h1>${title}</h1>
<p dir="auto">${justOpened ? noCookie : sentence.startsWith(title) ? wayIn : `${sentence} ${wayIn}`}</p>
${typed && html`<h2>Your text was not sent</h2>\n<p class="plain-text" dir="auto">${typed}</p>`}
</section>`;
  return renderDocument(title, main);
}
