import { insertDigestItems, insertDigests } from '../../store/messages/digests.ts';
import { insertOutbox, type OutboxRow } from '../../store/messages/outbox.ts';
import { isPending } from '../../store/messages/outbox-claims.ts';
import {
  isAboutEmergency,
  listUntold,
  lockRecipient,
  markGathered,
  mergeDigests,
} from '../../store/messages/untold-news.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { redrawHomes } from './redraw.ts';

/**
 * A message that Slack was to bring goes by e-mail. What else waits to be told to its reader goes with it, as one
 * digest: nobody gets a mail for each of the tasks that came while Slack was away.
 * @returns `alone`: nothing else waits, the message is to be mailed; `gathered`: another message tells it now.
 */
export async function gatherNews(ctx: Ctx, row: OutboxRow): Promise<'alone' | 'gathered'> {
  return inTransaction(ctx, async (ctx) => {
    await lockRecipient(ctx.db, row.recipientId);
    if (!(await isPending(ctx.db, row.id))) return 'gathered';
    const untold = await listUntold(ctx.db, row.recipientId);
    if (!untold.some(({ id }) => id === row.id) || untold.length === 1) return 'alone';
    const digestId = await beginDigest(ctx, row.recipientId);
    const isDigest = ({ kind }: { kind: string }) => kind === 'digest';
    await insertDigestItems(
      ctx.db,
      untold
        .filter((one) => !isDigest(one))
        .map(({ kind, subjectId }) => ({ digestId, kind, subjectId })),
    );
    const old = new Set(untold.filter(isDigest).map((one) => one.subjectId));
    await mergeDigests(ctx.db, digestId, [...old]);
    await markGathered(
      ctx.db,
      untold.map(({ id }) => id),
      ctx.now,
    );
    // As old as what it tells, so that it waits for nothing more.
    const message = { kind: 'digest', subjectId: digestId, priority: 1 } as const;
    await insertOutbox(ctx.db, [{ ...message, recipientId: row.recipientId }], row.createdAt);
    return 'gathered';
  });
}

/** Whether a message cannot wait for Slack to come back. */
export async function isUrgent(ctx: Ctx, row: OutboxRow): Promise<boolean> {
  return isAboutEmergency(ctx.db, row.id);
}

/** What was told by e-mail stands in the reader's App Home, where it makes no sound. */
export async function redrawHome(ctx: Ctx, row: OutboxRow): Promise<void> {
  await redrawHomes(ctx, [row.recipientId]);
}

async function beginDigest({ db, now }: Ctx, personId: number): Promise<number> {
  const begun = await insertDigests(db, [{ personId, kind: 'news', createdAt: now }]);
  const id = begun.get(personId);
  if (id === undefined) throw new Error('the digest was not stored');
  return id;
}
