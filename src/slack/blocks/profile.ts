import type { KnownBlock, ModalView } from '@slack/web-api';
import type { ProfileView } from '../../governance/profiles.ts';
import { ids } from '../ids.ts';
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
} from './elements.ts';
import { count } from './suggestion.ts';
import type { SlackMessage } from './task.ts';

const shownProfiles = 20;

interface ProfileRow {
  profile: { id: number; name: string };
  entitlements: number;
  members: number;
}

/** The answer to `/rolemine profiles`. */
export function profilesMessage(rows: readonly ProfileRow[]): SlackMessage {
  const text =
    rows.length === 0
      ? 'There is no access profile yet. Accept a suggestion to make one: /rolemine suggestions'
      : count(rows.length, 'access profile');
  return {
    text,
    blocks: [
      section(rows.length === 0 ? text : bold(text)),
      ...rows.slice(0, shownProfiles).map(
        (row): KnownBlock => ({
          ...section(
            `${bold(row.profile.name)}\n${count(row.entitlements, 'entitlement')} · ${count(row.members, 'member')}`,
          ),
          accessory: button('Open', `${ids.profileView}.list`, String(row.profile.id), {
            label: `Open ${row.profile.name}`,
          }),
        }),
      ),
      ...(rows.length > shownProfiles ? [context(`and ${rows.length - shownProfiles} more`)] : []),
    ],
  };
}

/** A profile: what is in it, who is in it, and the way to add people. */
export function profileView(view: ProfileView, news?: string): ModalView {
  const { profile, entitlements, members, cohort } = view;
  const named = members.slice(0, 30).map(({ name }) => shortly(name));
  const more = members.length - named.length;
  return {
    type: 'modal',
    title: plainText('Access profile', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(news ? [section(say(news))] : []),
      section(bold(profile.name)),
      ...(cohort ? [context(`From ${say(cohort.words)}`)] : []),
      ...sections(['*Entitlements*', ...entitlements.slice(0, 40).map((one) => `• ${say(one)}`)]),
      ...(entitlements.length > 40 ? [context(`and ${entitlements.length - 40} more`)] : []),
      section(
        members.length === 0
          ? '*Members*\nNobody is enrolled yet.'
          : `*Members* (${members.length})\n${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      ),
      actions(`profile.${profile.id}`, [
        button('Add members', ids.profileAdd, String(profile.id), { style: 'primary' }),
        ...(members.length > 0
          ? [button('Remove members', ids.profileRemove, String(profile.id))]
          : []),
      ]),
    ],
  };
}

/** Who is to be enrolled, and whether tasks open for what they lack. */
export function addMembersView(view: ProfileView): ModalView {
  const { profile, cohort } = view;
  const everyone: KnownBlock[] = cohort
    ? [
        {
          type: 'input',
          block_id: 'cohort',
          optional: true,
          label: plainText('Or all at once', 75),
          element: {
            type: 'checkboxes',
            action_id: 'cohort',
            options: [
              option(
                `Everyone in the cohort (${count(cohort.people, 'person', 'people')})`,
                'everyone',
                cohort.words,
              ),
            ],
          },
        },
      ]
    : [];
  return {
    type: 'modal',
    callback_id: ids.profileEnroll,
    private_metadata: String(profile.id),
    title: plainText('Add members', 24),
    submit: plainText('Add members', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(profile.name)),
      {
        type: 'input',
        block_id: 'people',
        optional: true,
        label: plainText('People', 75),
        element: {
          type: 'multi_external_select',
          action_id: ids.personSearch,
          min_query_length: 0,
          placeholder: plainText('Search by name or e-mail', 75),
        },
      },
      ...everyone,
      {
        type: 'input',
        block_id: 'requests',
        optional: true,
        label: plainText('Requests', 75),
        hint: plainText(
          'Opens a request for each entitlement that an enrolled person lacks. Without it, people are enrolled and nothing is asked for.',
          300,
        ),
        element: {
          type: 'checkboxes',
          action_id: 'requests',
          options: [option('Create requests for currently enrolled users', 'create')],
        },
      },
    ],
  };
}
