import type { KnownBlock, ModalView } from '@slack/web-api';
import type { ProfilePage, ProfileRow } from '../../../governance/profiles/view.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { profileListButton } from '../../state/profiles.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  escapeText,
  plainText,
  section,
} from '../kit/elements.ts';
import { searchBlock } from '../kit/fields.ts';
import { pagingButtons } from '../kit/paging.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** The answer to `/rolemine profiles`. */
export function profilesMessage(page: ProfilePage): SlackMessage {
  const text = page.total === 0 ? noneWords(page) : formatCount(page.total, 'access profile');
  const more = page.total - page.rows.length;
  const buttons = [
    ...(page.total > 0 ? [listButton('Search profiles', 'search', 0, false)] : []),
    ...(page.canManage ? [button('Create access profile', ids.profileMake, 'list')] : []),
  ];
  return {
    text,
    blocks: [
      section(page.total === 0 ? text : bold(text)),
      ...page.rows.map(profileRow),
      ...(more > 0 ? [context(`and ${more} more`)] : []),
      ...(buttons.length > 0 ? [actions('profiles', buttons)] : []),
    ],
  };
}

/** Profiles page by page, with a search. */
export function profilesView(page: ProfilePage): ModalView {
  const { rows, total, archived, canManage } = page;
  const buttons = [
    ...pagingButtons(ids.profileList, page, (to) =>
      profileListButton.encode({ page: to, archived }),
    ),
    ...(canManage && !archived ? [button('Create access profile', ids.profileMake, 'list')] : []),
    ...(canManage
      ? [
          archived
            ? listButton('Show active', 'used', 0, false)
            : listButton('Show archived', 'archived', 0, true),
        ]
      : []),
  ];
  return {
    type: 'modal',
    title: plainText('Access profiles', 24),
    close: plainText('Close', 24),
    blocks: [
      searchBlock(
        'profiles.search',
        'Find a profile by name or description:',
        ids.profileSearch,
        'Search profiles',
      ),
      divider,
      context(
        total === 0
          ? noneWords(page)
          : `${formatCount(total, archived ? 'archived profile' : 'access profile')} · page ${page.page + 1} of ${page.pages}`,
      ),
      ...rows.map(profileRow),
      ...(buttons.length > 0 ? [actions('profiles.turn', buttons)] : []),
    ],
  };
}

function listButton(text: string, mark: string, page: number, archived: boolean) {
  return button(text, `${ids.profileList}.${mark}`, profileListButton.encode({ page, archived }));
}

function noneWords({ archived, canManage }: ProfilePage): string {
  if (archived) return 'There are no archived access profiles.';
  return canManage
    ? 'There are no access profiles yet. Create one, or accept a suggestion: /rolemine suggestions'
    : 'There are no access profiles to request yet.';
}

function profileRow({ profile, entitlements, members, canOpen }: ProfileRow): KnownBlock {
  const { id, name, description } = profile;
  const about = description ? `\n${escapeText(description)}` : '';
  const rule = profile.rule ? ' · members by rule' : '';
  const held = canOpen && profile.pendingRemovalIds ? ' · removals need confirmation' : '';
  const figures = `${formatCount(entitlements, 'entitlement')} · ${formatCount(members, 'member')}${rule}${held}`;
  const accessory = canOpen
    ? button('Open', `${ids.profileView}.list`, idButton.encode(id), { label: `Open ${name}` })
    : button('Request', `${ids.profileRequest}.list`, idButton.encode(id), {
        label: `Request ${name}`,
      });
  return { ...section(`${bold(name)}${about}\n${figures}`), accessory };
}
