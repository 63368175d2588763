import type { OwnDelegations } from '../../governance/delegations/delegations.ts';
import { type Html, html } from '../html.ts';
import { type PageFrame, renderDocument } from '../layout.ts';
import { renderAnswer, renderToken } from './frame.ts';

export interface DelegateState {
  token: string;
  query: string;
  /** People whom the search found; undefined: nothing was searched. */
  found:
    | readonly { id: number; name: string; jobTitle: string | null; department: string | null }[]
    | undefined;
  /** What was typed, by field name. */
  input: Record<string, string>;
  result?: string | undefined;
  problem?: string | undefined;
  frame: PageFrame;
}

const maxShown = 20;

/** Renders the person's delegate, and the search and the form that choose another one. */
export function renderDelegatePage({ mine, others }: OwnDelegations, state: DelegateState): string {
  const own = mine.length > 0 ? mine : ['You have no delegate: your new tasks come to you.'];
  const main = html`<section>
${renderAnswer(state.result, state.found === undefined ? state.problem : undefined)}
<h1>My delegate</h1>
${[...own, ...others].map((line) => html`<p dir="auto">${line}</p>\n`)}
${
  mine.length > 0 &&
  html`<form method="post" action="delegate"><input type="hidden" name="do" value="end">${renderToken(state.token)}<div class="buttons"><button>End delegation</button></div></form>`
}
</section>
<form method="get" action="delegate" role="search">
<h2>Choose a delegate</h2>
<p class="hint">They get your new tasks, except those of high risk, and each task names you. Open tasks stay with you.</p>
<div class="field">
<label for="q">Find a person</label>
<p class="hint" id="q-hint">Type part of a name or an e-mail address.</p>
<input type="search" id="q" name="q" value="${state.query}" maxlength="100" aria-describedby="q-hint" autocomplete="off" required>
</div>
<div class="buttons"><button>Search</button></div>
</form>
${state.found && renderCandidates(state.found, state)}`;
  return renderDocument('My delegate', main, state.frame);
}

function renderCandidates(found: NonNullable<DelegateState['found']>, state: DelegateState): Html {
  const { query, input, problem, token } = state;
  if (found.length === 0) {
    return html`<section><p role="status" dir="auto">Nobody who can be your delegate matches “${query}”.</p></section>`;
  }
  const people = found.slice(0, maxShown).map(({ id, name, jobTitle, department }) => {
    const about = [jobTitle, department].filter(Boolean).join(', ');
    const isChosen = input.person === String(id);
    return html`<label class="choice"><input type="radio" name="person" value="${id}" required${isChosen && html` checked`}><span><bdi>${name}</bdi>${about && html`<small dir="auto">${about}</small>`}</span></label>\n`;
  });
  return html`<form method="post" action="delegate">
${renderAnswer(undefined, problem)}
<input type="hidden" name="q" value="${query}">
<fieldset>
<legend>Delegate</legend>
${people}
${found.length > maxShown && html`<p class="hint">There are more people. Type more of the name.</p>`}
</fieldset>
${renderDay('from', 'From', 'Empty: from now on.', input)}
${renderDay('until', 'Until', 'The last day. Empty: until you end it.', input)}
<input type="hidden" name="do" value="set">
${renderToken(token)}
<div class="buttons"><button class="main">Choose delegate</button></div>
</form>`;
}

function renderDay(name: string, label: string, hint: string, input: Record<string, string>): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<p class="hint" id="${name}-hint">${hint}</p>
<input type="date" id="${name}" name="${name}" value="${input[name] ?? ''}" aria-describedby="${name}-hint"></div>`;
}
