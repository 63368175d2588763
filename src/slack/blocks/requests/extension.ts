import type { ModalView } from '@slack/web-api';
import type { ExtendableAccess } from '../../../governance/requests/extend-access.ts';
import { ids } from '../../ids.ts';
import { grantForm } from '../../state/requests.ts';
import { bold, escapeText, plainText, section } from '../kit/elements.ts';
import { dateBlock, reasonBlock } from './request-fields.ts';

/** A form to request a later end of access. */
export function extendView(access: ExtendableAccess): ModalView {
  const { personId, entitlementId, has, label, until, latest } = access;
  const limit = latest ? ` It can be extended until ${escapeText(latest)} at most.` : '';
  return {
    type: 'modal',
    callback_id: ids.accessExtendSubmit,
    private_metadata: grantForm.encode({ personId, entitlementId }),
    title: plainText('Extend access', 24),
    submit: plainText('Request extension', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(`${escapeText(has)} ${bold(label)} until ${escapeText(until)}.${limit}`),
      dateBlock('until', 'Extend until'),
      reasonBlock('Why it is still needed. The approver sees your reason.'),
    ],
  };
}
