import { type Ctx, inTransaction, readerZone } from '../context.ts';
import {
  type PreferencesChange,
  type PreferencesForm,
  readPreferences,
  savePreferences,
} from '../notifications/preferences.ts';
import { type OpenLink, openLink } from './action-links.ts';

/** What the page of preferences behind a link shows. */
export interface PreferencesPage {
  /** Whose link it is. */
  person: OpenLink['person'];
  /** The time zone of their hours. */
  timeZone: string;
  form: PreferencesForm;
}

/** The preferences of a link's person. Changes nothing. @throws Refusal as openLink. */
export async function readPreferencesPage(ctx: Ctx, token: string): Promise<PreferencesPage> {
  const open = await openLink(ctx, token, 'preferences');
  return {
    person: open.person,
    timeZone: readerZone(open.ctx),
    form: await readPreferences(open.ctx),
  };
}

/** Keeps what the person of a link chose. @throws Refusal as openLink and savePreferences. */
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
