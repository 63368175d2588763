import type { ExpiryNote } from '../../../governance/access/expiry.ts';
import { ids } from '../../ids.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  section,
  toMessageText,
} from '../kit/elements.ts';
import type { SlackMessage } from './task.ts';

/** Access that ends soon or has ended. */
export function expiryMessage(expiry: ExpiryNote): SlackMessage {
  const { title, note, entitlementId, canExtend } = expiry;
  const extend = button('Extend', ids.accessExtend, idButton.encode(entitlementId), {
    style: 'primary',
    label: `Extend: ${title}`,
  });
  return {
    text: toMessageText(`${title}. ${note}`),
    blocks: [
      section(bold(title)),
      context(escapeText(note)),
      ...(canExtend ? [actions(`expiry.${entitlementId}`, [extend])] : []),
    ],
  };
}
