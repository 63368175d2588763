import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { Leaving } from '../../../governance/profiles/unenroll.ts';
import { ids } from '../../ids.ts';
import { leavingOption, profileMemberId } from '../../state/profiles.ts';
import { idForm, numberOption } from '../../state/records.ts';
import { bold, option, plainText, section } from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';

/** What becomes of the access of people who leave, as the form asks it; the first is the usual. */
const choices = {
  revoke_unjustified: [
    'Revoke what nothing else justifies',
    'What another profile of theirs has, or they hold directly, stays',
  ],
  revoke_all: ['Revoke all', 'Everything in this profile, however they got it'],
  leave: ['Leave it as it is', 'They keep what they hold'],
} as const satisfies Record<Leaving, readonly [words: string, description: string]>;

/** What a profile does with the access of people who leave, in words. */
export function describeLeaving(leaving: Leaving): string {
  return choices[leaving][0];
}

function leavingChoice(leaving: Leaving): PlainTextOption {
  const [words, description] = choices[leaving];
  return option(words, leavingOption.encode(leaving), description);
}

/** Asks what becomes of the access of people who leave. */
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

/** Asks which members leave a profile, and what becomes of their access. */
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
      leavingInput(
        'Their access',
        'Nothing is taken away before somebody has confirmed it.',
        again?.leaving ?? profile.leaving,
      ),
      ...(again ? [confirmationBox(again)] : []),
    ],
  };
}

/** Asks whether so many are meant. */
function confirmationBox({ removing, members }: { removing: number; members: number }): KnownBlock {
  return inputBlock('confirmed', 'That is many at once', {
    type: 'checkboxes',
    action_id: 'confirmed',
    options: [
      option(`Yes, remove ${removing} of ${members} members`, numberOption.encode(removing)),
    ],
  });
}
