import type { PreferencesPage } from '../governance/email-links/preferences-page.ts';
import { channelWords, summaryWords } from '../governance/notifications/preferences.ts';
import { type Html, html } from './html.ts';
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

/** Renders the page where people choose how and when they are notified, without Slack. */
export function renderPreferencesPage(page: PreferencesPage, state: PreferencesFormState): string {
  const { own, organization, inForce } = page.form;
  const { input, problem, isSaved } = state;
  const channel = input.channel ?? own.channel ?? organizationDefault;
  const summary = input.summary ?? own.summary ?? organizationDefault;
  const main = html`${problem && html`<section><p class="problem" role="alert" dir="auto">${problem}</p></section>`}
<form method="post">
${isSaved && html`<p class="state" role="status">Saved.</p>`}
<h1>Notifications for <bdi>${page.person.name}</bdi></h1>
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
  const footer = html`<p>This link belongs to <bdi>${page.person.name}</bdi>: saving changes their settings. If you are somebody else, close this page.</p>`;
  return renderDocument(isSaved ? 'Saved: notifications' : 'Notifications', main, footer);
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
