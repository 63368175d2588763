import type { ViewOutput } from '@slack/bolt';
import type { MiningChange, MiningForm } from '../../../governance/role-mining/settings.ts';
import { numberSettings } from '../../blocks/mining/settings.ts';
import { fieldOf } from '../../listen.ts';

/**
 * What the form of mining settings says; an attribute list that names all of them sets none, so that new ones
 * count, too.
 * @param form what holds now.
 */
export function readChange(
  { state: { values }, blocks }: Pick<ViewOutput, 'state' | 'blocks'>,
  form: MiningForm,
): MiningChange {
  const settings: Record<string, unknown> = {};
  for (const [name] of numberSettings) {
    const typed = fieldOf(values, name)?.value;
    if (typed) settings[name] = Number(typed);
  }
  const chosen = (fieldOf(values, 'dimensions')?.selected_options ?? []).map((one) => one.value);
  const all = elementOf(blocks, 'dimensions')?.options?.length ?? 0;
  if (chosen.length > 0 && chosen.length < all) settings.dimensions = chosen;
  const idsOf = (options: { value?: string }[] = []) => options.map((one) => Number(one.value));
  // What the field had no room for, or came to be excluded meanwhile, was not taken out by anybody.
  const shown = new Set(idsOf(elementOf(blocks, 'excluded')?.initial_options));
  const unseen = form.excluded.map(({ id }) => id).filter((id) => !shown.has(id));
  const excluded = idsOf(fieldOf(values, 'excluded')?.selected_options);
  return {
    settings: settings as MiningChange['settings'],
    excludedIds: [...new Set([...excluded, ...unseen])],
  };
}

interface SelectElement {
  options?: { value?: string }[];
  initial_options?: { value?: string }[];
}

/** The element of an input block as it was sent to Slack. */
function elementOf(blocks: ViewOutput['blocks'], blockId: string): SelectElement | undefined {
  const block = blocks.find((one) => 'block_id' in one && one.block_id === blockId);
  return block && 'element' in block ? (block.element as SelectElement) : undefined;
}
