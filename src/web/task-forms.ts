import type { LinkChoice } from '../governance/email-links/task-page.ts';
import { type Html, html } from './html.ts';

/** What the forms of a page carry and show, beside the task. */
export interface TaskForm {
  /** What only this page could send (form-token.ts). */
  token: string;
  /** The step as the page shows it; 0 without one. */
  version: number;
  /** Why what was sent is not done, and where it was typed. */
  trouble?: { sentence: string; at: 'decide' | 'reassign' | 'comment' } | undefined;
  /** What was typed, so that it is not lost. */
  typed: Record<string, string>;
  /** Who was looked for to take the step, and who was found. */
  search?: { words: string; found: readonly Taker[] } | undefined;
}

interface Taker {
  id: number;
  name: string;
  jobTitle: string | null;
  department: string | null;
}

export const maxReasonLength = { reason: 1_000, comment: 12_000, search: 100 } as const;
const maxAssignable = 20;

/** The buttons, with a field for the reason. */
export function decideForm(choice: LinkChoice, name: string, form: TaskForm): Html {
  const { yes, no, reasonFor } = choice;
  const needs = [...(reasonFor.yes ? [yes] : []), ...(reasonFor.no ? [no] : [])];
  const hint = needs.length > 0 ? `Needed for “${needs.join('” and “')}”. ` : '';
  return html`<form method="post" id="decide" aria-labelledby="decide-as">
<p id="decide-as">You decide as <b><bdi>${name}</bdi></b>.</p>
<div class="field">
<label for="reason">Reason</label>
<p class="hint" id="reason-hint">${hint}The requester is told your reason.</p>
${area('reason', 'reason', 'reason-hint', form, 'decide')}
</div>
<div class="buttons">
<button class="main" name="decision" value="yes">${yes}</button>
<button name="decision" value="no">${no}</button>
</div>
${hidden(form, 'decide')}
</form>`;
}

/** A search field, and once something was looked for, whom to choose from. */
export function reassignForm(form: TaskForm): Html {
  const { search, trouble } = form;
  const isOpen = search !== undefined || trouble?.at === 'reassign';
  return html`<details id="reassign"${isOpen && html` open`}>
<summary>Reassign to…</summary>
<div>
<form method="get" action="#reassign" role="search">
<div class="field">
<label for="q">Find who is to take it</label>
<p class="hint" id="q-hint">Part of a name or an address.</p>
<input type="search" id="q" name="q" value="${search?.words ?? ''}" maxlength="${maxReasonLength.search}" aria-describedby="q-hint" autocomplete="off" required>
</div>
<div class="buttons"><button>Search</button></div>
</form>
${search && takersForm(search, form)}
</div>
</details>`;
}

function takersForm({ words, found }: NonNullable<TaskForm['search']>, form: TaskForm): Html {
  if (found.length === 0) {
    return html`<p role="status" dir="auto">Nobody who could take it matches “${words}”.</p>`;
  }
  const more = found.length - maxAssignable;
  return html`<form method="post">
<input type="hidden" name="q" value="${words}">
<fieldset>
<legend>Who takes it</legend>
${found.slice(0, maxAssignable).map((one) => takerOf(one, form))}
${more > 0 && html`<p class="hint">There are more; write more of the name.</p>`}
</fieldset>
<div class="field">
<label for="why">Reason</label>
<p class="hint" id="why-hint">They are told it.</p>
${area('why', 'reason', 'why-hint', form, 'reassign')}
</div>
<div class="buttons"><button class="main">Reassign</button></div>
${hidden(form, 'reassign')}
</form>`;
}

function takerOf({ id, name, jobTitle, department }: Taker, { typed }: TaskForm): Html {
  const about = [jobTitle, department].filter(Boolean).join(', ');
  const isChosen = typed.person === String(id);
  return html`<label class="choice"><input type="radio" name="person" value="${id}" required${isChosen && html` checked`}><span><bdi>${name}</bdi>${about && html`<small dir="auto">${about}</small>`}</span></label>
`;
}

/** Everybody whom the task concerns may comment. */
export function commentForm(form: TaskForm, count: number): Html {
  const isOpen = form.trouble?.at === 'comment';
  return html`<details id="comment"${isOpen && html` open`}>
<summary>Comment</summary>
<div>
<form method="post">
<div class="field">
<label for="body">${count > 0 ? 'Add a comment' : 'Your comment'}</label>
<p class="hint" id="body-hint">Everybody who sees the task sees it.</p>
${area('body', 'comment', 'body-hint', form, 'comment')}
</div>
<div class="buttons"><button class="main">Send comment</button></div>
${hidden(form, 'comment')}
</form>
</div>
</details>`;
}

function hidden({ token, version }: TaskForm, what: string): Html {
  return html`<input type="hidden" name="do" value="${what}">
<input type="hidden" name="form" value="${token}">
<input type="hidden" name="version" value="${version}">`;
}

/** A field for words; where they were refused it is pointed at, with what was typed still in it. */
function area(
  id: string,
  name: 'reason' | 'comment',
  hint: string,
  { trouble, typed }: TaskForm,
  at: string,
): Html {
  const isWrong = trouble?.at === at;
  const words = isWrong ? (typed[name] ?? '') : '';
  const wrong = isWrong && html` autofocus aria-invalid="true"`;
  // A browser drops the first line break of a field.
  return html`${isWrong && html`<p class="trouble" role="alert" id="trouble" dir="auto">${trouble.sentence}</p>\n`}<textarea id="${id}" name="${name}" rows="3" maxlength="${maxReasonLength[name]}" dir="auto" aria-describedby="${isWrong ? 'trouble ' : ''}${hint}"${wrong}>\n${words}</textarea>`;
}
