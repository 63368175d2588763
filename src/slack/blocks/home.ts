import type { HomeView, KnownBlock } from '@slack/web-api';
import type { Inbox } from '../../governance/inbox.ts';
import { stepKinds, stepWords } from '../../governance/step-words.ts';
import { ids } from '../ids.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  header,
  say,
  section,
  sections,
  when,
} from './elements.ts';
import { count, suggestionRow } from './suggestion.ts';
import { taskRow } from './task.ts';

const shownAccess = 40;
const shownSuggestions = 5;

/** A person's start page: what waits for them, what they asked for, what they hold. */
export function homeView(inbox: Inbox): HomeView {
  return {
    type: 'home',
    blocks: [
      ...waiting(inbox),
      divider,
      ...requests(inbox),
      divider,
      ...access(inbox),
      ...suggestions(inbox),
      ...decided(inbox),
    ],
  };
}

function waiting({ counts, cards }: Inbox): KnownBlock[] {
  const total = stepKinds.reduce((sum, kind) => sum + counts[kind], 0);
  const words = stepKinds.map((kind) => `${stepWords[kind].inbox} *${counts[kind]}*`);
  return [
    header(
      total === 0
        ? 'Nothing waits for you'
        : `${count(total, 'task')} wait${total === 1 ? 's' : ''} for you`,
    ),
    context(words.join('  ·  ')),
    ...cards.flatMap(taskRow),
    ...(total > cards.length
      ? [context(`and ${total - cards.length} more: type \`/rolemine tasks\``)]
      : []),
  ];
}

function requests(inbox: Inbox): KnownBlock[] {
  const rows = inbox.requests.map(({ card, state }): KnownBlock => {
    const row = section(`${bold(card.title)}  ${say(card.number)}\n${say(state)}`);
    return card.canCancel
      ? {
          ...row,
          accessory: button('Cancel request', `${ids.taskCancel}.home`, String(card.taskId), {
            label: `Cancel request: ${card.title}`,
          }),
        }
      : row;
  });
  return [
    header('My requests'),
    ...(rows.length > 0 ? rows : [context('You have not asked for anything yet.')]),
    actions('home.request', [
      button('Request access', ids.requestOpen, 'home', { style: 'primary' }),
    ]),
  ];
}

function access(inbox: Inbox): KnownBlock[] {
  const lines = inbox.access.slice(0, shownAccess).map(({ label, expiresAt, pending }) => {
    const until = expiresAt ? ` · until ${when(expiresAt)}` : '';
    return `• ${say(label)}${until}${pending ? ' · waiting for a sync to confirm it' : ''}`;
  });
  const more = inbox.access.length - lines.length;
  return [
    header('My access'),
    ...(lines.length > 0
      ? sections([...lines, ...(more > 0 ? [`and ${more} more`] : [])])
      : [context('No access of yours is known here.')]),
  ];
}

function suggestions({ suggestions: list }: Inbox): KnownBlock[] {
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

function decided(inbox: Inbox): KnownBlock[] {
  if (inbox.decided.length === 0) return [];
  const lines = inbox.decided.map(
    ({ title, number, what, at }) =>
      `${bold(title)} ${say(number)} — ${say(what)}${at ? ` · ${when(at)}` : ''}`,
  );
  return [divider, header('Completed tasks'), ...sections(lines)];
}
