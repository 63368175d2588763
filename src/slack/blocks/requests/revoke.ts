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

/**
 * Proposes to take access away. Choosing the person offers what they hold; both may be filled in already.
 */
export function revokeView(form: {
  person?: Named | { id: number } | undefined;
  entitlement?: Named | undefined;
}): ModalView {
  const { person, entitlement } = form;
  const access: KnownBlock =
    person === undefined
      ? context('Choose the person to see what they hold.')
      : searchField(`entitlement.${person.id}`, 'Entitlement', {
          actionId: revokeEntitlementId.encode(person.id),
          placeholder: 'What they hold',
          chosen: entitlement ? recordOption(entitlement) : undefined,
        });
  return {
    type: 'modal',
    callback_id: ids.revokeSubmit,
    title: plainText('Revoke access', 24),
    submit: plainText('Propose revocation', 24),
    close: plainText('Cancel', 24),
    blocks: [
      searchField('person', 'Whose access?', {
        actionId: ids.revokePerson,
        placeholder: 'Search by name or e-mail',
        chosen: person && 'name' in person ? recordOption(person) : undefined,
        dispatches: true,
      }),
      access,
      reasonBlock('Who decides about it reads it. Nothing is taken away before that.'),
    ],
  };
}
