import { formatTime } from '../../governance/wording/relative-time.ts';
import { type Html, html } from '../html.ts';
import type { PageFrame } from '../layout.ts';
import { tokenFor, type Visit } from './visit.ts';

const pages = [
  ['tasks', 'Tasks'],
  ['requests', 'My requests'],
  ['request', 'Request access'],
  ['delegate', 'Delegate'],
  ['notifications', 'Notifications'],
] as const;

export type InboxPage = (typeof pages)[number][0];

export const signOutSubject = 'sign-out';

/** Renders what stands around a page of the inbox: the links to its other pages, and who acts. */
export function frameOf(visit: Visit, current?: InboxPage): PageFrame {
  const { person, closesAt, zone } = visit;
  const links = pages.map(
    ([page, words]) =>
      html`<a href="${page}"${page === current && html` aria-current="page"`}>${words}</a>\n`,
  );
  return {
    nav: html`<nav aria-label="Inbox">
${links}<form method="post" action="sign-out"><input type="hidden" name="form" value="${tokenFor(visit, signOutSubject)}"><button>Sign out</button></form>
</nav>`,
    footer: html`<p>This inbox belongs to <bdi>${person.name}</bdi>: everything sent here is recorded in their name. It closes at ${formatTime(closesAt, zone)}.</p>
<p>Times are in the time zone ${zone}.</p>`,
  };
}

/** Renders the result of a form, or why it was refused. */
export function renderAnswer(result: string | undefined, problem: string | undefined): Html {
  return html`${result && html`<p class="state" role="status" dir="auto">${result}</p>`}${problem && html`<p class="problem" role="alert" id="problem" dir="auto">${problem}</p>`}`;
}

/** Renders links to the pages of a list. @param linkOf the address of a page, from 1 */
export function renderPages(
  { page, pages }: { page: number; pages: number },
  linkOf: (page: number) => string,
): Html | undefined {
  if (pages <= 1) return undefined;
  return html`<p>${page > 1 && html`<a href="${linkOf(page - 1)}">Previous page</a> `}${page < pages && html`<a href="${linkOf(page + 1)}">Next page</a> `}Page ${page} of ${pages}</p>`;
}

/** Renders the hidden field that proves where a form came from. */
export function renderToken(token: string): Html {
  return html`<input type="hidden" name="form" value="${token}">`;
}
