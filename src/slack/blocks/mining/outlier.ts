import type { KnownBlock, ModalView } from '@slack/web-api';
import type { OutlierView } from '../../../governance/role-mining/outliers.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { toSentence } from '../../../governance/wording/sentences.ts';
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

/** Open outliers, each with its two decisions. */
export function outliersMessage(outliers: readonly OutlierView[]): SlackMessage {
  if (outliers.length === 0) {
    const text = 'There are no open outliers.';
    return { text, blocks: [section(text)] };
  }
  const text = `${formatCount(outliers.length, 'open outlier')}: unusual access`;
  const more = outliers.length - maxInMessage;
  return {
    text: toMessageText(text),
    blocks: [
      section(bold(text)),
      context('Nothing is revoked automatically. Decided outliers are not listed again.'),
      ...outliers.slice(0, maxInMessage).flatMap(outlierRows),
      ...(more > 0 ? [context(`and ${more} more, shown as these are decided`)] : []),
    ],
  };
}

function outlierRows({ personId, entitlementId, sentence, isHighRisk }: OutlierView): KnownBlock[] {
  const value = grantButton.encode({ personId, entitlementId });
  return [
    section(`${toSentence(escapeText(sentence))}${isHighRisk ? ' *High risk.*' : ''}`),
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
    label: state === 'kept' ? 'Reason to keep it' : 'Reason to revoke it',
    hint: 'Recorded with your name.',
  });
}
