import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Member, MemberPage, ProfileView } from '../../../governance/profiles/view.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { personSearchId } from '../../state/people.ts';
import { heldMembersButton, profileMenuOption } from '../../state/profiles.ts';
import { idButton, idForm } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeName,
  escapeText,
  formatTime,
  option,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { describeLeaving } from './profile-leaving.ts';

const maxEntitlements = 40;
const maxNames = 20;

/** The box of *Add members* that opens requests. Other sentences name it. */
export const createRequestsText = 'Create requests for currently enrolled users';

/** A profile: entitlements, members with their sources, settings, and buttons to change them. */
export function profileView(view: ProfileView, result?: string): ModalView {
  const { profile, entitlements, cohort } = view;
  const more = entitlements.length - maxEntitlements;
  return {
    type: 'modal',
    title: plainText('Access profile', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(result ? [section(escapeText(result))] : []),
      section(
        `${bold(profile.name)}${profile.description ? `\n${escapeText(profile.description)}` : ''}`,
      ),
      ...(cohort ? [context(`From ${escapeText(cohort.words)}`)] : []),
      ...(profile.archivedAt ? [context(`Archived ${formatTime(profile.archivedAt)}`)] : []),
      ...heldBlocks(view),
      ...sections([
        '*Entitlements*',
        ...entitlements.slice(0, maxEntitlements).map((one) => `• ${escapeText(one)}`),
      ]),
      ...(more > 0 ? [context(`and ${more} more`)] : []),
      ...memberBlocks(view),
      ...(profile.archivedAt ? [] : [...settingsBlocks(view), ...profileButtons(view)]),
    ],
  };
}

/** Removals that need confirmation. */
function heldBlocks({ profile, held }: ProfileView): KnownBlock[] {
  if (held.length === 0) return [];
  const value = heldMembersButton.encode({ profileId: profile.id, shown: held.length });
  return [
    section(
      `*The rule would remove ${formatCount(held.length, 'member')} at once.* A removal this large needs confirmation; nobody was removed. Members: ${namesOf(held)}`,
    ),
    actions('profile.held', [
      button('Apply removals', ids.profileHeldApply, value, { style: 'danger' }),
      button('Keep them', ids.profileHeldKeep, value),
    ]),
  ];
}

function memberBlocks({ profile, members, memberCount }: ProfileView): KnownBlock[] {
  if (memberCount === 0) return [section('*Members*\nNobody is enrolled yet.')];
  const more = memberCount - members.length;
  return [
    ...sections([`*Members* (${memberCount})`, ...members.map(memberLine)]),
    ...(more > 0
      ? [
          {
            ...section(`and ${more} more`),
            accessory: button('Show all', ids.profileMembers, idButton.encode(profile.id), {
              label: 'Show all members',
            }),
          },
        ]
      : []),
  ];
}

function memberLine({ name, why, since, until }: Member): string {
  const end = until ? `, until ${escapeName(until)}` : '';
  return `• ${escapeName(name)} — ${escapeName(why)}, since ${escapeName(since)}${end}`;
}

/** The settings of the profile: owners, rule, leaving, maximum membership. */
function settingsBlocks({ profile, owners, rule, excluded }: ProfileView): KnownBlock[] {
  const days = profile.maxMembershipDays;
  const without = excluded.length > 0 ? `; excluded: ${namesOf(excluded)}` : '';
  return sections([
    '*Settings*',
    `• Owners: ${owners.length > 0 ? namesOf(owners) : 'none'}`,
    `• Membership rule: ${rule === undefined ? 'none; members are added by hand' : `${escapeText(rule)}${without}`}`,
    `• When someone leaves: ${describeLeaving(profile.leaving)}`,
    `• Maximum membership: ${days === null ? 'no limit' : `${formatCount(days, 'day')} (except by rule)`}`,
  ]);
}

function namesOf(people: readonly { name: string }[]): string {
  const more = people.length - maxNames;
  const names = people.slice(0, maxNames).map(({ name }) => escapeName(name));
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function profileButtons({ profile, memberCount, canManage }: ProfileView): KnownBlock[] {
  const id = idButton.encode(profile.id);
  const menuOption = (text: string, action: 'edit' | 'request' | 'archive') =>
    option(text, profileMenuOption.encode({ action, profileId: profile.id }));
  const more = [
    menuOption('Edit', 'edit'),
    menuOption('Request', 'request'),
    menuOption('Archive', 'archive'),
  ];
  return [
    actions(`profile.${profile.id}`, [
      button('Add members', ids.profileAdd, id, { style: 'primary' }),
      ...(memberCount > 0 ? [button('Remove members', ids.profileRemove, id)] : []),
      ...(canManage
        ? [
            button('Entitlements', ids.profileEntitlements, id),
            button('Rule', ids.profileRule, id),
            { type: 'overflow' as const, action_id: ids.profileMore, options: more },
          ]
        : []),
    ]),
  ];
}

/** The members of a profile, page by page. */
export function membersView({ profile, members, total, page, pages }: MemberPage): ModalView {
  return {
    type: 'modal',
    private_metadata: idForm.encode(profile.id),
    title: plainText('Members', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(profile.name)),
      context(`${formatCount(total, 'member')} · page ${page + 1} of ${pages}`),
      ...(members.length > 0 ? sections(members.map(memberLine)) : []),
      ...pagingBlocks(ids.profileMembersPage, { page, pages }),
    ],
  };
}

/** A form to enroll people, with or without requests for missing access. */
export function addMembersView(view: ProfileView): ModalView {
  const { profile } = view;
  return {
    type: 'modal',
    callback_id: ids.profileEnroll,
    private_metadata: idForm.encode(profile.id),
    title: plainText('Add members', 24),
    submit: plainText('Add members', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(profile.name)),
      multiSearchField('people', 'People', {
        actionId: personSearchId.encode({ purpose: 'anyone' }),
        placeholder: 'Search by name or e-mail',
        optional: true,
      }),
      ...cohortBoxes(view),
      inputBlock(
        'requests',
        'Requests',
        {
          type: 'checkboxes',
          action_id: 'requests',
          options: [option(createRequestsText, 'create')],
        },
        {
          hint: 'Opens a request for each missing entitlement. Without it, people are enrolled and nothing is requested.',
          optional: true,
        },
      ),
    ],
  };
}

function cohortBoxes({ cohort }: ProfileView): KnownBlock[] {
  if (!cohort) return [];
  const people = formatCount(cohort.people, 'person', 'people');
  return [
    inputBlock(
      'cohort',
      'Whole cohort',
      {
        type: 'checkboxes',
        action_id: 'cohort',
        options: [option(`Everyone in the cohort (${people})`, 'everyone', cohort.words)],
      },
      { optional: true },
    ),
  ];
}
