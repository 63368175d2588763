import type { KnownBlock, ModalView } from '@slack/web-api';
import type { OutlierView } from '../../../governance/role-mining/outliers.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { outlierForm } from '../../state/mining.ts';
import { grantButton } from '../../state/requests.ts';
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
import { textFormView } from '../tasks/task-forms.ts';

const maxInMessage = 8;

/** Access that peers do not have, each with its two decisions. */
export function outliersMessage(outliers: readonly OutlierView[]): SlackMessage {
  if (outliers.length === 0) {
    const text = 'Nothing stands out: no access that hardly any peer has waits for a decision.';
    return { text, blocks: [section(text)] };
  }
  const text = `${formatCount(outliers.length, 'access', 'accesses')} that hardly any peer has`;
  const more = outliers.length - maxInMessage;
  return {
    text: toMessageText(text),
    blocks: [
      section(bold(text)),
      context(
        'Nothing is taken away by itself. What you decide is remembered and not listed again.',
      ),
      ...outliers.slice(0, maxInMessage).flatMap(outlierRows),
      ...(more > 0 ? [context(`and ${more} more; they follow as these are decided`)] : []),
    ],
  };
}

function outlierRows({ personId, entitlementId, sentence, isHighRisk }: OutlierView): KnownBlock[] {
  const value = grantButton.encode({ personId, entitlementId });
  return [
    section(`${escapeText(sentence)}.${isHighRisk ? ' *High risk.*' : ''}`),
    actions(`outlier.${value}`, [
      button('Propose revocation', ids.outlierPropose, value, {
        label: `Propose revocation: ${sentence}`,
      }),
      button('Keep', ids.outlierKeep, value, { label: `Keep: ${sentence}` }),
    ]),
  ];
}

export function outlierReasonView(
  outlier: { personId: number; entitlementId: number },
  state: 'kept' | 'proposed',
): ModalView {
  return textFormView({
    callbackId: ids.outlierDecide,
    metadata: outlierForm.encode({ state, ...outlier }),
    title: state === 'kept' ? 'Keep' : 'Propose revocation',
    field: 'reason',
    label: state === 'kept' ? 'Why is it right?' : 'Why should it go?',
    hint: 'Kept with your name.',
  });
}
