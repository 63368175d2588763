import type { InputBlock, KnownBlock, ModalView } from '@slack/web-api';
import type { MiningSettingsForm } from '../../../governance/role-mining/settings.ts';
import { ids } from '../../ids.ts';
import { LIMITS } from '../../limits.ts';
import { dimensionOption } from '../../state/mining.ts';
import {
  actions,
  button,
  context,
  escapeText,
  option,
  plainText,
  recordOption,
  section,
} from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';

/** The number settings with their labels and hints. The verb checks the ranges. */
export const numberSettings = [
  ['minCohortSize', 'Minimum group size', 'Patterns in smaller groups are not suggested.'],
  ['minConfidencePercent', 'Minimum share of holders (%)', 'Of the people in the group.'],
  [
    'minLowerBoundPercent',
    'Minimum, with 95 % certainty (%)',
    'The lower end of the 95 % interval of that share.',
  ],
  [
    'minLift',
    'Minimum lift',
    'Times the company average, for example 1.2. The group Everyone is exempt.',
  ],
  ['maxDepth', 'Maximum attributes per group', '1 to 3.'],
  ['maxSuggestions', 'Maximum suggestions per run', ''],
] as const;

/** A form for the thresholds of role mining, with a preview of a change. */
export function settingsView(
  form: MiningSettingsForm,
  dimensions: readonly { dimension: string; label: string }[],
  preview: string | undefined,
): ModalView {
  return {
    type: 'modal',
    callback_id: ids.settingsSave,
    title: plainText('Role mining settings', 24),
    submit: plainText('Save', 24),
    close: plainText('Cancel', 24),
    blocks: [
      ...numberSettings.map((setting) => numberInput(form, setting)),
      ...dimensionInput(form, dimensions),
      excludedInput(form),
      actions('preview', [button('Preview', ids.settingsPreview, 'preview')]),
      preview
        ? section(escapeText(preview))
        : context('Preview shows how many suggestions these settings give.'),
    ],
  };
}

function numberInput(
  { settings, defaults }: MiningSettingsForm,
  [name, label, hint]: (typeof numberSettings)[number],
): InputBlock {
  return inputBlock(
    name,
    label,
    {
      type: 'number_input',
      action_id: name,
      is_decimal_allowed: name === 'minLift' || name.endsWith('Percent'),
      initial_value: String(settings[name] ?? defaults[name]),
      min_value: '0',
    },
    { hint },
  );
}

function dimensionInput(
  { settings }: MiningSettingsForm,
  dimensions: readonly { dimension: string; label: string }[],
): KnownBlock[] {
  const options = dimensions
    .filter(({ dimension }) => dimensionOption.fits(dimension))
    .slice(0, LIMITS.options)
    .map(({ dimension, label }) => option(label, dimensionOption.encode(dimension)));
  if (options.length === 0) return [];
  const chosen = options.filter((one) => settings.dimensions?.includes(one.value ?? '') ?? true);
  return [
    inputBlock('dimensions', 'Attributes that form groups', {
      type: 'multi_static_select',
      action_id: 'dimensions',
      options,
      ...(chosen.length > 0 ? { initial_options: chosen } : {}),
    }),
  ];
}

function excludedInput({ excluded }: MiningSettingsForm): InputBlock {
  const chosen = excluded.slice(0, 100).map(({ id, label }) => recordOption({ id, name: label }));
  return multiSearchField('excluded', 'Entitlements not for mining', {
    actionId: ids.settingsEntitlement,
    placeholder: 'Search',
    chosen,
    optional: true,
  });
}
