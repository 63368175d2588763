import type { BulkOutcome } from '../../governance/decisions/bulk-decide.ts';
import { stepWords } from '../../governance/policies/step-kinds.ts';
import type { BriefTask } from '../../governance/task-cards/inbox.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import { type Html, html } from '../html.ts';
import { type PageFrame, renderDocument } from '../layout.ts';
import { renderAnswer, renderToken } from './frame.ts';

/** Several tasks of one kind before they are decided together. */
export interface BulkReview {
  kind: keyof typeof stepWords;
  positive: boolean;
  /** The tasks that will be decided. */
  tasks: readonly BriefTask[];
  /** The tasks that only Slack can approve. */
  onlyInSlack: readonly BriefTask[];
  /** The number of selected tasks that are no longer open, or have changed. */
  changed: number;
}

/** Renders the page that names what will be decided, with a field for the reason. */
export function renderBulkReview(
  review: BulkReview,
  state: { token: string; reason: string; problem?: string | undefined; frame: PageFrame },
): string {
  const { kind, positive, tasks, onlyInSlack, changed } = review;
  const choice = positive ? stepWords[kind].yes : stepWords[kind].no;
  const count = formatCount(tasks.length, 'task');
  const title = tasks.length > 0 ? `${choice.button}: ${count}` : 'Nothing to decide';
  const main = html`<form method="post" action="tasks">
${renderAnswer(undefined, state.problem)}
<h1>${title}</h1>
${tasks.length > 0 && html`<ul class="rows">${tasks.map((task) => renderRow(task, true))}</ul>`}
${
  onlyInSlack.length > 0 &&
  html`<h2>Not included: ${formatCount(onlyInSlack.length, 'task')}</h2>
<p>These cannot be approved by e-mail. Open one to deny it or to send it on, or decide it in Slack.</p>
<ul class="rows">${onlyInSlack.map((task) => renderRow(task, false))}</ul>`
}
${changed > 0 && html`<p class="state">${formatCount(changed, 'selected task')} changed or ended meanwhile and will not be decided.</p>`}
${tasks.length > 0 && renderFields(review, state)}
<div class="buttons">
${tasks.length > 0 && html`<button class="${positive && kind === 'revocation' ? 'danger' : 'main'}">${choice.button} ${count}</button>`}
<a href="tasks?list=${kind}">Back</a>
</div>
</form>`;
  return renderDocument(title, main, state.frame);
}

function renderFields(
  { kind, positive }: BulkReview,
  { token, reason, problem }: { token: string; reason: string; problem?: string | undefined },
): Html {
  const invalid = problem && html` aria-invalid="true"`;
  return html`<div class="field">
<label for="reason">Reason</label>
<p class="hint" id="reason-hint">${positive ? 'Optional. ' : 'Required. '}It is posted on each task, and the requesters see it.</p>
<textarea id="reason" name="reason" rows="3" maxlength="1000" dir="auto" aria-describedby="${problem && 'problem '}reason-hint"${invalid} autofocus>\n${reason}</textarea>
</div>
<input type="hidden" name="do" value="decide">
<input type="hidden" name="list" value="${kind}">
<input type="hidden" name="decision" value="${positive ? 'yes' : 'no'}">
${renderToken(token)}`;
}

function renderRow(task: BriefTask, isIncluded: boolean): Html {
  const { stepId, version, taskId, person, app, entitlement, risk, emergency, since } = task;
  const notes = [
    ...(risk ? [`${risk} risk`] : []),
    ...(since ? [`waiting since ${since}`] : []),
  ].join(' · ');
  return html`<li>${isIncluded && html`<input type="hidden" name="step" value="${stepId}.${version}">`}<b dir="auto">${emergency && 'Emergency: '}${person} · ${app} · ${entitlement}</b>
<p class="quiet"><a href="${taskId}">#${taskId}</a>${notes && ` · ${notes}`}</p></li>
`;
}

/** Renders the result for each task. */
export function renderBulkResult(
  { done, refused }: BulkOutcome,
  kind: keyof typeof stepWords,
  frame: PageFrame,
): string {
  const title =
    refused.length === 0
      ? `Decided: ${formatCount(done.length, 'task')}`
      : `Decided: ${done.length} of ${formatCount(done.length + refused.length, 'task')}`;
  const main = html`<section>
<h1 role="status">${title}</h1>
${done.length > 0 && html`<p>Done: ${done.map((taskId) => html`<a href="${taskId}">#${taskId}</a> `)}</p>`}
${
  refused.length > 0 &&
  html`<h2>Not done</h2>
<ul>${refused.map(({ taskId, sentence }) => html`<li dir="auto">${taskId !== undefined && html`<a href="${taskId}">#${taskId}</a>: `}${sentence}</li>\n`)}</ul>`
}
<p><a href="tasks?list=${kind}">Back to the list</a></p>
</section>`;
  return renderDocument(title, main, frame);
}
