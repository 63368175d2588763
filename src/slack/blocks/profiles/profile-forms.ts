import type { InputBlock, ModalView } from '@slack/web-api';
import type { ProfileView } from '../../../governance/profiles/view.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { clampPlainText } from '../../limits.ts';
import { personSearchId } from '../../state/people.ts';
import { profileWithinId } from '../../state/profiles.ts';
import { versionForm } from '../../state/records.ts';
import { bold, option, plainText, recordOption, section } from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';
import { createRequestsText } from './profile.ts';
import { leavingHint, leavingInput } from './profile-leaving.ts';

/** A form to create an access profile. */
export function makeProfileView(): ModalView {
  return {
    type: 'modal',
    callback_id: ids.profileMakeSubmit,
    title: plainText('Create access profile', 24),
    submit: plainText('Create', 24),
    close: plainText('Cancel', 24),
    blocks: [
      nameInput(undefined),
      descriptionInput(undefined),
      entitlementInput('entitlements', 'Entitlements', false),
      ownersInput([]),
      leavingInput('When someone leaves', leavingHint, undefined),
      longestInput(null),
    ],
  };
}

/** A form to edit the name, description, owners and settings of a profile. */
export function editProfileView(view: ProfileView): ModalView {
  const { profile, owners } = view;
  return {
    type: 'modal',
    callback_id: ids.profileEditSubmit,
    private_metadata: versionForm.encode(profile),
    title: plainText('Edit access profile', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      nameInput(profile.name),
      descriptionInput(profile.description ?? undefined),
      ownersInput(owners),
      leavingInput('When someone leaves', leavingHint, profile.leaving),
      longestInput(profile.maxMembershipDays),
    ],
  };
}

/** A form to add entitlements to a profile and remove them. */
export function profileEntitlementsView(view: ProfileView): ModalView {
  const { profile, entitlements, memberCount } = view;
  return {
    type: 'modal',
    callback_id: ids.profileEntitlementsSubmit,
    private_metadata: versionForm.encode(profile),
    title: plainText('Entitlements', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      section(
        `${bold(profile.name)}\n${formatCount(entitlements.length, 'entitlement')} · ${formatCount(memberCount, 'member')}`,
      ),
      entitlementInput('add', 'Add entitlements', true),
      tickBox(
        'requests',
        'Requests',
        'Without it, current members do not get the new entitlements.',
        createRequestsText,
      ),
      multiSearchField('remove', 'Remove entitlements', {
        actionId: profileWithinId.encode(profile.id),
        placeholder: 'Search in this profile',
        optional: true,
      }),
      tickBox(
        'revoke',
        'Access of members',
        `Without it, members keep their access. ${leavingHint}`,
        'Propose to revoke access from a profile',
      ),
    ],
  };
}

/** Asks what happens to members' access before a profile is archived. */
export function archiveView(view: ProfileView): ModalView {
  const { profile, memberCount } = view;
  return {
    type: 'modal',
    callback_id: ids.profileArchive,
    private_metadata: versionForm.encode(profile),
    title: plainText('Archive profile', 24),
    submit: plainText('Archive', 24),
    close: plainText('Back', 24),
    blocks: [
      section(
        `${bold(profile.name)}\nThis cannot be undone. Nobody can join any more, the rule is switched off, and ${formatCount(memberCount, 'member leaves', 'members leave')}.`,
      ),
      leavingInput('Their access', leavingHint, profile.leaving),
    ],
  };
}

function nameInput(value: string | undefined): InputBlock {
  return inputBlock('name', 'Name', {
    type: 'plain_text_input',
    action_id: 'name',
    max_length: 80,
    ...(value ? { initial_value: clampPlainText(value, 80) } : {}),
  });
}

function descriptionInput(value: string | undefined): InputBlock {
  return inputBlock(
    'description',
    'Description',
    {
      type: 'plain_text_input',
      action_id: 'description',
      multiline: true,
      max_length: 300,
      ...(value ? { initial_value: clampPlainText(value, 300) } : {}),
    },
    { hint: 'What it is for. Everybody who may request it sees this.', optional: true },
  );
}

function ownersInput(owners: readonly { id: number; name: string }[]): InputBlock {
  const chosen = owners.slice(0, 100).map((one) => recordOption(one));
  return multiSearchField('owners', 'Owners', {
    actionId: personSearchId.encode({ purpose: 'anyone' }),
    max: 100,
    placeholder: 'Search by name or e-mail',
    chosen,
    hint: 'Owners may add and remove members.',
    optional: true,
  });
}

function longestInput(days: number | null): InputBlock {
  return inputBlock(
    'longest',
    'Maximum membership (days)',
    {
      type: 'number_input',
      action_id: 'longest',
      is_decimal_allowed: false,
      min_value: '1',
      ...(days === null ? {} : { initial_value: String(days) }),
    },
    {
      hint: 'Empty: no limit. Applies to people added from now on. Members by rule stay while they match.',
      optional: true,
    },
  );
}

function entitlementInput(blockId: string, label: string, optional: boolean): InputBlock {
  return multiSearchField(blockId, label, {
    actionId: ids.profileEntitlement,
    max: 100,
    placeholder: 'Search, for example: github admin',
    optional,
  });
}

function tickBox(blockId: string, label: string, hint: string, text: string): InputBlock {
  return inputBlock(
    blockId,
    label,
    { type: 'checkboxes', action_id: blockId, options: [option(text, 'yes')] },
    { hint, optional: true },
  );
}
