import type { MyRequest, MyRequests } from '../../governance/task-cards/my-requests.ts';
import { type Html, html } from '../html.ts';
import { type PageFrame, renderDocument } from '../layout.ts';
import { renderAnswer, renderPages, renderToken } from './frame.ts';

export const requestsOnPage = 20;

/** The state of the list of requests. */
export interface RequestListState {
  token: string;
  /** The request that a press asked to cancel; it has to be confirmed. */
  canceling: MyRequest | undefined;
  result?: string | undefined;
  problem?: string | undefined;
  frame: PageFrame;
}

/** Renders the requests by and for the person, with their state and what can be done about them. */
export function renderRequests(requests: MyRequests, state: RequestListState): string {
  const { rows, total, from } = requests;
  const pages = Math.ceil(total / requestsOnPage);
  const page = Math.floor(from / requestsOnPage) + 1;
  const main = html`${state.canceling && renderCancel(state.canceling, state)}
<section>
${renderAnswer(state.result, state.problem)}
<h1>My requests</h1>
${rows.length === 0 && html`<p>You have no requests yet. <a href="request">Request access</a></p>`}
<ul class="rows">${rows.map((row) => renderRequest(row, state.token))}</ul>
${renderPages({ page, pages }, (to) => `requests?page=${to}`)}
</section>`;
  return renderDocument('My requests', main, state.frame);
}

function renderRequest({ card, state, canRemind }: MyRequest, token: string): Html {
  const { taskId, title, number, canCancel, next } = card;
  const nameOf = (verb: string) => html` aria-label="${verb}: ${title}"`;
  return html`<li><b dir="auto">${title}</b> <span class="quiet">${number}</span>
<p dir="auto">${state.charAt(0).toUpperCase() + state.slice(1)}</p>
<div class="buttons">
${canRemind && html`<form method="post" action="requests"><input type="hidden" name="do" value="remind"><input type="hidden" name="task" value="${taskId}">${renderToken(token)}<button${nameOf('Send reminder')}>Send reminder</button></form>`}
${next === 'ask' && html`<a href="request?again=${taskId}"${nameOf('Ask again')}>Ask again</a>`}
<a href="${taskId}"${nameOf('Open')}>Open</a>
${canCancel && html`<a href="requests?cancel=${taskId}"${nameOf('Cancel')}>Cancel…</a>`}
</div></li>
`;
}

function renderCancel({ card }: MyRequest, { token }: RequestListState): Html {
  return html`<form method="post" action="requests" id="cancel">
<h2>Cancel this request?</h2>
<p dir="auto">${card.title} <span class="quiet">${card.number}</span></p>
<p class="hint">It ends, and its approvers see that you canceled it.</p>
<input type="hidden" name="do" value="cancel">
<input type="hidden" name="task" value="${card.taskId}">
${renderToken(token)}
<div class="buttons"><button class="danger">Cancel request</button> <a href="requests">Keep it</a></div>
</form>`;
}
