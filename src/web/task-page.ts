import type { TaskPage } from '../governance/email-links/task-page.ts';
import { choosePage, paginateComments } from '../governance/task-cards/comment-pages.ts';
import type { Details } from '../governance/task-cards/details.ts';
import type { Insight } from '../governance/task-cards/insight.ts';
import { renderFacts, renderLine, renderTime } from './elements.ts';
import { type Html, html } from './html.ts';
import { renderEntryButton } from './inbox/entry-form.ts';
import { type PageFrame, renderDocument } from './layout.ts';
import {
  renderCommentForm,
  renderDecisionForm,
  renderHandOnForm,
  renderReassignForm,
  type TaskFormState,
} from './task-forms.ts';

/**
 * Renders the page of a task: the question, the insights, the forms, then all details.
 * @param frame what stands around it in an inbox
 */
export function renderTaskPage(page: TaskPage, state: TaskFormState, frame?: PageFrame): string {
  const { card, details, choice, timeZone: zone } = page;
  const main = html`${!hasRefusedForm(page, state) && renderProblem(state)}
${renderQuestion(page, zone, state.problem?.sentence)}
${choice && renderDecisionForm(choice, page.person.name, state)}
${choice && choice.handsOnTo.length > 0 && renderHandOnForm(choice, state)}
${choice?.reassignable && renderReassignForm(state)}
${renderCommentForm(state, details.comments.length)}
${renderComments(details, zone, state.commentsPage)}
${renderPlan(details, zone)}
<details>
<summary>More details</summary>
<div>
${renderFacts(details.facts)}
<p>${renderLine(details.asked, zone)}</p>
${details.instructions && !card.howTo && renderInstructions(details.instructions)}
</div>
</details>
${state.entryToken && renderEntrance(state.entryToken)}`;
  const kind = choice ? 'To decide' : 'Task';
  return renderDocument(
    `${kind} ${card.number}: ${card.title}`,
    main,
    frame ?? { footer: renderFooter(page) },
  );
}

/** @param problem the sentence above the question, which is not repeated */
function renderQuestion(
  { state, card, details }: TaskPage,
  zone: string,
  problem: string | undefined,
): Html {
  return html`<section>
${state !== problem && state && html`<p class="state" role="status" dir="auto">${state}</p>`}
<h1 dir="auto">${card.title}</h1>
<p class="under">${card.kind} · ${card.number}${card.actsFor && html` · for <bdi>${card.actsFor}</bdi>`}</p>
${card.marks.length > 0 && html`<p class="warning" dir="auto"><b>⚠ ${card.marks.join(' · ')}</b></p>`}
${card.quote && html`<blockquote dir="auto">${card.quote}</blockquote>`}
${renderFacts(card.facts)}
${card.howTo && renderInstructions(card.howTo)}
${card.notes.map((note) => html`<p dir="auto">${note}</p>\n`)}
${card.records.length > 0 && html`<ul class="quiet">${card.records.map((line) => html`<li>${renderLine(line, zone)}</li>\n`)}</ul>`}
${renderInsights(details)}
</section>`;
}

function renderInstructions(text: string): Html {
  return html`<h2>Instructions</h2>\n<p class="plain-text" dir="auto">${text}</p>`;
}

/** Whether the page still has the form that was refused, which then shows the problem itself. */
function hasRefusedForm({ choice }: TaskPage, { problem, search }: TaskFormState): boolean {
  const candidates = search?.candidates.length ?? 0;
  const forms = {
    decide: choice !== undefined,
    reassign: choice?.reassignable === true && candidates > 0,
    'hand-on': false,
    inbox: false,
    comment: true,
  };
  return problem !== undefined && forms[problem.form];
}

/** Renders the problem of a form that the page no longer has, and the reason that was typed there. */
function renderProblem({ problem, input }: TaskFormState): Html | undefined {
  if (!problem) return undefined;
  return html`<section>
<p class="problem" role="alert" dir="auto">${problem.sentence}</p>
${input.reason && html`<h2>Your text</h2>\n<p class="plain-text" dir="auto">${input.reason}</p>`}
</section>`;
}

const severityWords = { warning: 'Warning: ', notice: 'Notice: ', fact: '' } as const;

function renderInsights({ insights = [], recommendation }: Details): Html | undefined {
  if (insights.length === 0) return undefined;
  const items = insights.map(({ severity, sentence }: Insight) => {
    const words = severityWords[severity];
    return html`<li class="${severity}" dir="auto">${words && html`<b>${words}</b>`}${sentence}</li>\n`;
  });
  return html`<h2>Insights</h2>
<ul>${items}</ul>
${recommendation && html`<p dir="auto">${recommendation}</p>`}`;
}

function renderComments(
  { comments }: Details,
  zone: string,
  chosenPage: number | undefined,
): Html | undefined {
  if (comments.length === 0) return undefined;
  const pages = paginateComments(comments);
  const page = choosePage(pages, chosenPage);
  const items = (pages[page] ?? []).map(
    ({ author, body, at }) =>
      html`<li><b><bdi>${author}</bdi></b> ${renderTime(at, zone)}<p class="plain-text" dir="auto">${body}</p></li>\n`,
  );
  return html`<section id="comments"><h2>Comments</h2>\n<ul>${items}</ul>${renderPaging(page, pages.length)}</section>`;
}

function renderPaging(page: number, pages: number): Html | undefined {
  if (pages === 1) return undefined;
  const link = (to: number, words: string) =>
    html`<a href="?comments=${to}#comments">${words}</a> `;
  return html`<p>${page > 0 && link(page - 1, 'Older comments')}${page < pages - 1 && link(page + 1, 'Newer comments')}Page ${page + 1} of ${pages}</p>`;
}

function renderPlan({ plan, policy }: Details, zone: string): Html {
  const steps = plan.map(
    ({ line, notes }) =>
      html`<li>${renderLine(line, zone)}${notes.map((note) => html`<p class="hint">${renderLine(note, zone)}</p>`)}</li>\n`,
  );
  return html`<details>
<summary>Execution plan</summary>
<div><p class="quiet">Policy: <bdi>${policy}</bdi></p>\n<ol>${steps}</ol></div>
</details>`;
}

function renderEntrance(entryToken: string): Html {
  return html`<form method="post" id="inbox">
<h2>All your tasks and requests</h2>
<p>Your inbox has everything on one page, and decides several tasks at once.</p>
${renderEntryButton(entryToken, false)}
</form>`;
}

/** Names the owner of the link, for readers to whom the mail was forwarded. */
function renderFooter({ person, timeZone }: TaskPage): Html {
  return html`<p>This link belongs to <bdi>${person.name}</bdi>: everything sent here is recorded in their name. If you are somebody else, close this page. Anybody who gets the e-mail can use its link, so do not forward it.</p>
<p>Times are in the time zone ${timeZone}.</p>`;
}
