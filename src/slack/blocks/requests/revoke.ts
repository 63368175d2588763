import type { KnownBlock, ModalView } from '@slack/web-api';
import { ids } from '../../ids.ts';
import { revokeEntitlementId } from '../../state/requests.ts';
import { context, plainText, recordOption } from '../kit/elements.ts';

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
      : {
          type: 'input',
          block_id: `entitlement.${person.id}`,
          label: plainText('Entitlement', 75),
          element: {
            type: 'external_select',
            action_id: revokeEntitlementId.encode(person.id),
            min_query_length: 0,
            placeholder: plainText('What they hold', 75),
            ...(entitlement ? { initial_option: recordOption(entitlement) } : {}),
          },
        };
  return {
    type: 'modal',
    callback_id: ids.revokeSubmit,
    title: plainText('Revoke access', 24),
    submit: plainText('Propose revocation', 24),
    close: plainText('Cancel', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'person',
        dispatch_action: true,
        label: plainText('Whose access?', 75),
        element: {
          type: 'external_select',
          action_id: ids.revokePerson,
          min_query_length: 0,
          placeholder: plainText('Search by name or e-mail', 75),
          ...(person && 'name' in person ? { initial_option: recordOption(person) } : {}),
        },
      },
      access,
      {
        type: 'input',
        block_id: 'reason',
        label: plainText('Reason', 75),
        hint: plainText('Who decides about it reads it. Nothing is taken away before that.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}
