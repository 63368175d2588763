import type { KnownBlock, PlainTextOption } from '@slack/web-api';
import { tickedBlock } from '../../form.ts';
import { plainText } from './elements.ts';

/** Slack allows ten checkboxes in a group. */
const maxGroupSize = 10;

/** A page of rows with a checkbox each. `readTickedPage` reads them. */
export function tickGroups(
  rows: readonly { option: PlainTextOption; isTicked: boolean }[],
  form: {
    actionId: string;
    /** The part of the block id after the field. Slack keeps a person's ticks under the same id. */
    mark(at: number): string;
    labelOf(at: number, length: number): string;
  },
): KnownBlock[] {
  const groups: KnownBlock[] = [];
  for (let at = 0; at < rows.length; at += maxGroupSize) {
    const group = rows.slice(at, at + maxGroupSize);
    const ticked = group.flatMap(({ option, isTicked }) => (isTicked ? [option] : []));
    groups.push({
      type: 'input',
      block_id: `${tickedBlock}.${form.mark(at)}`,
      optional: true,
      label: plainText(form.labelOf(at, group.length), 75),
      element: {
        type: 'checkboxes',
        action_id: form.actionId,
        options: group.map(({ option }) => option),
        ...(ticked.length > 0 ? { initial_options: ticked } : {}),
      },
    });
  }
  return groups;
}
