import type { KnownBlock } from '@slack/web-api';
import type { HeldAccess } from '../../governance/my-access.ts';
import { context, header, say, sections, when } from './elements.ts';

const shownAccess = 40;

/** What the reader holds, in their Home. */
export function accessBlocks(access: readonly HeldAccess[]): KnownBlock[] {
  const lines = access.slice(0, shownAccess).map(({ label, expiresAt, pending }) => {
    const until = expiresAt ? ` · until ${when(expiresAt)}` : '';
    return `• ${say(label)}${until}${pending ? ' · waiting for a sync to confirm it' : ''}`;
  });
  const more = access.length - lines.length;
  return [
    header('My access'),
    ...(lines.length > 0
      ? sections([...lines, ...(more > 0 ? [`and ${more} more`] : [])])
      : [context('No access of yours is known here.')]),
  ];
}
