import type { ViewOutput } from '@slack/bolt';
import type { MiningSettingsChange, MiningSettingsForm } from '../../../governance/role-mining/settings.ts';
import { numberSettings } from '../../blocks/mining/settings.ts';
import { readChoices, readNumber, readTypedText } from '../../form.ts';
import { dimensionOption } from '../../state/mining.ts';
import { idOption } from '../../state/records.ts';

/**
 * What the form of mining settings says. A list of all attributes sets none, so that a new attribute counts, too.
 * @param form the settings in force.
 */
export function readChange(
  { state: { values }, blocks }: Pick<ViewOutput, 'state' | 'blocks'>,
  form: MiningSettingsForm,
): MiningSettingsChange {
  const settings: MiningSettingsChange['settings'] = {};
  for (const [name] of numberSettings) {
    if (readTypedText(values, name)) settings[name] = readNumber(values, name);
  }
  const chosen = readChoices(values, 'dimensions', dimensionOption) ?? [];
  const all = optionsOf(blocks, 'dimensions', 'options').length;
  if (chosen.length > 0 && chosen.length < all) settings.dimensions = chosen;
  // Nobody took out what the field had no room for, or what was excluded after the form was opened.
  const shown = new Set(
    optionsOf(blocks, 'excluded', 'initial_options').map(({ value }) => idOption.decode(value)),
  );
  const unseen = form.excluded.map(({ id }) => id).filter((id) => !shown.has(id));
  const excluded = readChoices(values, 'excluded', idOption) ?? [];
  return { settings, excludedIds: [...new Set([...excluded, ...unseen])] };
}

/** The options of a field as they were sent to Slack: all of them, or those that were chosen then. */
function optionsOf(
  blocks: ViewOutput['blocks'],
  field: string,
  which: 'options' | 'initial_options',
): { value?: string }[] {
  const block = blocks.find(({ block_id }) => block_id === field);
  const element = block && 'element' in block ? block.element : undefined;
  if (!element) return [];
  if (which === 'options') return 'options' in element ? (element.options ?? []) : [];
  return 'initial_options' in element ? (element.initial_options ?? []) : [];
}
