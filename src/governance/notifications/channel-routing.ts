import { findCopy } from '../../store/messages/message-copies.ts';
import type { OutboxRow } from '../../store/messages/outbox.ts';
import { findNewsDigest } from '../../store/messages/pending-news.ts';
import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import type { Ctx } from '../context.ts';
import { digestWindowMs } from './notify-or-digest.ts';
import { loadPreferences } from './preferences.ts';

/** The ways that a message may take, by the reader's choice and the copies that they have. */
export interface Route {
  /** `redraw`: update an existing copy, but post no new one. */
  slack: 'post' | 'redraw' | 'none';
  /** `instead`: send only if Slack cannot be reached. */
  email: 'send' | 'instead' | 'none';
  /** Whether the person has a copy in Slack. */
  isInSlack: boolean;
  /** Whether Slack was asked and does not have the person as a member. */
  isUnlinked: boolean;
  /** The mail of a digest waits until then: a digest grows for a few minutes, and a sent mail cannot grow. */
  mailFrom: Date | undefined;
}

/** The content hash of a mail that may or may not have arrived. It may be sent once more. */
export const uncertainDelivery = 'undecided';

const home: Route = {
  slack: 'redraw',
  email: 'none',
  isInSlack: true,
  isUnlinked: false,
  mailFrom: undefined,
};

/**
 * Plans the ways of a message. News that reached somebody on one surface is never sent on the other, even if they
 * change their channel meanwhile. A copy in Slack is always updated.
 */
export async function planRoute(ctx: Ctx, row: OutboxRow): Promise<Route> {
  if (row.kind === 'home') return home;
  const { channel } = (await loadPreferences(ctx, [row.recipientId]))(row.recipientId);
  const inSlack = await findCopy(ctx.db, row, 'slack');
  const copy = await findCopy(ctx.db, row, 'email');
  const mailed = copy?.contentHash === uncertainDelivery ? undefined : copy;
  const identity = await findSlackIdentity(ctx.db, row.recipientId);
  const isEarlier = (one: { sentAt: Date } | undefined) => one && one.sentAt < row.createdAt;
  const isNewInSlack = channel === 'both' ? !isEarlier(mailed) : channel === 'slack' && !copy;
  const isNewByMail = channel === 'slack' ? !inSlack : !isEarlier(inSlack);
  const digestBegunAt =
    row.kind === 'digest' ? await findNewsDigest(ctx.db, row.subjectId) : undefined;
  const redraw = inSlack ? 'redraw' : 'none';
  const mail = channel === 'slack' && !copy ? 'instead' : 'send';
  return {
    slack: isNewInSlack ? 'post' : redraw,
    email: mailed || !isNewByMail ? 'none' : mail,
    isInSlack: inSlack !== undefined,
    isUnlinked: identity !== undefined && identity.state !== 'linked',
    mailFrom: digestBegunAt && new Date(digestBegunAt.getTime() + digestWindowMs),
  };
}
