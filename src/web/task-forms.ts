import type { LinkChoice } from '../governance/email-links/task-page.ts';
import { type Html, html } from './html.ts';

/** The state of the forms on a task's page. */
export interface TaskFormState {
  /** Proves that a form came from this page (form-token.ts). */
  token: string;
  /** The version of the step that the page shows; 0 without a step. */
  version: number;
  /** The step that the page shows; 0 without one. */
  stepId: number;
  /** The reason why a form was refused, and which form it was. */
  problem?: { sentence: string; form: FormName | 'inbox' } | undefined;
  /** Input of a refused form, by field name, so that it is not lost. */
  input: Record<string, string>;
  /** A search for a new assignee and its results. */
  search?: { query: string; candidates: readonly Candidate[] } | undefined;
  /** The page of comments, from 0; undefined: the newest ones. */
  commentsPage?: number | undefined;
  /** The decision whose form opens with the focus; undefined: one form for both. */
  decision?: 'yes' | 'no' | undefined;
  /** The token of the form that opens the inbox; undefined in the inbox. */
  entryToken?: string | undefined;
}

export type FormName = 'decide' | 'reassign' | 'hand-on' | 'comment';

interface Candidate {
  id: number;
  name: string;
  jobTitle: string | null;
  department: string | null;
}

/** In UTF-16 units. */
const maxFieldLengths = { reason: 1_000, comment: 12_000, search: 100 } as const;
const maxCandidates = 20;

/**
 * Renders the decision buttons with a field for the reason. Each button of a mail opens the form of its own decision, and
 * a link leads to the other one.
 */
export function renderDecisionForm(choice: LinkChoice, name: string, state: TaskFormState): Html {
  const { yes, no, reasonFor, limit } = choice;
  const only = yes === undefined ? 'no' : state.decision;
  const needs = [
    ...(yes && only !== 'no' && reasonFor.yes ? [yes] : []),
    ...(only !== 'yes' && reasonFor.no ? [no] : []),
  ];
  const required = needs.length > 0 ? `Required for “${needs.join('” and “')}”. ` : '';
  return html`<form method="post" id="decide" aria-labelledby="decide-as">
<p id="decide-as">You decide as <b><bdi>${name}</bdi></b>.</p>
${limit && html`<p class="state" dir="auto">${limit}</p>`}
<div class="field">
<label for="reason">Reason</label>
<p class="hint" id="reason-hint">${required}The requester sees your reason.</p>
${renderTextarea({ id: 'reason', name: 'reason', hintId: 'reason-hint', form: 'decide' }, state)}
</div>
<div class="buttons">
${yes && only !== 'no' && html`<button class="${choice.isDestructive ? 'danger' : 'main'}" name="decision" value="yes">${yes}</button>`}
${only !== 'yes' && html`<button${only === 'no' && html` class="main"`} name="decision" value="no">${no}</button>`}
${yes && only && html`<a href="?decide=${only === 'yes' ? 'no' : 'yes'}">${only === 'yes' ? no : yes} instead</a>`}
</div>
${renderHiddenFields(state, 'decide')}
</form>`;
}

/** Renders the one press that sends a step to people who can approve it in Slack. */
export function renderHandOnForm({ handsOnTo }: LinkChoice, state: TaskFormState): Html {
  const names = handsOnTo.slice(0, 3).join(' or ');
  return html`<form method="post" id="hand-on">
<div class="buttons"><button>Send to <bdi>${names}</bdi> in Slack</button></div>
${renderHiddenFields(state, 'hand-on')}
</form>`;
}

/** Renders a search for a new assignee. After a search, its results follow in a form of their own. */
export function renderReassignForm(state: TaskFormState): Html {
  const { search, problem } = state;
  const isOpen = search !== undefined || problem?.form === 'reassign';
  return html`<details id="reassign"${isOpen && html` open`}>
<summary>Reassign to…</summary>
<div>
<form method="get" action="#reassign" role="search">
<div class="field">
<label for="q">Find a person</label>
<p class="hint" id="q-hint">Type part of a name or an e-mail address.</p>
<input type="search" id="q" name="q" value="${search?.query ?? ''}" maxlength="${maxFieldLengths.search}" aria-describedby="q-hint" autocomplete="off" required>
</div>
<div class="buttons"><button>Search</button></div>
</form>
${search && renderCandidates(search, state)}
</div>
</details>`;
}

function renderCandidates(
  { query, candidates }: NonNullable<TaskFormState['search']>,
  state: TaskFormState,
): Html {
  if (candidates.length === 0) {
    return html`<p role="status" dir="auto">Nobody who can take this task matches “${query}”.</p>`;
  }
  const more = candidates.length - maxCandidates;
  return html`<form method="post">
<input type="hidden" name="q" value="${query}">
<fieldset>
<legend>New assignee</legend>
${candidates.slice(0, maxCandidates).map((candidate) => renderCandidate(candidate, state))}
${more > 0 && html`<p class="hint">There are more people. Type more of the name.</p>`}
</fieldset>
<div class="field">
<label for="why">Reason</label>
<p class="hint" id="why-hint">The new assignee sees your reason.</p>
${renderTextarea({ id: 'why', name: 'reason', hintId: 'why-hint', form: 'reassign' }, state)}
</div>
<div class="buttons"><button class="main">Reassign</button></div>
${renderHiddenFields(state, 'reassign')}
</form>`;
}

function renderCandidate(
  { id, name, jobTitle, department }: Candidate,
  { input }: TaskFormState,
): Html {
  const about = [jobTitle, department].filter(Boolean).join(', ');
  const isChosen = input.person === String(id);
  return html`<label class="choice"><input type="radio" name="person" value="${id}" required${isChosen && html` checked`}><span><bdi>${name}</bdi>${about && html`<small dir="auto">${about}</small>`}</span></label>
`;
}

/** Renders the comment form. Every person who can open the page may comment. */
export function renderCommentForm(state: TaskFormState, commentCount: number): Html {
  const isOpen = state.problem?.form === 'comment';
  return html`<details id="comment"${isOpen && html` open`}>
<summary>Comment</summary>
<div>
<form method="post">
<div class="field">
<label for="body">${commentCount > 0 ? 'Add a comment' : 'Your comment'}</label>
<p class="hint" id="body-hint">Everybody who sees the task sees your comment.</p>
${renderTextarea({ id: 'body', name: 'comment', hintId: 'body-hint', form: 'comment' }, state)}
</div>
<div class="buttons"><button class="main">Send comment</button></div>
${renderHiddenFields(state, 'comment')}
</form>
</div>
</details>`;
}

function renderHiddenFields({ token, version, stepId }: TaskFormState, form: FormName): Html {
  return html`<input type="hidden" name="do" value="${form}">
<input type="hidden" name="step" value="${stepId}">
<input type="hidden" name="form" value="${token}">
<input type="hidden" name="version" value="${version}">`;
}

/** Renders a text field. After a refusal it has the problem above it, the focus and the text that was typed. */
function renderTextarea(
  field: { id: string; name: 'reason' | 'comment'; hintId: string; form: FormName },
  { problem, input, decision }: TaskFormState,
): Html {
  const { id, name, hintId, form } = field;
  const isInvalid = problem?.form === form;
  const isChosen = form === 'decide' && decision !== undefined && problem === undefined;
  const text = isInvalid ? (input[name] ?? '') : '';
  const marks = isInvalid ? html` autofocus aria-invalid="true"` : isChosen && html` autofocus`;
  // Browsers drop the first line break in a textarea, so one is added.
  return html`${isInvalid && html`<p class="problem" role="alert" id="problem" dir="auto">${problem.sentence}</p>\n`}<textarea id="${id}" name="${name}" rows="3" maxlength="${maxFieldLengths[name]}" dir="auto" aria-describedby="${isInvalid ? 'problem ' : ''}${hintId}"${marks}>\n${text}</textarea>`;
}
