import type { ExpiredPage } from '../governance/email-links/renew-link.ts';
import { html } from './html.ts';
import { document } from './layout.ts';

/**
 * The page of a link that has expired: how to get one that works.
 * @param form what only this page could send (form-token.ts)
 * @param said what became of asking for a new one
 */
export function expiredPage(page: ExpiredPage, form: string, said?: string): string {
  const renew = html`<form method="post">
<p>Open Rolemine in Slack, or look for a newer mail. Or have a new message sent, with a link that works, to whom this one was sent.</p>
<input type="hidden" name="do" value="renew">
<input type="hidden" name="form" value="${form}">
<div class="buttons"><button class="main">Send a new link</button></div>
</form>`;
  const main = html`<section>
${said && html`<p class="state" role="status" dir="auto">${said}</p>`}
<h1>This link does not open any more</h1>
<p dir="auto">${page.sentence}</p>
</section>
${page.isWaiting && !said && renew}`;
  return document('This link does not open any more', main);
}
