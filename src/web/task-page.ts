import type { TaskPage } from '../governance/email-links/task-page.ts';
import type { Details } from '../governance/task-cards/details.ts';
import type { Insight } from '../governance/task-cards/insight.ts';
import { type Html, html } from './html.ts';
import { document } from './layout.ts';
import { commentForm, decideForm, reassignForm, type TaskForm } from './task-forms.ts';
import { factsOf, lineOf, timeOf } from './words.ts';

/** Whether what was refused can be sent once more from this page. */
function hasFormFor({ choice }: TaskPage, { trouble, search }: TaskForm): boolean {
  const found = search?.found.length ?? 0;
  const forms = {
    decide: choice !== undefined,
    reassign: choice?.reassignable === true && found > 0,
    comment: true,
  };
  return trouble !== undefined && forms[trouble.at];
}

/**
 * The page of a task: the question, the evidence, what can be done, and everything else that is known.
 * @param timeZone for people whose own is not known
 */
export function taskPage(page: TaskPage, form: TaskForm, timeZone: string): string {
  const { card, details } = page;
  const zone = page.timeZone ?? timeZone;
  const main = html`${!hasFormFor(page, form) && lostOf(form)}
<section>
${page.state && html`<p class="state" role="status" dir="auto">${page.state}</p>`}
<h1 dir="auto">${card.title}</h1>
<p class="under">${card.number}</p>
${card.quote && html`<blockquote dir="auto">${card.quote}</blockquote>`}
${factsOf(card.facts)}
${card.howTo && html`<h2>How</h2>\n<p class="typed" dir="auto">${card.howTo}</p>`}
${card.notes.map((note) => html`<p dir="auto">${note}</p>\n`)}
${card.records.length > 0 && html`<ul class="quiet">${card.records.map((line) => html`<li>${lineOf(line, zone)}</li>\n`)}</ul>`}
${insightsOf(details)}
</section>
${page.choice && decideForm(page.choice, page.person.name, form)}
${page.choice?.reassignable && reassignForm(form)}
${commentForm(form, details.comments.length)}
${commentsOf(details, zone)}
${planOf(details, zone)}
<details>
<summary>More about it</summary>
<div>
${factsOf(details.facts)}
<p>${lineOf(details.asked, zone)}</p>
${details.instructions && !card.howTo && html`<h2>How it is given</h2>\n<p class="typed" dir="auto">${details.instructions}</p>`}
</div>
</details>`;
  const state = page.choice ? 'To decide' : 'Task';
  return document(`${state} ${card.number}: ${card.title}`, main, footerOf(page));
}

/** Why what was sent is not done, where the page has no form for it any more; and what was written there. */
function lostOf({ trouble, typed }: TaskForm): Html | undefined {
  if (!trouble) return undefined;
  return html`<section>
<p class="trouble" role="alert" dir="auto">${trouble.sentence}</p>
${typed.reason && html`<h2>You wrote</h2>\n<p class="typed" dir="auto">${typed.reason}</p>`}
</section>`;
}

const severityWords = { warning: 'Warning: ', notice: 'Notice: ', fact: '' } as const;

function insightsOf({ insights = [], recommendation }: Details): Html | undefined {
  if (insights.length === 0) return undefined;
  const line = ({ severity, sentence }: Insight) =>
    html`<li class="${severity}" dir="auto">${severityWords[severity] && html`<b>${severityWords[severity]}</b>`}${sentence}</li>\n`;
  return html`<h2>What the evidence says</h2>
<ul>${insights.map(line)}</ul>
${recommendation && html`<p dir="auto">${recommendation}</p>`}`;
}

function commentsOf({ comments }: Details, zone: string): Html | undefined {
  if (comments.length === 0) return undefined;
  const rows = comments.map(
    ({ author, body, at }) =>
      html`<li><b><bdi>${author}</bdi></b> ${timeOf(at, zone)}<p class="typed" dir="auto">${body}</p></li>\n`,
  );
  return html`<section id="comments"><h2>Comments</h2>\n<ul>${rows}</ul></section>`;
}

function planOf({ plan, policy }: Details, zone: string): Html {
  const steps = plan.map(
    ({ line, notes }) =>
      html`<li>${lineOf(line, zone)}${notes.map((note) => html`<p class="hint">${lineOf(note, zone)}</p>`)}</li>\n`,
  );
  return html`<details>
<summary>Execution plan</summary>
<div><p class="quiet">Policy: <bdi>${policy}</bdi></p>\n<ol>${steps}</ol></div>
</details>`;
}

/** Whose page it is, for whoever it was forwarded to. */
function footerOf({ person }: TaskPage): Html {
  return html`<p>This link is <bdi>${person.name}</bdi>’s: what is sent here is recorded as theirs, by e-mail. If you are somebody else, close this page; forwarding the mail hands over the link.</p>`;
}
