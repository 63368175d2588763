import { type Ctx, inTransaction, readerZone } from '../context.ts';
import {
  type PreferencesChange,
  type PreferencesForm,
  readPreferences,
  savePreferences,
} from '../notifications/preferences.ts';
import { type OpenLink, openLink } from './action-links.ts';

/** The preferences page of a link. */
export interface PreferencesPage {
  /** The person of the link. */
  person: OpenLink['person'];
  /** The time zone of their working hours. */
  timeZone: string;
  form: PreferencesForm;
}

/** Reads the preferences of the link's person. Changes nothing. @throws Refusal as openLink. */
export async function readPreferencesPage(ctx: Ctx, token: string): Promise<PreferencesPage> {
  const open = await openLink(ctx, token, 'preferences');
  return {
    person: open.person,
    timeZone: readerZone(open.ctx),
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
