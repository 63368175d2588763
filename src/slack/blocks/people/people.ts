import type { KnownBlock } from '@slack/web-api';
import type { AccountConflicts } from '../../../governance/people/account-conflicts.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { addressButton } from '../../state/people.ts';
import {
  actions,
  bold,
  button,
  context,
  section,
  sections,
  shortly,
  when,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

type Changed = AccountConflicts['changed'][number];

/** What somebody should look at about people and their Slack accounts. */
export function peopleMessage({
  changed,
  unknown,
  sharedAddresses,
  readAt,
}: AccountConflicts): SlackMessage {
  const parts = [
    changed.length > 0 ? formatCount(changed.length, 'changed address', 'changed addresses') : '',
    unknown.total > 0 ? `${formatCount(unknown.total, 'person', 'people')} not in Slack` : '',
    sharedAddresses.length > 0
      ? formatCount(sharedAddresses.length, 'address of several', 'addresses of several')
      : '',
  ].filter(Boolean);
  const text =
    parts.length > 0
      ? `People and Slack: ${parts.join(', ')}`
      : 'People and Slack: nothing needs attention';
  const read = readAt
    ? `All of Slack was last read ${when(readAt)}; it is every night.`
    : 'All of Slack has not been read yet; it is every night, and by `rolemine import slack`.';
  return {
    text,
    blocks: [
      section(bold(text)),
      ...changed.flatMap(changedBlocks),
      ...sharedAddressLines(sharedAddresses),
      ...unknownLines(unknown),
      context(read),
    ],
  };
}

function changedBlocks(one: Changed): KnownBlock[] {
  const { personId, name, email, slackEmail, at } = one;
  const value = addressButton.encode({ personId, slackEmail });
  const known = `*${shortly(name)}* is linked as ${shortly(email)}.`;
  return [
    section(`${known} Since ${when(at)} the address in Slack is ${shortly(slackEmail)}.`),
    actions(`people.${personId}`, [
      button('Keep', ids.peopleKeep, value, { label: `Keep the link of ${name}` }),
      button('Unlink', ids.peopleUnlink, value, { style: 'danger', label: `Unlink ${name}` }),
    ]),
  ];
}

function sharedAddressLines(twins: AccountConflicts['sharedAddresses']): KnownBlock[] {
  if (twins.length === 0) return [];
  const lines = twins.map(
    ({ email, names }) => `• ${shortly(email)}: ${names.slice(0, 3).map(shortly).join(', ')}`,
  );
  const head =
    'Several Slack users have one address. Nobody is linked by it until a workspace admin changes that:';
  return sections([head, ...lines]);
}

function unknownLines({ total, people }: AccountConflicts['unknown']): KnownBlock[] {
  if (total === 0) return [];
  const names = people.map(
    ({ name, email }) => `${shortly(name)} (${shortly(email ?? 'no address')})`,
  );
  const more = total > people.length ? ` and ${total - people.length} more` : '';
  return [section(`Slack does not know these people, who get e-mail: ${names.join(', ')}${more}.`)];
}
