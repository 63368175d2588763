import type { ModalView } from '@slack/web-api';
import type { ExtendableAccess } from '../../../governance/requests/extend-access.ts';
import { formatMoment } from '../../../governance/wording/relative-time.ts';
import { ids } from '../../ids.ts';
import { idForm } from '../../state/records.ts';
import { bold, plainText, section } from '../kit/elements.ts';
import { dateBlock, reasonBlock } from './request-fields.ts';

/** Asks to keep until later what ends. */
export function extendView({ entitlementId, label, endsAt, latest }: ExtendableAccess): ModalView {
  const maxListed = latest ? ` It may be kept until ${formatMoment(latest)} at most.` : '';
  return {
    type: 'modal',
    callback_id: ids.accessExtendSubmit,
    private_metadata: idForm.encode(entitlementId),
    title: plainText('Extend access', 24),
    submit: plainText('Ask to extend', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(`${bold(label)} is yours until ${formatMoment(endsAt)}.${maxListed}`),
      dateBlock('until', 'Keep until'),
      reasonBlock('What it is still needed for. The approver reads it.'),
    ],
  };
}
