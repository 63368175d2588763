import type { KnownBlock, ModalView } from '@slack/web-api';
import { ids } from '../../ids.ts';
import { revokeEntitlementId } from '../../state/requests.ts';
import { context, plainText, recordOption } from '../kit/elements.ts';
import { searchField } from '../kit/fields.ts';
import { reasonBlock } from './request-fields.ts';

interface Named {
  id: number;
  name: string;
}

/** A form to propose a revocation. The search for entitlements appears once a person is chosen. */
export function revokeView(form: {
  person?: Named | { id: number } | undefined;
  entitlement?: Named | undefined;
  /** The reader gives their own access back. */
  isOwn?: boolean;
}): ModalView {
  const { person, entitlement, isOwn = false } = form;
  const access: KnownBlock =
    person === undefined
      ? context('Choose a person to see their access.')
      : searchField(`entitlement.${person.id}`, 'Entitlement', {
          actionId: revokeEntitlementId.encode(person.id),
          placeholder: isOwn ? 'Search your access' : 'Search their access',
          chosen: entitlement ? recordOption(entitlement) : undefined,
        });
  return {
    type: 'modal',
    callback_id: ids.revokeSubmit,
    title: plainText(isOwn ? 'I no longer need this' : 'Revoke access', 24),
    submit: plainText(isOwn ? 'Give back' : 'Propose revocation', 24),
    close: plainText('Cancel', 24),
    blocks: [
      searchField('person', 'Person', {
        actionId: ids.revokePerson,
        placeholder: 'Search by name or e-mail',
        chosen: person && 'name' in person ? recordOption(person) : undefined,
        dispatches: true,
      }),
      access,
      reasonBlock(
        'The approver sees your reason. Nothing is revoked before the approver confirms.',
      ),
    ],
  };
}
