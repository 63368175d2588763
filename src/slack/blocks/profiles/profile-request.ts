import type { ModalView } from '@slack/web-api';
import type { ProfileOffer } from '../../../governance/profiles/request-profile.ts';
import { ids } from '../../ids.ts';
import { personSearchId } from '../../state/people.ts';
import { idForm } from '../../state/records.ts';
import {
  bold,
  context,
  escapeText,
  plainText,
  recordOption,
  section,
  sections,
} from '../kit/elements.ts';
import { searchField } from '../kit/fields.ts';
import { reasonBlock } from '../requests/request-fields.ts';

const maxEntitlements = 40;

/** A form to request everything in a profile. */
export function requestProfileView(
  { profile, entitlements }: ProfileOffer,
  me: { id: number; name: string },
): ModalView {
  const about = profile.description ? `\n${escapeText(profile.description)}` : '';
  const more = entitlements.length - maxEntitlements;
  return {
    type: 'modal',
    callback_id: ids.profileRequestSubmit,
    private_metadata: idForm.encode(profile.id),
    title: plainText('Request profile', 24),
    submit: plainText('Request access', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(`${bold(profile.name)}${about}`),
      ...sections(
        entitlements
          .slice(0, maxEntitlements)
          .map(({ label, isHeld }) => `• ${escapeText(label)}${isHeld ? ' — you have it' : ''}`),
      ),
      ...(more > 0 ? [context(`and ${more} more`)] : []),
      searchField('person', 'Request for', {
        actionId: personSearchId.encode({ purpose: 'request' }),
        chosen: recordOption(me),
        hint: 'A person with everything in the profile becomes a member.',
      }),
      reasonBlock('Why it is needed. The approver sees your reason.'),
    ],
  };
}
