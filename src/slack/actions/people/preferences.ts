import type { App, ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  type PreferencesChange,
  readNotificationSettings,
  readPreferences,
  saveNotificationSettings,
  savePreferences,
} from '../../../governance/notifications/preferences.ts';
import { hasPermission } from '../../../governance/permissions.ts';
import { openModal } from '../../answers.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { organizationPreferencesView, preferencesView } from '../../blocks/people/preferences.ts';
import { isTicked, readChoice, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import {
  channelOption,
  ownChannelOption,
  ownSummaryOption,
  summaryOption,
} from '../../state/people.ts';
import { numberOption } from '../../state/records.ts';
import { openOnTop } from '../../windows.ts';

/** Draws the form with the reader's own preferences. */
export async function preferencesForm(ctx: ActorCtx): Promise<ModalView> {
  return preferencesView(await readPreferences(ctx), hasPermission(ctx.actor.roles, 'manageUsers'));
}

/** Registers *Notifications*: a person's own settings, and the organization defaults for Super Admins. */
export function listenToPreferences(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.preferencesOpen, openPreferences);
  onSubmit(app, deps, { id: ids.preferencesSave, field: 'until', handle: submitPreferences });
  onAction(app, deps, ids.organizationOpen, openOrganizationSettings);
  onSubmit(app, deps, {
    id: ids.organizationSave,
    field: 'channel',
    handle: submitOrganizationSettings,
  });
}

async function openPreferences({ ctx, client, triggerId }: Click): Promise<void> {
  await openModal({ client, triggerId }, () => preferencesForm(ctx));
}

async function submitPreferences({ ctx, view }: Submission) {
  await savePreferences(ctx, readChange(view));
  return sentenceView('Notifications', 'Saved. You are notified this way from now on.');
}

async function openOrganizationSettings(click: Click): Promise<void> {
  const form = organizationPreferencesView(await readNotificationSettings(click.ctx));
  await openOnTop(click, async () => form);
}

async function submitOrganizationSettings({ ctx, view }: Submission) {
  const { values } = view.state;
  const locked = isTicked(values, 'locked');
  await saveNotificationSettings(ctx, {
    channel: requireChoice(values, 'channel', channelOption),
    summary: requireChoice(values, 'summary', summaryOption),
    locked,
  });
  const text = locked
    ? 'Saved. Everybody is notified this way.'
    : 'Saved. Everybody without their own choice is notified this way.';
  return sentenceView('Organization defaults', text);
}

/** Reads the form. A field that the form does not have changes nothing. */
function readChange({ state: { values } }: ViewOutput): PreferencesChange {
  return Object.fromEntries(
    Object.entries({
      channel: readChoice(values, 'channel', ownChannelOption),
      summary: readChoice(values, 'summary', ownSummaryOption),
      workFromHour: readChoice(values, 'from', numberOption),
      workUntilHour: readChoice(values, 'until', numberOption),
    }).filter(([, value]) => value !== undefined),
  );
}
