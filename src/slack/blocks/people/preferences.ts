import type { KnownBlock, ModalView } from '@slack/web-api';
import {
  channelWords,
  type NotificationSettings,
  type PreferencesForm,
  summaryWords,
} from '../../../governance/notifications/preferences.ts';
import { ids } from '../../ids.ts';
import {
  channelOption,
  ownChannelOption,
  ownSummaryOption,
  summaryOption,
} from '../../state/people.ts';
import { numberOption } from '../../state/records.ts';
import { actions, button, context, header, plainText, section } from '../kit/elements.ts';
import { boxesField, choiceField } from '../kit/fields.ts';

/** The reader's notification settings in their Home. */
export function preferencesBlocks({ inForce }: PreferencesForm): KnownBlock[] {
  const { channel, summary, workFromHour, workUntilHour } = inForce;
  const hours = `reminders from ${formatHour(workFromHour)} to ${formatHour(workUntilHour)}`;
  const pace = summaryWords[summary].toLowerCase();
  const summaries = summary === 'off' ? pace : `a summary ${pace}`;
  return [
    header('My notifications'),
    {
      ...section(`${channelWords[channel]} · ${hours} · ${summaries}`),
      accessory: button('Notifications', ids.preferencesOpen, 'home'),
    },
  ];
}

/** A form for how and when to notify the reader. */
export function preferencesView(form: PreferencesForm, mayManage: boolean): ModalView {
  const { own, organization, inForce } = form;
  const manage = button('Organization defaults', ids.organizationOpen, 'form');
  return {
    type: 'modal',
    callback_id: ids.preferencesSave,
    title: plainText('Notifications', 24),
    submit: plainText('Save', 24),
    close: plainText('Cancel', 24),
    blocks: [
      organization.locked
        ? context(`Your organization notifies everybody by: ${channelWords[organization.channel]}.`)
        : choiceField(
            'channel',
            'How to notify me',
            withDefault(ownChannelOption.encode(null), channelWords, organization.channel),
            ownChannelOption.encode(own.channel),
          ),
      choiceField(
        'summary',
        'Summary of open tasks',
        withDefault(ownSummaryOption.encode(null), summaryWords, organization.summary),
        ownSummaryOption.encode(own.summary),
      ),
      choiceField(
        'from',
        'Working hours from',
        hours(0, 23),
        numberOption.encode(inForce.workFromHour),
      ),
      choiceField(
        'until',
        'Working hours until',
        hours(1, 24),
        numberOption.encode(inForce.workUntilHour),
      ),
      context(
        'Reminders and summaries come on working days between these hours, in your time zone in Slack. New tasks and results come at once. You get a summary only if you have open tasks.',
      ),
      ...(mayManage ? [actions('organization', [manage])] : []),
    ],
  };
}

/** A form for Super Admins: how to notify people without their own choice. */
export function organizationPreferencesView(settings: NotificationSettings): ModalView {
  return {
    type: 'modal',
    callback_id: ids.organizationSave,
    title: plainText('Organization defaults', 24),
    submit: plainText('Save', 24),
    close: plainText('Cancel', 24),
    blocks: [
      choiceField(
        'channel',
        'How to notify people',
        channelWords,
        channelOption.encode(settings.channel),
      ),
      boxesField('locked', 'Personal choice', [
        {
          text: 'People cannot choose another way',
          value: 'locked',
          ticked: settings.locked,
        },
      ]),
      choiceField(
        'summary',
        'Summary of open tasks',
        summaryWords,
        summaryOption.encode(settings.summary),
      ),
      context('These defaults apply to everybody without their own choice under Notifications.'),
    ],
  };
}

function withDefault<K extends string>(value: string, words: Record<K, string>, defaultValue: K) {
  return { [value]: `Default (${words[defaultValue]})`, ...words };
}

function hours(first: number, last: number): Record<string, string> {
  const all = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return Object.fromEntries(all.map((hour) => [numberOption.encode(hour), formatHour(hour)]));
}

function formatHour(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
