import { readPreferences, savePreferences } from '../../governance/notifications/preferences.ts';
import { renderDocument } from '../layout.ts';
import { type FormFields, readFields } from '../link-requests.ts';
import { renderPreferencesForm } from '../preferences-page.ts';
import { toPreferencesChange } from '../preferences-routes.ts';
import { frameOf } from './frame.ts';
import { type FormProblem, runInboxForm, tokenFor, type Visit } from './visit.ts';

const subject = 'notifications';

export async function showNotifications(visit: Visit): Promise<void> {
  await sendNotifications(visit, { isSaved: false, input: {} });
}

export async function handleNotifications(visit: Visit): Promise<void> {
  const problem = await runInboxForm(visit, subject, async (ctx, fields) =>
    savePreferences(ctx, toPreferencesChange(fields)),
  );
  const input = problem ? readFields(visit.request) : {};
  await sendNotifications(visit, { isSaved: !problem, input, problem });
}

async function sendNotifications(
  visit: Visit,
  shown: { isSaved: boolean; input: FormFields; problem?: FormProblem | undefined },
): Promise<void> {
  const { ctx, person, zone, response } = visit;
  const { isSaved, input, problem } = shown;
  const page = { person, timeZone: zone, form: await readPreferences(ctx) };
  const state = { token: tokenFor(visit, subject), isSaved, problem: problem?.sentence, input };
  const main = renderPreferencesForm(page, state, true);
  const frame = frameOf(visit, 'notifications');
  response.status(problem?.status ?? 200).send(renderDocument('Notifications', main, frame));
}
