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

/** What the page of preferences behind a link shows. */
export interface PreferencesPage {
  /** Whose link it is. */
  person: OpenLink['person'];
  /** In which their hours are, as far as Slack says. */
  timeZone: string | undefined;
  form: PreferencesForm;
}

/** The preferences of a link's person. Changes nothing. @throws Refusal as openLink. */
export async function readPreferencesPage(ctx: Ctx, token: string): Promise<PreferencesPage> {
  const open = await openLink(ctx, token, 'preferences');
  const identity = await findSlackIdentity(ctx.db, open.person.id);
  return {
    person: open.person,
    timeZone: knownZone(identity?.timeZone),
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
