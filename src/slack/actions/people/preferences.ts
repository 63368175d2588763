import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  type NotificationSettings,
  type PreferencesChange,
  readNotificationSettings,
  readPreferences,
  saveNotificationSettings,
  savePreferences,
} from '../../../governance/notifications/preferences.ts';
import { rolesHave } from '../../../governance/permissions.ts';
import { openModal } from '../../answers.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import {
  organizationDefaultValue,
  organizationPreferencesView,
  preferencesView,
} from '../../blocks/people/preferences.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

/** The reader's own preferences as they are now. */
export async function preferencesForm(ctx: ActorCtx): Promise<ModalView> {
  return preferencesView(await readPreferences(ctx), rolesHave(ctx.actor.roles, 'manageUsers'));
}

/** *Notifications*: one's own, and for Super Admins those of the organisation. */
export function listenToPreferences(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.preferencesOpen, async ({ ctx, client, triggerId }) => {
    await openModal(client, triggerId, () => preferencesForm(ctx));
  });

  onSubmit(app, deps, ids.preferencesSave, 'until', async ({ ctx, view }) => {
    await savePreferences(ctx, readChange(view));
    return sentenceView('Notifications', 'Saved. From now on you are reached this way.');
  });

  onAction(app, deps, ids.organisationOpen, async ({ ctx, client, triggerId, view }) => {
    const form = organizationPreferencesView(await readNotificationSettings(ctx));
    await openModal(client, triggerId, async () => form, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.organisationSave, 'channel', async ({ ctx, view }) => {
    const locked = fieldOf(view.state.values, 'locked')?.selected_options ?? [];
    await saveNotificationSettings(ctx, {
      channel: choiceOf(view, 'channel') as NotificationSettings['channel'],
      summary: choiceOf(view, 'summary') as NotificationSettings['summary'],
      locked: locked.length > 0,
    });
    const text =
      locked.length > 0
        ? 'Saved. Everybody is reached this way.'
        : 'Saved. Everybody who chose nothing else is reached this way.';
    return sentenceView('Notifications of all', text);
  });
}

/** What the form says; a field that it does not have changes nothing. */
function readChange(view: ViewOutput): PreferencesChange {
  const own = (field: string) => {
    const value = choiceOf(view, field);
    return value === organizationDefaultValue ? null : value;
  };
  const hour = (field: string) => {
    const value = choiceOf(view, field);
    return value === undefined ? undefined : Number(value);
  };
  return Object.fromEntries(
    Object.entries({
      channel: own('channel'),
      summary: own('summary'),
      workFromHour: hour('from'),
      workUntilHour: hour('until'),
    }).filter(([, value]) => value !== undefined),
  );
}

function choiceOf({ state }: ViewOutput, field: string): string | undefined {
  return fieldOf(state.values, field)?.selected_option?.value;
}
