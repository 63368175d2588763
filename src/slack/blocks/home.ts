import type { HomeView, KnownBlock } from '@slack/web-api';
import type { Home } from '../../governance/home.ts';
import { ids } from '../ids.ts';
import { delegationBlocks } from './delegation.ts';
import { actions, button, context, divider, header, when } from './elements.ts';
import { inboxBlocks, inboxTitle } from './inbox.ts';
import { accessBlocks } from './my-access.ts';
import { requestBlocks } from './my-requests.ts';
import { count, suggestionRow } from './suggestion.ts';

const shownSuggestions = 5;

/** A person's start page: what waits for them, what they asked for, what they hold. */
export function homeView(home: Home): HomeView {
  return {
    type: 'home',
    blocks: [
      header(inboxTitle(home.inbox)),
      ...inboxBlocks(home.inbox),
      divider,
      ...requestBlocks(home.requests),
      divider,
      ...accessBlocks(home.access),
      ...delegationBlocks(home.delegations),
      ...suggestionBlocks(home),
    ],
  };
}

function suggestionBlocks({ suggestions: list }: Home): KnownBlock[] {
  if (!list) return [];
  const { suggestions: all, run } = list;
  const last = run?.finishedAt
    ? `Last analysis ${when(run.finishedAt)}`
    : 'No analysis has run yet';
  return [
    divider,
    header('Role mining'),
    context(`${last} · ${count(all.length, 'suggestion')} to decide about`),
    ...all.slice(0, shownSuggestions).map(suggestionRow),
    actions('home.mining', [
      ...(all.length > shownSuggestions
        ? [button(`Show all ${all.length}`, ids.suggestionList, '0')]
        : []),
      button('Analyze', ids.analysisOpen, 'home'),
      button('Outliers', ids.outlierList, 'home'),
      button('Settings', ids.settingsOpen, 'home'),
    ]),
  ];
}
