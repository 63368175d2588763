import type { ExpiredPage } from '../governance/email-links/renew-link.ts';
import { html } from './html.ts';
import { renderDocument } from './layout.ts';

/**
 * Renders the page of a link that has expired, with a form that sends a new one.
 * @param formToken proves that the form came from this page (form-token.ts)
 * @param result the answer to a request for a new link
 */
export function renderExpiredPage(page: ExpiredPage, formToken: string, result?: string): string {
  const form = html`<form method="post">
<p>Open Rolemine in Slack or look for a newer e-mail. You can also send a new link to the person who got this one.</p>
<input type="hidden" name="do" value="renew">
<input type="hidden" name="form" value="${formToken}">
<div class="buttons"><button class="main">Send new link</button></div>
</form>`;
  const main = html`<section>
${result && html`<p class="state" role="status" dir="auto">${result}</p>`}
<h1>This link has expired</h1>
<p dir="auto">${page.sentence}</p>
</section>
${page.isWaiting && !result && form}`;
  return renderDocument('This link has expired', main);
}
