import { findCopy } from '../../store/messages/message-copies.ts';
import type { OutboxRow } from '../../store/messages/outbox.ts';
import { findNewsDigest } from '../../store/messages/untold-news.ts';
import { findSlackIdentity } from '../../store/people/people.ts';
import type { Ctx } from '../context.ts';
import { digestWindowMs } from './notify-or-digest.ts';
import { loadPreferences } from './preferences.ts';

/** Which ways a message may go: as its reader chose, and as they have it already. */
export interface Route {
  /** `redraw`: only a copy that is there is brought up to date. */
  slack: 'post' | 'redraw' | 'none';
  /** `instead`: where Slack cannot be reached. */
  email: 'send' | 'instead' | 'none';
  /** The person has a copy in Slack. */
  isInSlack: boolean;
  /** Slack was asked for them, and does not have them as a member. */
  isUnlinked: boolean;
  /** A digest grows for a few minutes, and a mail cannot grow: until then it waits. */
  mailFrom: Date | undefined;
}

/** Marks a mail that went out and of which nobody can say whether it arrived: it may be sent once more. */
export const uncertainDelivery = 'undecided';

const home: Route = {
  slack: 'redraw',
  email: 'none',
  isInSlack: true,
  isUnlinked: false,
  mailFrom: undefined,
};

/**
 * What somebody has been told of on one surface is never told a second time on another, whatever they choose
 * meanwhile; a copy in Slack is always brought up to date.
 */
export async function planRoute(ctx: Ctx, row: OutboxRow): Promise<Route> {
  if (row.kind === 'home') return home;
  const { channel } = (await loadPreferences(ctx, [row.recipientId]))(row.recipientId);
  const inSlack = await findCopy(ctx.db, row, 'slack');
  const copy = await findCopy(ctx.db, row, 'email');
  const mailed = copy?.contentHash === uncertainDelivery ? undefined : copy;
  const identity = await findSlackIdentity(ctx.db, row.recipientId);
  const wasTold = (one: { sentAt: Date } | undefined) => one && one.sentAt < row.createdAt;
  const isNewInSlack = channel === 'both' ? !wasTold(mailed) : channel === 'slack' && !copy;
  const isNewByMail = channel === 'slack' ? !inSlack : !wasTold(inSlack);
  const grows = row.kind === 'digest' ? await findNewsDigest(ctx.db, row.subjectId) : undefined;
  const oldInSlack = inSlack ? 'redraw' : 'none';
  const newByMail = channel === 'slack' && !copy ? 'instead' : 'send';
  return {
    slack: isNewInSlack ? 'post' : oldInSlack,
    email: mailed || !isNewByMail ? 'none' : newByMail,
    isInSlack: inSlack !== undefined,
    isUnlinked: identity !== undefined && identity.state !== 'linked',
    mailFrom: grows && new Date(grows.getTime() + digestWindowMs),
  };
}
