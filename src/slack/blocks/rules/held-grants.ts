import type { HeldRemoval } from '../../../governance/role-rules/held-removals.ts';
import { ids } from '../../ids.ts';
import { heldGrantsButton } from '../../state/rules.ts';
import { actions, bold, button, context, say, section, spoken } from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** Access that a rule gives no more and that waits for a yes to go, or what became of it. */
export function heldGrantsMessage(held: HeldRemoval): SlackMessage {
  const { ruleId, title, lines, summary, pending } = held;
  const value = heldGrantsButton.encode({ ruleId, shown: pending });
  const label = (what: string) => ({ label: `${what}: ${title}` });
  return {
    text: spoken(summary),
    blocks: [
      section(bold(title)),
      context(lines.map((line) => say(line)).join('\n')),
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
