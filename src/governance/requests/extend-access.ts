import { Refusal } from '../../errors.ts';
import { listLiveGrants } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type ActorCtx, inTransaction } from '../context.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { formatMoment } from '../wording/relative-time.ts';
import { endRefusalReason, latestEndOf, validateEnd } from './end-date.ts';

/** Access that can be extended: its end now, and the latest end it may have. */
export interface ExtendableAccess {
  entitlementId: number;
  label: string;
  endsAt: Date;
  latest: Date | undefined;
}

/**
 * The access that a form asks a later end for.
 * @throws Refusal when the actor does not hold it, or holds it without an end.
 */
export async function prepareExtension(
  ctx: ActorCtx,
  entitlementId: number,
): Promise<ExtendableAccess> {
  const { row, label, endsAt } = await loadEnding(ctx, entitlementId);
  return { entitlementId, label, endsAt, latest: latestEndOf(row, ctx.now) };
}

async function loadEnding(ctx: ActorCtx, entitlementId: number) {
  const [row] = await listEntitlementsById(ctx.db, [entitlementId]);
  if (!row) throw new Refusal('missing', 'This is no longer here.');
  const label = labelOf(row);
  const [grant] = await listLiveGrants(ctx.db, [ctx.actor.personId], [entitlementId]);
  if (!grant) {
    throw new Refusal('conflict', `You do not hold ${label}, so there is nothing to extend.`);
  }
  if (!grant.expiresAt) {
    throw new Refusal('conflict', `Your ${label} has no end; it need not be extended.`);
  }
  return { row, label, endsAt: grant.expiresAt };
}

/**
 * Asks to keep one's access until a later date; it is decided like a request.
 * @throws Refusal conflict (not held, no end, asked already), invalid (no reason, an end too early or too late).
 */
export async function requestExtension(
  ctx: ActorCtx,
  input: { entitlementId: number; until: Date; reason: string },
): Promise<Task> {
  const { entitlementId, until } = input;
  const reason = input.reason.trim();
  if (!reason) {
    throw new Refusal('invalid', 'Say why it is still needed; the approver reads it.', 'reason');
  }
  validateEnd(until, false, ctx.now);
  return inTransaction(ctx, async (ctx) => {
    const { row, label, endsAt } = await loadEnding(ctx, entitlementId);
    const why =
      until <= endsAt
        ? `${label} is yours until ${formatMoment(endsAt)} already; choose a later day.`
        : endRefusalReason(row, until, ctx.now);
    if (why) throw new Refusal('invalid', why, 'until');
    const { personId } = ctx.actor;
    const { opened, skipped } = await openTasks(ctx, {
      kind: 'grant',
      targets: [{ personId, entitlementId }],
      requesterId: personId,
      openedBy: personId,
      profileId: null,
      reason,
      cause: 'extension',
      accessUntil: until,
    });
    const [task] = opened;
    if (task) return task;
    throw new Refusal(
      'conflict',
      skipped[0]?.why ?? `There is an open request for ${label} already.`,
    );
  });
}
