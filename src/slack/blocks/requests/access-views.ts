import type { KnownBlock, ModalView } from '@slack/web-api';
import type { AccessView, Holding } from '../../../governance/access/holdings.ts';
import { ids } from '../../ids.ts';
import { idButton, idForm } from '../../state/records.ts';
import { grantButton } from '../../state/requests.ts';
import { bold, button, context, escapeText, plainText, section } from '../kit/elements.ts';
import { searchField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import type { SlackMessage } from '../tasks/task.ts';

const titles = { person: 'Access of a person', entitlement: 'Entitlement holders' } as const;

/** The grants of a person, or the holders of an entitlement, each with a button to propose a revocation. */
export function accessView(kind: 'person' | 'entitlement', view: AccessView): ModalView {
  const { id, title, lines, holdings, page, pages } = view;
  const pageId = kind === 'person' ? ids.accessPersonPage : ids.accessEntitlementPage;
  const [first = '', ...rest] = lines;
  return {
    type: 'modal',
    private_metadata: idForm.encode(id),
    title: plainText(titles[kind], 24),
    close: plainText('Close', 24),
    blocks: [
      section([bold(title), escapeText(first), ...rest.map(escapeText)].join('\n')),
      ...holdings.flatMap((holding, at) => rowsOf(holding, holdings[at - 1])),
      ...(pages > 1 ? [context(`Page ${page + 1} of ${pages}`)] : []),
      ...pagingBlocks(pageId, { page, pages }),
    ],
  };
}

function rowsOf(holding: Holding, before: Holding | undefined): KnownBlock[] {
  const { group, title, isHighRisk, details, personId, entitlementId, revocation } = holding;
  const head = group !== undefined && group !== before?.group ? [context(bold(group))] : [];
  const name = `${bold(title)}${isHighRisk ? '  High risk' : ''}`;
  const open = typeof revocation === 'object' ? `\nRevocation #${revocation.taskId} is open` : '';
  const row = section(`${name}\n${escapeText(details)}${open}`);
  if (revocation !== 'possible') return [...head, row];
  const value = grantButton.encode({ personId, entitlementId });
  const label = `Revoke: ${[group, title].filter(Boolean).join(' · ')}`;
  const revoke = button('Revoke', `${ids.revokeThis}.${value}`, value, { label });
  return [...head, { ...row, accessory: revoke }];
}

/** A search for the person or the entitlement to show. */
export function accessSearchView(kind: 'person' | 'entitlement'): ModalView {
  const isPerson = kind === 'person';
  return {
    type: 'modal',
    callback_id: isPerson ? ids.accessPerson : ids.accessEntitlement,
    title: plainText(titles[kind], 24),
    submit: plainText('Show', 24),
    close: plainText('Cancel', 24),
    blocks: [
      searchField(kind, isPerson ? 'Person' : 'Entitlement', {
        actionId: isPerson ? ids.accessPersonSearch : ids.accessEntitlementSearch,
        placeholder: isPerson ? 'Search by name or e-mail' : 'Search, for example: github admin',
      }),
    ],
  };
}

/** Several matches, each with a button that shows it. */
export function matchesMessage(
  kind: 'person' | 'entitlement',
  found: readonly { id: number; name: string; about: string }[],
): SlackMessage {
  const shown = found.slice(0, 8);
  const actionId = kind === 'person' ? ids.accessPersonShow : ids.accessEntitlementShow;
  const text = kind === 'person' ? 'Which person do you mean?' : 'Which entitlement do you mean?';
  const more = found.length - shown.length;
  return {
    text,
    blocks: [
      section(text),
      ...shown.map(({ id, name, about }): KnownBlock => {
        const row = section(`${bold(name)}${about ? `\n${escapeText(about)}` : ''}`);
        const show = button('Show', `${actionId}.${id}`, idButton.encode(id), {
          label: `Show ${name}`,
        });
        return { ...row, accessory: show };
      }),
      ...(more > 0 ? [context('There are more matches. Type more of the name.')] : []),
    ],
  };
}
