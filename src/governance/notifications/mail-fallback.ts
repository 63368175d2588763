import { insertDigestItems, insertDigests } from '../../store/messages/digests.ts';
import { insertOutbox, type OutboxRow } from '../../store/messages/outbox.ts';
import { isPending } from '../../store/messages/outbox-claims.ts';
import {
  isAboutEmergency,
  listPendingNews,
  lockRecipient,
  markSentInDigest,
  mergeDigests,
} from '../../store/messages/pending-news.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { redrawHomes } from './redraw.ts';

/**
 * Prepares a message that Slack could not deliver for e-mail. All undelivered news of its reader becomes one digest,
 * so that nobody gets a mail for each task that was opened while Slack was unavailable.
 * @returns `alone`: there is no other news, so mail this message; `gathered`: a digest contains it now.
 */
export async function gatherNews(ctx: Ctx, row: OutboxRow): Promise<'alone' | 'gathered'> {
  return inTransaction(ctx, async (ctx) => {
    await lockRecipient(ctx.db, row.recipientId);
    if (!(await isPending(ctx.db, row.id))) return 'gathered';
    const untold = await listPendingNews(ctx.db, row.recipientId);
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
    await markSentInDigest(
      ctx.db,
      untold.map(({ id }) => id),
      ctx.now,
    );
    // The digest is as old as its oldest message, so that it does not wait again.
    const message = { kind: 'digest', subjectId: digestId, priority: 1 } as const;
    await insertOutbox(ctx.db, [{ ...message, recipientId: row.recipientId }], row.createdAt);
    return 'gathered';
  });
}

/** Whether a message cannot wait until Slack is available again. */
export async function isUrgent(ctx: Ctx, row: OutboxRow): Promise<boolean> {
  return isAboutEmergency(ctx.db, row.id);
}

/** Shows news that was mailed in the reader's App Home, which makes no sound. */
export async function redrawHome(ctx: Ctx, row: OutboxRow): Promise<void> {
  await redrawHomes(ctx, [row.recipientId]);
}

async function beginDigest({ db, now }: Ctx, personId: number): Promise<number> {
  const begun = await insertDigests(db, [{ personId, kind: 'news', createdAt: now }]);
  const id = begun.get(personId);
  if (id === undefined) throw new Error('the digest was not stored');
  return id;
}
