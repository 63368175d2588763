import type { HomeView, KnownBlock } from '@slack/web-api';
import type { Home } from '../../../governance/messages/home.ts';
import type { Permission } from '../../../governance/permissions.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { policyPageButton } from '../../state/policies.ts';
import { profileListButton } from '../../state/profiles.ts';
import { idButton, pageButton } from '../../state/records.ts';
import { openQueryButton } from '../../state/tasks.ts';
import {
  actions,
  button,
  context,
  divider,
  escapeText,
  formatTime,
  header,
  sections,
} from '../kit/elements.ts';
import { suggestionRows } from '../mining/suggestion.ts';
import { accessBlocks, foldedAccessBlocks } from '../requests/my-access.ts';
import { inboxBlocks, inboxTitle } from '../tasks/inbox.ts';
import { requestBlocks } from '../tasks/my-requests.ts';
import { delegationBlocks } from './delegation.ts';
import { preferencesBlocks } from './preferences.ts';

const maxSuggestions = 5;

/** App Home of a person: open tasks, requests, access and settings. For administrators their work comes first. */
export function homeView(home: Home): HomeView {
  const isAdmin = home.manages.length > 0;
  return {
    type: 'home',
    blocks: [
      ...(isAdmin ? [...adminBlocks(home), ...suggestionBlocks(home), divider] : []),
      header(inboxTitle(home.inbox)),
      ...inboxBlocks(home.inbox),
      divider,
      ...requestBlocks(home.requests),
      divider,
      ...(isAdmin ? foldedAccessBlocks(home.access) : accessBlocks(home.access)),
      ...delegationBlocks(home.delegations),
      ...preferencesBlocks(home.preferences),
      ...(isAdmin || home.concerns.length === 0 ? [] : [divider, ...adminBlocks(home)]),
    ],
  };
}

const maxAttentionLines = 8;

/** Lines that need attention, and buttons for the management views that the reader may use. */
function adminBlocks({ concerns, heldImports, manages }: Home): KnownBlock[] {
  if (manages.length === 0 && concerns.length === 0) return [];
  const views = manages.flatMap((permission) => {
    const view = managementViews[permission];
    return view ? [button(view.words, view.id, view.value)] : [];
  });
  return [
    header('Administration'),
    ...(concerns.length > 0
      ? sections([
          '*Needs attention*',
          ...concerns.slice(0, maxAttentionLines).map((one) => `• ${escapeText(one)}`),
        ])
      : [context('Nothing needs attention.')]),
    ...(heldImports.length > 0
      ? [actions('home.held', heldImports.slice(0, 5).map(releaseButton))]
      : []),
    ...(views.length > 0 ? [actions('home.manage', views)] : []),
  ];
}

function releaseButton({ holdId, connector, words }: Home['heldImports'][number]) {
  const label = `Let it through: ${words}`;
  const id = `${ids.importRelease}.${holdId}`;
  return button(`Let the import of ${connector} through`, id, idButton.encode(holdId), { label });
}

const managementViews: Partial<Record<Permission, { words: string; id: string; value: string }>> = {
  reassignAnyTask: {
    words: 'All open tasks',
    id: ids.openTurn,
    value: openQueryButton.encode({
      kind: undefined,
      personId: undefined,
      order: 'oldest',
      page: 0,
    }),
  },
  manageProfiles: {
    words: 'Access profiles',
    id: ids.profileList,
    value: profileListButton.encode({ page: 0, archived: false }),
  },
  manageApplications: { words: 'Applications', id: ids.appList, value: pageButton.encode(0) },
  managePolicies: {
    words: 'Policies',
    id: ids.policyList,
    value: policyPageButton.encode({ kind: 'grant', page: 0 }),
  },
  manageUsers: { words: 'Manage users', id: ids.userList, value: pageButton.encode(0) },
};

function suggestionBlocks({ suggestions: list }: Home): KnownBlock[] {
  if (!list) return [];
  const { suggestions: all, run } = list;
  const last = run?.finishedAt
    ? `Last analysis ${formatTime(run.finishedAt)}`
    : 'No analysis has run yet';
  return [
    divider,
    header('Role mining'),
    context(`${last} · ${formatCount(all.length, 'open suggestion')}`),
    ...all.slice(0, maxSuggestions).flatMap(suggestionRows),
    actions('home.mining', [
      ...(all.length > maxSuggestions
        ? [button(`Show all ${all.length}`, ids.suggestionList, pageButton.encode(0))]
        : []),
      button('Analyze', ids.analysisOpen, 'home'),
      button('Outliers', ids.outlierList, 'home'),
      button('Settings', ids.settingsOpen, 'home'),
    ]),
  ];
}
