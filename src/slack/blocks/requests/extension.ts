import type { ModalView } from '@slack/web-api';
import type { ExtendableAccess } from '../../../governance/requests/extend-access.ts';
import { ids } from '../../ids.ts';
import { idForm } from '../../state/records.ts';
import { bold, escapeText, plainText, section } from '../kit/elements.ts';
import { dateBlock, reasonBlock } from './request-fields.ts';

/** A form to request a later end of access. */
export function extendView({ entitlementId, label, until, latest }: ExtendableAccess): ModalView {
  const limit = latest ? ` It can be extended until ${escapeText(latest)} at most.` : '';
  return {
    type: 'modal',
    callback_id: ids.accessExtendSubmit,
    private_metadata: idForm.encode(entitlementId),
    title: plainText('Extend access', 24),
    submit: plainText('Request extension', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(`You have ${bold(label)} until ${escapeText(until)}.${limit}`),
      dateBlock('until', 'Extend until'),
      reasonBlock('Why you still need it. The approver sees your reason.'),
    ],
  };
}
