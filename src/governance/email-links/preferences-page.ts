import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import { type Ctx, inTransaction } from '../context.ts';
import {
  type PreferencesChange,
  type PreferencesForm,
  readPreferences,
  savePreferences,
} from '../notifications/preferences.ts';
import { knownZone } from '../notifications/working-hours.ts';
import { type OpenLink, openLink } from './action-links.ts';

/** The preferences page of a link. */
export interface PreferencesPage {
  /** The person of the link. */
  person: OpenLink['person'];
  /** The time zone of their working hours; undefined if Slack does not say. */
  timeZone: string | undefined;
  form: PreferencesForm;
}

/** Reads the preferences of the link's person. Changes nothing. @throws Refusal as openLink. */
export async function readPreferencesPage(ctx: Ctx, token: string): Promise<PreferencesPage> {
  const open = await openLink(ctx, token, 'preferences');
  const identity = await findSlackIdentity(ctx.db, open.person.id);
  return {
    person: open.person,
    timeZone: knownZone(identity?.timeZone),
    form: await readPreferences(open.ctx),
  };
}

/** Saves the preferences of the link's person. @throws Refusal as openLink and savePreferences. */
export async function savePreferencesByLink(
  ctx: Ctx,
  token: string,
  change: PreferencesChange,
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openLink(ctx, token, 'preferences');
    await savePreferences(open.ctx, change);
  });
}
