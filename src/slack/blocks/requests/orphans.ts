import type { KnownBlock, ModalView } from '@slack/web-api';
import type { OrphanPage, OrphanView } from '../../../governance/access/orphans.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { grantButton } from '../../state/requests.ts';
import { bold, button, context, escapeText, plainText, section } from '../kit/elements.ts';
import { pagingBlocks } from '../kit/paging.ts';

/** The accounts of people who left, each with a button to propose a revocation, and those of nobody known. */
export function orphansView({ accounts, ofLeavers, unknown, page, pages }: OrphanPage): ModalView {
  const counts = [
    `${formatCount(ofLeavers, 'account')} of people who left`,
    `${unknown.toLocaleString('en')} of nobody known`,
  ];
  const hint =
    'Unknown accounts come from the grants of a source. Remove them in the application, or add their people to the source.';
  return {
    type: 'modal',
    title: plainText('Orphaned accounts', 24),
    close: plainText('Close', 24),
    blocks: [
      section(bold(counts.join(', '))),
      ...accounts.map(rowOf),
      ...(unknown > 0 ? [context(hint)] : []),
      ...(pages > 1 ? [context(`Page ${page + 1} of ${pages}`)] : []),
      ...pagingBlocks(ids.orphanList, { page, pages }),
    ],
  };
}

function rowOf(account: OrphanView): KnownBlock {
  const { personId, entitlementId, holder, label, isHighRisk, details, taskId } = account;
  const risk = isHighRisk ? '  High risk' : '';
  const open = taskId === null ? '' : `\nRevocation #${taskId} is open`;
  const row = section(
    `${bold(holder)}  ${escapeText(label)}${risk}\n${escapeText(details)}${open}`,
  );
  if (!account.canRevoke || personId === null) return row;
  const value = grantButton.encode({ personId, entitlementId });
  const revoke = button('Revoke', `${ids.revokeThis}.${value}`, value, {
    label: `Revoke: ${holder} · ${label}`,
  });
  return { ...row, accessory: revoke };
}
