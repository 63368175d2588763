import type { PreferencesPage } from '../governance/email-links/preferences-page.ts';
import { channelWords, summaryWords } from '../governance/notifications/preferences.ts';
import { type Html, html } from './html.ts';
import { document } from './layout.ts';

/** Stands for "as the organisation has it". */
export const organizationDefault = 'organisation';

/** What the form of that page carries and shows. */
export interface PreferencesState {
  /** What only this page could send (form-token.ts). */
  token: string;
  isSaved: boolean;
  trouble?: string | undefined;
  /** What was chosen and is not saved. */
  typed: Record<string, string>;
}

/** How and when somebody is reached, to be chosen without Slack. */
export function preferencesPage(
  page: PreferencesPage,
  state: PreferencesState,
  timeZone: string,
): string {
  const { own, organisation, inForce } = page.form;
  const { typed, trouble, isSaved } = state;
  const channel = typed.channel ?? own.channel ?? organizationDefault;
  const summary = typed.summary ?? own.summary ?? organizationDefault;
  const main = html`${trouble && html`<section><p class="trouble" role="alert" dir="auto">${trouble}</p></section>`}
<form method="post">
${isSaved && html`<p class="state" role="status">Saved.</p>`}
<h1>How Rolemine reaches <bdi>${page.person.name}</bdi></h1>
<input type="hidden" name="form" value="${state.token}">
${
  organisation.locked
    ? html`<p>Your organisation reaches everybody by: ${channelWords[organisation.channel]}.</p>`
    : choices('channel', 'Where messages come', channelWords, organisation.channel, channel)
}
${choices('summary', 'Summary of what waits for me', summaryWords, organisation.summary, summary)}
<fieldset>
<legend>When I work</legend>
<p class="hint">Reminders and summaries come on working days between these hours (${page.timeZone ?? timeZone}). What is new comes at once.</p>
${hours('from', 'From', 0, Number(typed.from ?? inForce.workFromHour))}
${hours('until', 'Until', 1, Number(typed.until ?? inForce.workUntilHour))}
</fieldset>
<div class="buttons"><button class="main">Save</button></div>
</form>`;
  const footer = html`<p>This link is <bdi>${page.person.name}</bdi>’s: what is saved here is theirs. If you are somebody else, close this page.</p>`;
  return document(isSaved ? 'Saved: notifications' : 'Notifications', main, footer);
}

function choices<T extends string>(
  name: string,
  legend: string,
  words: Readonly<Record<T, string>>,
  theirs: T,
  chosen: string,
): Html {
  const all = { [organizationDefault]: `As the organisation has it: ${words[theirs]}`, ...words };
  const rows = Object.entries(all).map(
    ([value, text]) =>
      html`<label class="choice"><input type="radio" name="${name}" value="${value}"${value === chosen && html` checked`}><span>${text}</span></label>\n`,
  );
  return html`<fieldset>\n<legend>${legend}</legend>\n${rows}</fieldset>`;
}

/** 24 hours of the day. @param first the first that is offered */
function hours(name: string, label: string, first: number, chosen: number): Html {
  const options = Array.from({ length: 24 }, (_, at) => first + at).map(
    (hour) =>
      html`<option value="${hour}"${hour === chosen && html` selected`}>${String(hour).padStart(2, '0')}:00</option>`,
  );
  return html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">${options}</select></div>\n`;
}
