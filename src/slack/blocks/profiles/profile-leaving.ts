import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { Leaving } from '../../../governance/profiles/unenroll.ts';
import { ids } from '../../ids.ts';
import { bold, option, plainText, section } from '../kit/elements.ts';

/** What becomes of the access of who leaves, as the form asks it; the first is the usual. */
const choices = [
  option(
    'Revoke what nothing else justifies',
    'revoke_unjustified' satisfies Leaving,
    'What another profile of theirs has, or they hold directly, stays',
  ),
  option(
    'Revoke all',
    'revoke_all' satisfies Leaving,
    'Everything in this profile, however they got it',
  ),
  option('Leave it as it is', 'leave' satisfies Leaving, 'They keep what they hold'),
];

/** What a profile does with the access of who leaves, in words. */
export function leavingWords(leaving: Leaving): string {
  return choices.find(({ value }) => value === leaving)?.text.text ?? leaving;
}

/** Asks what becomes of the access of who leaves. */
export function leavingInput(label: string, hint: string, chosen: string | undefined): InputBlock {
  return {
    type: 'input',
    block_id: 'leaving',
    label: plainText(label, 75),
    hint: plainText(hint, 150),
    element: {
      type: 'radio_buttons',
      action_id: 'leaving',
      options: choices,
      initial_option: choices.find(({ value }) => value === chosen) ?? firstChoice(),
    },
  };
}

/** Who is to leave a profile, and what becomes of their access. */
export function removeMembersView(
  profile: { id: number; name: string; leaving: Leaving },
  again?: { people: PlainTextOption[]; leaving: string; removing: number; members: number },
): ModalView {
  return {
    type: 'modal',
    callback_id: ids.profileUnenroll,
    private_metadata: String(profile.id),
    title: plainText('Remove members', 24),
    submit: plainText('Remove members', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(profile.name)),
      {
        type: 'input',
        block_id: 'people',
        label: plainText('Members', 75),
        element: {
          type: 'multi_external_select',
          action_id: `${ids.profileMember}.${profile.id}`,
          min_query_length: 0,
          placeholder: plainText('Search by name', 75),
          ...(again ? { initial_options: again.people } : {}),
        },
      },
      leavingInput(
        'Their access',
        'Nothing is taken away before somebody has confirmed it.',
        again?.leaving ?? profile.leaving,
      ),
      ...(again ? [brake(again)] : []),
    ],
  };
}

function firstChoice(): PlainTextOption {
  const [first] = choices;
  if (!first) throw new Error('there is no choice');
  return first;
}

/** Asks whether so many are meant. */
function brake({ removing, members }: { removing: number; members: number }): KnownBlock {
  return {
    type: 'input',
    block_id: 'confirmed',
    label: plainText('That is many at once', 75),
    element: {
      type: 'checkboxes',
      action_id: 'confirmed',
      options: [option(`Yes, remove ${removing} of ${members} members`, String(removing))],
    },
  };
}
