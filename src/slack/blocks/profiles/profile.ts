import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Member, MemberPage, ProfileView } from '../../../governance/profiles/view.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { formatDate } from '../../../governance/wording/relative-time.ts';
import { ids } from '../../ids.ts';
import { personSearchId } from '../../state/people.ts';
import { heldMembersButton, profileMenuOption } from '../../state/profiles.ts';
import { idButton, idForm } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  option,
  plainText,
  say,
  section,
  sections,
  shortly,
  when,
} from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { leavingWords } from './profile-leaving.ts';

const shownEntitlements = 40;
const shownNames = 20;

/** A profile: what is in it, who is in it and why, how it is kept, and the way to change all that. */
export function profileView(view: ProfileView, news?: string): ModalView {
  const { profile, entitlements, cohort } = view;
  const more = entitlements.length - shownEntitlements;
  return {
    type: 'modal',
    title: plainText('Access profile', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(news ? [section(say(news))] : []),
      section(`${bold(profile.name)}${profile.description ? `\n${say(profile.description)}` : ''}`),
      ...(cohort ? [context(`From ${say(cohort.words)}`)] : []),
      ...(profile.archivedAt ? [context(`Archived ${when(profile.archivedAt)}`)] : []),
      ...heldBlocks(view),
      ...sections([
        '*Entitlements*',
        ...entitlements.slice(0, shownEntitlements).map((one) => `• ${say(one)}`),
      ]),
      ...(more > 0 ? [context(`and ${more} more`)] : []),
      ...memberBlocks(view),
      ...(profile.archivedAt ? [] : [...settingsBlocks(view), ...profileButtons(view)]),
    ],
  };
}

/** Members who wait for a yes to leave. */
function heldBlocks({ profile, held }: ProfileView): KnownBlock[] {
  if (held.length === 0) return [];
  const value = heldMembersButton.encode({ profileId: profile.id, shown: held.length });
  return [
    section(
      `*The rule would remove ${formatCount(held.length, 'member')} at once.* So many leave only with a yes: nobody was removed. They are ${namesOf(held)}`,
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
  const end = until ? `, until ${formatDate(until)}` : '';
  return `• ${shortly(name)} — ${shortly(why)}, since ${formatDate(since)}${end}`;
}

/** How the profile is kept: owners, rule, ends. */
function settingsBlocks({ profile, owners, rule, excluded }: ProfileView): KnownBlock[] {
  const days = profile.longestDays;
  const without = excluded.length > 0 ? `; without ${namesOf(excluded)}` : '';
  return sections([
    '*How it is kept*',
    `• Owners: ${owners.length > 0 ? namesOf(owners) : 'nobody'}`,
    `• Membership rule: ${rule === undefined ? 'none; members are added by hand' : `${say(rule)}${without}`}`,
    `• Access of who leaves: ${leavingWords(profile.leaving)}`,
    `• Longest membership: ${days === null ? 'without an end' : `${formatCount(days, 'day')} (not by the rule)`}`,
  ]);
}

function namesOf(people: readonly { name: string }[]): string {
  const more = people.length - shownNames;
  const names = people.slice(0, shownNames).map(({ name }) => shortly(name));
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function profileButtons({ profile, memberCount, canManage }: ProfileView): KnownBlock[] {
  const id = idButton.encode(profile.id);
  const menuOption = (text: string, action: 'edit' | 'request' | 'archive') =>
    option(text, profileMenuOption.encode({ action, profileId: profile.id }));
  const more = [
    menuOption('Edit', 'edit'),
    menuOption('Request it', 'request'),
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

/** Everybody in a profile, a page at a time. */
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

/** Who is to be enrolled, and whether tasks open for what they lack. */
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
          options: [option('Create requests for currently enrolled users', 'create')],
        },
        {
          hint: 'Opens a request for each entitlement that an enrolled person lacks. Without it, people are enrolled and nothing is asked for.',
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
      'Or all at once',
      {
        type: 'checkboxes',
        action_id: 'cohort',
        options: [option(`Everyone in the cohort (${people})`, 'everyone', cohort.words)],
      },
      { optional: true },
    ),
  ];
}
