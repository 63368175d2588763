import type { HeldRemoval } from '../../../governance/role-rules/held-removals.ts';
import { ids } from '../../ids.ts';
import { heldGrantsButton } from '../../state/rules.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  section,
  toMessageText,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** Grants that a rule no longer covers and whose removal needs confirmation; after a decision, the record. */
export function heldGrantsMessage(held: HeldRemoval): SlackMessage {
  const { ruleId, title, lines, summary, pending } = held;
  const value = heldGrantsButton.encode({ ruleId, shown: pending });
  const label = (text: string) => ({ label: `${text}: ${title}` });
  return {
    text: toMessageText(summary),
    blocks: [
      section(bold(title)),
      context(lines.map((line) => escapeText(line)).join('\n')),
      ...(pending > 0
        ? [
            actions(`held.${ruleId}`, [
              button('Apply removals', ids.heldGrantsApply, value, {
                style: 'danger',
                ...label('Apply removals'),
              }),
              button('Keep them', ids.heldGrantsKeep, value, label('Keep them')),
            ]),
          ]
        : []),
    ],
  };
}
