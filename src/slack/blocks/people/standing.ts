import type { KnownBlock } from '@slack/web-api';
import type { StandingConcerns } from '../../../governance/people/standing-concerns.ts';
import { ids } from '../../ids.ts';
import { groupButton } from '../../state/people.ts';
import { idButton } from '../../state/records.ts';
import { actions, button, escapeName, section } from '../kit/elements.ts';

/** Of each kind; a message has 50 blocks, and two of them are for one entry. */
const maxShown = 3;

/** Doubts about who may act, with the buttons that settle them. */
export function standingBlocks({ suspended, newMembers, circles }: StandingConcerns): KnownBlock[] {
  return [
    ...suspended.slice(0, maxShown).flatMap(({ id, name }) => [
      section(
        `*${escapeName(name)}* is deactivated in Slack but active in the source of people. They cannot act until a Super Admin confirms them.`,
      ),
      actions(`suspended.${id}`, [
        button('Confirm', ids.peopleConfirm, idButton.encode(id), {
          label: `Confirm that ${name} may act`,
        }),
      ]),
    ]),
    ...newMembers.slice(0, maxShown).flatMap(({ groupId, handle, names }) => [
      section(
        `New in @${escapeName(handle)}: ${names.slice(0, 5).map(escapeName).join(', ')}. They become approvers after a day, or when a Super Admin confirms them. Anybody who can edit the group in Slack can add members.`,
      ),
      actions(`group.${groupId}`, [
        button('Confirm members', ids.groupConfirm, groupButton.encode(groupId), {
          label: `Confirm the new members of @${handle}`,
        }),
      ]),
    ]),
    ...(circles.length === 0
      ? []
      : [
          section(
            `Managers who lead back to themselves, so that no manager is asked: ${circles
              .map(({ name, isSelf }) => `${escapeName(name)}${isSelf ? ' (own manager)' : ''}`)
              .join(', ')}. Correct them in the source of people.`,
          ),
        ]),
  ];
}
