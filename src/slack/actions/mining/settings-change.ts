import type { ViewOutput } from '@slack/bolt';
import type {
  MiningSettingsChange,
  MiningSettingsForm,
} from '../../../governance/role-mining/settings.ts';
import { numberSettings } from '../../blocks/mining/settings.ts';
import { readChoices, readNumber, readTypedText } from '../../form.ts';
import { dimensionOption } from '../../state/mining.ts';
import { idOption } from '../../state/records.ts';

/**
 * Reads the form of mining settings. If all attributes are chosen, none is stored, so that new attributes count, too.
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
  // Entitlements that the field did not show stay excluded: it was full, or they were excluded later.
  const shown = new Set(
    optionsOf(blocks, 'excluded', 'initial_options').map(({ value }) => idOption.decode(value)),
  );
  const unseen = form.excluded.map(({ id }) => id).filter((id) => !shown.has(id));
  const excluded = readChoices(values, 'excluded', idOption) ?? [];
  return { settings, excludedIds: [...new Set([...excluded, ...unseen])] };
}

/** The options of a field as the form sent them: all of them, or the initially chosen ones. */
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
