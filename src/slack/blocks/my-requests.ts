import type { KnownBlock } from '@slack/web-api';
import type { MyRequest } from '../../governance/my-requests.ts';
import { ids } from '../ids.ts';
import { actions, bold, button, context, header, say, section } from './elements.ts';

/** What the reader asked for, in their Home. */
export function requestBlocks(requests: readonly MyRequest[]): KnownBlock[] {
  const rows = requests.map(({ card, state }): KnownBlock => {
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
