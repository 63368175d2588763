import type { KnownBlock } from '@slack/web-api';
import type { AccountConflicts } from '../../../governance/people/account-conflicts.ts';
import type { StandingConcerns } from '../../../governance/people/standing-concerns.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { addressButton } from '../../state/people.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeName,
  formatTime,
  section,
  sections,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';
import { countQuestions, type IdentityQuestions, identityBlocks } from './identities.ts';
import { standingBlocks } from './standing.ts';

type Changed = AccountConflicts['changed'][number];

/** A message has at most 50 blocks, which the kinds of questions share. The others follow as these are decided. */
const maxChanged = 5;

/** People about whom a Super Admin has to decide. */
export function peopleMessage({
  changed,
  unknown,
  sharedAddresses,
  readAt,
  suspended,
  newMembers,
  circles,
  ...identities
}: AccountConflicts & StandingConcerns & IdentityQuestions): SlackMessage {
  const parts = [
    ...countQuestions(identities),
    suspended.length > 0 ? `${suspended.length} deactivated in Slack` : '',
    newMembers.length > 0
      ? formatCount(newMembers.length, 'group with new members', 'groups with new members')
      : '',
    circles.length > 0 ? `${circles.length} in a circle of managers` : '',
    changed.length > 0 ? formatCount(changed.length, 'changed address', 'changed addresses') : '',
    unknown.total > 0 ? `${formatCount(unknown.total, 'person', 'people')} not in Slack` : '',
    sharedAddresses.length > 0
      ? formatCount(sharedAddresses.length, 'shared address', 'shared addresses')
      : '',
  ].filter(Boolean);
  const text = parts.length > 0 ? `People: ${parts.join(', ')}` : 'People: nothing needs attention';
  const read = readAt
    ? `All Slack users were last read ${formatTime(readAt)}. They are read every night.`
    : 'Slack users have not been read yet. They are read every night, and by `rolemine import slack`.';
  return {
    text,
    blocks: [
      section(bold(text)),
      ...identityBlocks(identities),
      ...changed.slice(0, maxChanged).flatMap(changedBlocks),
      ...standingBlocks({ suspended, newMembers, circles }),
      ...sharedAddressLines(sharedAddresses),
      ...unknownLines(unknown),
      context(read),
    ],
  };
}

function changedBlocks(one: Changed): KnownBlock[] {
  const { personId, name, email, slackEmail, at } = one;
  const value = addressButton.encode({ personId, slackEmail });
  const known = `*${escapeName(name)}* is linked with ${escapeName(email)}.`;
  return [
    section(`${known} Since ${formatTime(at)} the address in Slack is ${escapeName(slackEmail)}.`),
    actions(`people.${personId}`, [
      button('Keep', ids.peopleKeep, value, { label: `Keep the link of ${name}` }),
      button('Unlink', ids.peopleUnlink, value, { style: 'danger', label: `Unlink ${name}` }),
    ]),
  ];
}

function sharedAddressLines(sharedAddresses: AccountConflicts['sharedAddresses']): KnownBlock[] {
  if (sharedAddresses.length === 0) return [];
  const lines = sharedAddresses.map(
    ({ email, names }) => `• ${escapeName(email)}: ${names.slice(0, 3).map(escapeName).join(', ')}`,
  );
  const head =
    'Several Slack users share an address. Nobody is linked by it until a workspace admin fixes that:';
  return sections([head, ...lines]);
}

function unknownLines({ total, people }: AccountConflicts['unknown']): KnownBlock[] {
  if (total === 0) return [];
  const names = people.map(
    ({ name, email }) => `${escapeName(name)} (${escapeName(email ?? 'no e-mail address')})`,
  );
  const more = total > people.length ? ` and ${total - people.length} more` : '';
  return [section(`Not in Slack: ${names.join(', ')}${more}. People with an address get e-mail.`)];
}
