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

/** Asks for all of a profile at once. */
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
          .map(({ label, isHeld }) => `• ${escapeText(label)}${isHeld ? ' — you hold it' : ''}`),
      ),
      ...(more > 0 ? [context(`and ${more} more`)] : []),
      searchField('person', 'For whom', {
        actionId: personSearchId.encode({ purpose: 'request' }),
        chosen: recordOption(me),
        hint: 'Who has all of it becomes a member of the profile.',
      }),
      reasonBlock('What it is needed for. The approver reads it.'),
    ],
  };
}
