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

/** How the reader is reached, in their Home. */
export function preferencesBlocks({ inForce }: PreferencesForm): KnownBlock[] {
  const { channel, summary, workFromHour, workUntilHour } = inForce;
  const hours = `what can wait comes from ${clock(workFromHour)} to ${clock(workUntilHour)}`;
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

/** Asks how and when the reader wants to be reached. */
export function preferencesView(form: PreferencesForm, mayManage: boolean): ModalView {
  const { own, organization, inForce } = form;
  const manage = button('For the organisation', ids.organisationOpen, 'form');
  return {
    type: 'modal',
    callback_id: ids.preferencesSave,
    title: plainText('Notifications', 24),
    submit: plainText('Save', 24),
    close: plainText('Cancel', 24),
    blocks: [
      organization.locked
        ? context(`Your organisation reaches everybody by: ${channelWords[organization.channel]}.`)
        : choiceField(
            'channel',
            'Where messages come',
            withDefault(ownChannelOption.encode(null), channelWords, organization.channel),
            ownChannelOption.encode(own.channel),
          ),
      choiceField(
        'summary',
        'Summary of what waits for me',
        withDefault(ownSummaryOption.encode(null), summaryWords, organization.summary),
        ownSummaryOption.encode(own.summary),
      ),
      choiceField('from', 'I work from', hours(0, 23), numberOption.encode(inForce.workFromHour)),
      choiceField(
        'until',
        'I work until',
        hours(1, 24),
        numberOption.encode(inForce.workUntilHour),
      ),
      context(
        'Reminders and summaries come on working days between these hours, by the clock of your time zone in Slack. What is new comes at once. A summary comes only when something waits for you.',
      ),
      ...(mayManage ? [actions('organisation', [manage])] : []),
    ],
  };
}

/** Asks a Super Admin how everybody is reached who chose nothing. */
export function organizationPreferencesView(settings: NotificationSettings): ModalView {
  return {
    type: 'modal',
    callback_id: ids.organisationSave,
    title: plainText('Notifications of all', 24),
    submit: plainText('Save', 24),
    close: plainText('Cancel', 24),
    blocks: [
      choiceField(
        'channel',
        'Where messages come',
        channelWords,
        channelOption.encode(settings.channel),
      ),
      boxesField('locked', 'Choice', [
        {
          text: 'Nobody chooses another way for themselves',
          value: 'locked',
          ticked: settings.locked,
        },
      ]),
      choiceField(
        'summary',
        'Summary of what waits',
        summaryWords,
        summaryOption.encode(settings.summary),
      ),
      context('This holds for everybody who has not chosen anything else under Notifications.'),
    ],
  };
}

function withDefault<K extends string>(value: string, words: Record<K, string>, theirs: K) {
  return { [value]: `As the organisation has it: ${words[theirs]}`, ...words };
}

function hours(first: number, last: number): Record<string, string> {
  const all = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return Object.fromEntries(all.map((hour) => [numberOption.encode(hour), clock(hour)]));
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
