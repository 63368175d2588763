import type { RequestedAccess } from '../../governance/requests/request-access.ts';
import { maxRequested } from '../../governance/requests/request-access.ts';
import { type Html, html } from '../html.ts';
import { type PageFrame, renderDocument } from '../layout.ts';
import { renderAnswer, renderToken } from './frame.ts';
import type { FormProblem } from './visit.ts';

/** The choices of a request form: the value of each field as it was sent. */
export interface RequestChoices {
  personId: number;
  query: string;
  /** The ticked entitlements. */
  chosen: readonly { id: number; name: string }[];
  until: string;
  lastDay: string;
  reason: string;
  isEmergency: boolean;
}

export interface RequestFormState {
  token: string;
  /** The person and their direct reports. */
  people: readonly { id: number; name: string }[];
  /** What the search found, without the chosen ones; undefined: nothing was searched. */
  found: readonly FoundRow[] | undefined;
  problem?: FormProblem | undefined;
  frame: PageFrame;
}

interface FoundRow {
  id: number;
  app: string;
  name: string;
  description: string | null;
  risk: string | null;
  held: boolean;
}

const durations = [
  ['none', 'No end, or the maximum allowed'],
  ['1', '1 day'],
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['date', 'Until the last day below'],
] as const;

/** Renders the search for entitlements, then the form that requests the ticked ones. */
export function renderRequestForm(choices: RequestChoices, state: RequestFormState): string {
  const { problem, found, frame } = state;
  const hasForm = found !== undefined || choices.chosen.length > 0 || problem !== undefined;
  const main = html`<form method="get" action="request" role="search">
<h1>Request access</h1>
${renderPeople(choices, state)}
<div class="field">
<label for="q">Application or entitlement</label>
<p class="hint" id="q-hint">For example: github admin</p>
<input type="search" id="q" name="q" value="${choices.query}" maxlength="100" aria-describedby="q-hint" autocomplete="off">
</div>
${choices.chosen.map(({ id }) => html`<input type="hidden" name="chosen" value="${id}">`)}
<div class="buttons"><button${!hasForm && html` class="main"`}>Search</button></div>
</form>
${hasForm && renderRequest(choices, state)}`;
  return renderDocument('Request access', main, frame);
}

function renderPeople(
  { personId }: RequestChoices,
  { people }: RequestFormState,
): Html | undefined {
  if (people.length < 2) return undefined;
  const options = people.map(
    ({ id, name }) =>
      html`<option value="${id}"${id === personId && html` selected`}>${name}</option>`,
  );
  return html`<div class="field"><label for="for">Request for</label>
<p class="hint" id="for-hint">Yourself or one of your direct reports.</p>
<select id="for" name="for" aria-describedby="for-hint">${options}</select></div>`;
}

function renderRequest(choices: RequestChoices, state: RequestFormState): Html {
  const { personId, chosen, query } = choices;
  const { found, people, problem, token } = state;
  const person = people.find(({ id }) => id === personId);
  const invalid = (field: string) =>
    problem?.field === field && html` aria-invalid="true" autofocus`;
  return html`<form method="post" action="request">
${renderAnswer(undefined, problem?.sentence)}
<h2>${person ? html`For <bdi>${person.name}</bdi>` : 'Request'}</h2>
<fieldset>
<legend>Entitlements</legend>
<p class="hint">Tick one or more, at most ${maxRequested}. Each becomes its own request.</p>
${chosen.map(({ id, name }) => renderBox(id, html`<bdi>${name}</bdi>`, true))}
${(found ?? []).map(renderFound)}
${found?.length === 0 && html`<p role="status" dir="auto">Nothing else that can be requested matches “${query}”.</p>`}
</fieldset>
<div class="field">
<label for="more">Search for more</label>
<p class="hint" id="more-hint">What is ticked and typed here stays.</p>
<input type="search" id="more" name="q" value="${query}" maxlength="100" aria-describedby="more-hint" autocomplete="off">
</div>
<div class="buttons"><button name="do" value="search">Search</button></div>
<div class="field"><label for="until">Duration</label><select id="until" name="until">${durations.map(
    ([value, words]) =>
      html`<option value="${value}"${value === choices.until && html` selected`}>${words}</option>`,
  )}</select></div>
<div class="field"><label for="last_day">Last day</label>
<p class="hint" id="day-hint">Only for “Until the last day below”.</p>
<input type="date" id="last_day" name="last_day" value="${choices.lastDay}" aria-describedby="${problem && 'problem '}day-hint"${invalid('until')}></div>
<div class="field"><label for="reason">Reason</label>
<p class="hint" id="reason-hint">Why it is needed. The approver sees your reason.</p>
<textarea id="reason" name="reason" rows="3" maxlength="1000" dir="auto" aria-describedby="${problem && 'problem '}reason-hint"${invalid('reason')}>\n${choices.reason}</textarea></div>
<label class="choice"><input type="checkbox" name="emergency" value="yes"${choices.isEmergency && html` checked`}><span>Emergency: this cannot wait for the usual approval<small>Skips approval, is flagged, and ends within 7 days. Only if the entitlement allows it.</small></span></label>
<input type="hidden" name="for" value="${personId}">
${renderToken(token)}
<div class="buttons"><button class="main" name="do" value="request">Request access</button></div>
</form>`;
}

function renderFound({ id, app, name, description, risk, held }: FoundRow): Html {
  const notes = [
    ...(held ? ['already held'] : []),
    ...(risk ? [`${risk} risk`] : []),
    ...(description ? [description] : []),
  ].join(' · ');
  return renderBox(
    id,
    html`<bdi>${app} · ${name}</bdi>${notes && html`<small dir="auto">${notes}</small>`}`,
    false,
  );
}

function renderBox(id: number, words: Html, isTicked: boolean): Html {
  return html`<label class="choice"><input type="checkbox" name="entitlement" value="${id}"${isTicked && html` checked`}><span>${words}</span></label>
`;
}

/** Renders what was requested, and why the rest was not. */
export function renderRequested({ opened, refused }: RequestedAccess, frame: PageFrame): string {
  const main = html`<section>
<h1 role="status">${opened.length > 0 ? 'Requested' : 'Nothing was requested'}</h1>
<ul>${opened.map(
    ({ id, label, until }) =>
      html`<li dir="auto"><a href="${id}">#${id}</a> ${label}${until && ` until ${until}`}</li>\n`,
  )}</ul>
${refused.length > 0 && html`<h2>Not requested</h2>\n<ul>${refused.map(({ why }) => html`<li dir="auto">${why}</li>\n`)}</ul>`}
<p>You get a message about each request. <a href="requests">My requests</a></p>
</section>`;
  return renderDocument('Requested', main, frame);
}
