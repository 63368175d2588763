import type { InputBlock, KnownBlock } from '@slack/web-api';
import { ids } from '../../ids.ts';
import type { Decoded } from '../../state/codec.ts';
import { durationOption } from '../../state/requests.ts';
import { option } from '../kit/elements.ts';
import { inputBlock } from '../kit/fields.ts';

type Duration = Decoded<typeof durationOption>;

const durations: Record<Duration, string> = {
  none: 'No end, or the maximum allowed',
  '1': '1 day',
  '7': '7 days',
  '30': '30 days',
  '90': '90 days',
  date: 'Until a date',
};
const normalDurations: Duration[] = ['none', '1', '7', '30', '90', 'date'];
/** Access granted in an emergency ends soon. */
const emergencyDurations: Duration[] = ['1', '7', 'date'];

/** The duration and the emergency box. An emergency has other durations, so its field has another id. */
export function durationBlocks(form: {
  duration?: Duration | undefined;
  emergency?: boolean | undefined;
  lastDay?: string | undefined;
}): KnownBlock[] {
  const { emergency = false } = form;
  const choices = emergency ? emergencyDurations : normalDurations;
  const wanted = form.duration ?? (form.lastDay ? 'date' : undefined);
  const chosen = choices.find((choice) => choice === wanted) ?? choices[0] ?? 'none';
  const optionOf = (choice: Duration) => option(durations[choice], durationOption.encode(choice));
  return [
    inputBlock(
      emergency ? 'until.emergency' : 'until',
      'Duration',
      {
        type: 'static_select',
        action_id: ids.requestDuration,
        options: choices.map(optionOf),
        initial_option: optionOf(chosen),
      },
      { dispatches: true },
    ),
    ...(chosen === 'date' ? [dateBlock('last_day', 'Last day', form.lastDay)] : []),
    inputBlock(
      'emergency',
      'Emergency',
      {
        type: 'checkboxes',
        action_id: ids.requestEmergency,
        options: [
          option(
            'This cannot wait for the usual approval',
            'yes',
            'Skips approval, is flagged, and ends within 7 days.',
          ),
        ],
      },
      {
        hint: 'Only if the entitlement allows it. The skipped approvers are notified at once, with your reason.',
        optional: true,
        dispatches: true,
      },
    ),
  ];
}

export function dateBlock(blockId: string, label: string, initialDate?: string): InputBlock {
  return inputBlock(blockId, label, {
    type: 'datepicker',
    action_id: blockId,
    ...(initialDate ? { initial_date: initialDate } : {}),
  });
}

export function reasonBlock(hint: string, initial = ''): InputBlock {
  return inputBlock(
    'reason',
    'Reason',
    {
      type: 'plain_text_input',
      action_id: 'reason',
      multiline: true,
      max_length: 1_000,
      ...(initial ? { initial_value: initial.slice(0, 1_000) } : {}),
    },
    { hint },
  );
}
