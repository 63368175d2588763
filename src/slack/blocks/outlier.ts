import type { KnownBlock, ModalView } from '@slack/web-api';
import type { OutlierView } from '../../governance/outliers.ts';
import { ids } from '../ids.ts';
import { actions, bold, button, context, plainText, say, section, spoken } from './elements.ts';
import { count } from './suggestion.ts';
import type { SlackMessage } from './task.ts';

const shownInMessage = 8;

/** Access that peers do not have, each with its two decisions. */
export function outliersMessage(outliers: readonly OutlierView[]): SlackMessage {
  if (outliers.length === 0) {
    const text = 'Nothing stands out: no access that hardly any peer has waits for a decision.';
    return { text, blocks: [section(text)] };
  }
  const text = `${count(outliers.length, 'access', 'accesses')} that hardly any peer has`;
  const more = outliers.length - shownInMessage;
  return {
    text: spoken(text),
    blocks: [
      section(bold(text)),
      context(
        'Nothing is taken away by itself. What you decide is remembered and not listed again.',
      ),
      ...outliers.slice(0, shownInMessage).flatMap(outlierRows),
      ...(more > 0 ? [context(`and ${more} more; they follow as these are decided`)] : []),
    ],
  };
}

function outlierRows({ personId, entitlementId, sentence, isHighRisk }: OutlierView): KnownBlock[] {
  const value = `${personId}.${entitlementId}`;
  return [
    section(`${say(sentence)}.${isHighRisk ? ' *High risk.*' : ''}`),
    actions(`outlier.${value}`, [
      button('Propose revocation', ids.outlierPropose, value, {
        label: `Propose revocation: ${sentence}`,
      }),
      button('Keep', ids.outlierKeep, value, { label: `Keep: ${sentence}` }),
    ]),
  ];
}

export function outlierReasonView(value: string, state: 'kept' | 'proposed'): ModalView {
  const title = state === 'kept' ? 'Keep' : 'Propose revocation';
  return {
    type: 'modal',
    callback_id: ids.outlierDecide,
    private_metadata: `${state}.${value}`,
    title: plainText(title, 24),
    submit: plainText(title, 24),
    close: plainText('Back', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: plainText(state === 'kept' ? 'Why is it right?' : 'Why should it go?', 75),
        hint: plainText('Kept with your name.', 75),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}
