import type { InboxDoor } from '../governance/email-links/inbox-session.ts';
import type { PreferencesPage } from '../governance/email-links/preferences-page.ts';
import { channelWords, summaryWords } from '../governance/notifications/preferences.ts';
import { stepKinds } from '../governance/policies/step-kinds.ts';
import { tabWords } from '../governance/task-cards/inbox.ts';
import { type Html, html } from './html.ts';
import { renderEntryButton } from './inbox/entry-form.ts';
import { renderDocument } from './layout.ts';

/** The form value that stands for the organization's default. */
export const organizationDefault = 'organization';

/** The state of the form on the preferences page. */
export interface PreferencesFormState {
  /** Proves that the form came from this page (form-token.ts). */
  token: string;
  isSaved: boolean;
  /** The reason why the input was not saved. */
  problem?: string | undefined;
  /** Input that was not saved, by field name. */
  input: Record<string, string>;
}

/** The entrance to the inbox, above the notification settings of a link. */
export interface Entrance {
  door: InboxDoor;
  /** Of createEntryToken. */
  entryToken: string;
  /** Of the form that sends a newer link. */
  renewToken: string;
  /** The answer to a press, or why it was refused. */
  result?: string | undefined;
}

/**
 * Renders the page behind the link of every mail: the entrance to the inbox, and how and when the person is notified.
 * @param entrance undefined for a person who can only choose notifications
 */
export function renderLinkPage(
  page: PreferencesPage,
  state: PreferencesFormState,
  entrance: Entrance | undefined,
): string {
  const main = html`${entrance && renderEntrance(page.person.name, entrance)}
${renderPreferencesForm(page, state, entrance === undefined)}`;
  const footer = html`<p>This link belongs to <bdi>${page.person.name}</bdi>: everything sent here is recorded in their name. If you are somebody else, close this page. Anybody who gets the e-mail can use its link, so do not forward it.</p>`;
  const title = entrance ? 'Inbox and notifications' : 'Notifications';
  return renderDocument(state.isSaved ? 'Saved: notifications' : title, main, { footer });
}

/** Renders the page of a link that has expired, with a form that sends a newer one. */
export function renderExpiredLinkPage(sentence: string, entrance: Entrance | undefined): string {
  const main = html`<section>
${entrance?.result && html`<p class="state" role="status" dir="auto">${entrance.result}</p>`}
<h1>This link has expired</h1>
<p dir="auto">${sentence} Use the link in a newer e-mail.</p>
${entrance && !entrance.result && renderRenewal(entrance)}
</section>`;
  return renderDocument('This link has expired', main);
}

function renderEntrance(name: string, entrance: Entrance): Html {
  const { door, entryToken, result } = entrance;
  const counts = stepKinds.flatMap((kind) =>
    door.counts[kind] > 0 ? [`${tabWords[kind]} ${door.counts[kind]}`] : [],
  );
  return html`<section>
${result && html`<p class="state" role="status" dir="auto">${result}</p>`}
<h1>Inbox of <bdi>${name}</bdi></h1>
<p>${counts.length > 0 ? counts.join(' · ') : 'There are no open tasks.'}</p>
${
  door.closed === undefined
    ? html`<form method="post">
<p class="hint">Decide tasks, follow your requests, request access and choose a delegate. It stays open for an hour.</p>
${renderEntryButton(entryToken, true)}
</form>`
    : html`<p dir="auto">${door.closed}</p>${renderRenewal(entrance)}`
}
</section>`;
}

function renderRenewal({ renewToken }: Entrance): Html {
  return html`<form method="post">
<p class="hint">The new link comes to the person who got this one.</p>
<input type="hidden" name="do" value="renew">
<input type="hidden" name="form" value="${renewToken}">
<div class="buttons"><button class="main">Send new link</button></div>
</form>`;
}

/** Renders how and when a person is notified. @param isTitle whether its heading is that of the page */
export function renderPreferencesForm(
  page: PreferencesPage,
  state: PreferencesFormState,
  isTitle: boolean,
): Html {
  const { own, organization, inForce } = page.form;
  const { input, problem, isSaved } = state;
  const channel = input.channel ?? own.channel ?? organizationDefault;
  const summary = input.summary ?? own.summary ?? organizationDefault;
  const heading = html`Notifications for <bdi>${page.person.name}</bdi>`;
  return html`${problem && html`<section><p class="problem" role="alert" dir="auto">${problem}</p></section>`}
<form method="post">
${isSaved && html`<p class="state" role="status">Saved.</p>`}
${isTitle ? html`<h1>${heading}</h1>` : html`<h2>${heading}</h2>`}
<input type="hidden" name="do" value="save">
<input type="hidden" name="form" value="${state.token}">
${
  organization.locked
    ? html`<p>Your organization notifies everybody by: ${channelWords[organization.channel]}.</p>`
    : renderChoices('channel', 'How to notify me', channelWords, organization.channel, channel)
}
${renderChoices('summary', 'Summary of open tasks', summaryWords, organization.summary, summary)}
<fieldset>
<legend>Working hours</legend>
<p class="hint">Reminders and summaries come on working days between these hours (${page.timeZone}). New tasks and results come at once.</p>
${renderHours('from', 'From', 0, Number(input.from ?? inForce.workFromHour))}
${renderHours('until', 'Until', 1, Number(input.until ?? inForce.workUntilHour))}
</fieldset>
<div class="buttons"><button class="main">Save</button></div>
</form>`;
}

function renderChoices<T extends string>(
  name: string,
  legend: string,
  words: Readonly<Record<T, string>>,
  defaultValue: T,
  chosen: string,
): Html {
  const options = { [organizationDefault]: `Default (${words[defaultValue]})`, ...words };
  const rows = Object.entries(options).map(
    ([value, text]) =>
      html`<label class="choice"><input type="radio" name="${name}" value="${value}"${value === chosen && html` checked`}><span>${text}</span></label>\n`,
  );
  return html`<fieldset>\n<legend>${legend}</legend>\n${rows}</fieldset>`;
}

/** Renders a list of 24 hours. @param first the first hour of the list */
function renderHours(name: string, label: string, first: number, chosen: number): Html {
  const options = Array.from({ length: 24 }, (_, at) => first + at).map(
    (hour) =>
      html`<option value="${hour}"${hour === chosen && html` selected`}>${String(hour).padStart(2, '0')}:00</option>`,
  );
  return html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">${options}</select></div>\n`;
}
