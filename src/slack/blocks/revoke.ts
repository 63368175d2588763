import type { KnownBlock, ModalView } from '@slack/web-api';
import { ids } from '../ids.ts';
import { context, plainText } from './elements.ts';

/** Proposes to take access away. Choosing the person offers what they hold. */
export function revokeView(personId: number | undefined): ModalView {
  const entitlement: KnownBlock =
    personId === undefined
      ? context('Choose the person to see what they hold.')
      : {
          type: 'input',
          block_id: `entitlement.${personId}`,
          label: plainText('Entitlement', 75),
          element: {
            type: 'external_select',
            action_id: `${ids.revokeEntitlement}.${personId}`,
            min_query_length: 0,
            placeholder: plainText('What they hold', 75),
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
        },
      },
      entitlement,
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
