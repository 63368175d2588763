import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { Leaving } from '../../../governance/profiles/unenroll.ts';
import { ids } from '../../ids.ts';
import { leavingOption, profileMemberId } from '../../state/profiles.ts';
import { idForm, numberOption } from '../../state/records.ts';
import { bold, option, plainText, section } from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';

/** The choices for access of people who leave. The first is the default. */
const choices = {
  revoke_unjustified: [
    'Revoke unless justified otherwise',
    'Access from another profile, or held directly, stays',
  ],
  revoke_all: ['Revoke all', 'Everything in this profile, whatever its source'],
  leave: ['Keep access', 'Nothing is revoked'],
} as const satisfies Record<Leaving, readonly [words: string, description: string]>;

export const leavingHint = 'Nothing is revoked before somebody confirms it.';

/** The profile's setting for access of people who leave. */
export function describeLeaving(leaving: Leaving): string {
  return choices[leaving][0];
}

function leavingChoice(leaving: Leaving): PlainTextOption {
  const [words, description] = choices[leaving];
  return option(words, leavingOption.encode(leaving), description);
}

/** A field for what happens to access of people who leave. */
export function leavingInput(
  label: string,
  hint: string,
  chosen: Leaving = 'revoke_unjustified',
): InputBlock {
  return inputBlock(
    'leaving',
    label,
    {
      type: 'radio_buttons',
      action_id: 'leaving',
      options: leavingOptions(),
      initial_option: leavingChoice(chosen),
    },
    { hint },
  );
}

function leavingOptions(): PlainTextOption[] {
  return [leavingChoice('revoke_unjustified'), leavingChoice('revoke_all'), leavingChoice('leave')];
}

/** A form to remove members, with what happens to their access. */
export function removeMembersView(
  profile: { id: number; name: string; leaving: Leaving },
  again?: { people: PlainTextOption[]; leaving: Leaving; removing: number; members: number },
): ModalView {
  return {
    type: 'modal',
    callback_id: ids.profileUnenroll,
    private_metadata: idForm.encode(profile.id),
    title: plainText('Remove members', 24),
    submit: plainText('Remove members', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(profile.name)),
      multiSearchField('people', 'Members', {
        actionId: profileMemberId.encode(profile.id),
        placeholder: 'Search by name',
        chosen: again?.people ?? [],
      }),
      leavingInput('Their access', leavingHint, again?.leaving ?? profile.leaving),
      ...(again ? [confirmationBox(again)] : []),
    ],
  };
}

/** A large removal needs confirmation. */
function confirmationBox({ removing, members }: { removing: number; members: number }): KnownBlock {
  return inputBlock('confirmed', 'Large removal', {
    type: 'checkboxes',
    action_id: 'confirmed',
    options: [
      option(`Yes, remove ${removing} of ${members} members`, numberOption.encode(removing)),
    ],
  });
}
