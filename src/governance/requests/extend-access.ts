import { Refusal } from '../../errors.ts';
import { listLiveGrants } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type ActorCtx, inTransaction, readerZone } from '../context.ts';
import { findZone } from '../people/person-zones.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { formatEnd } from '../wording/relative-time.ts';
import { endRefusalReason, latestEndOf, validateEnd } from './end-date.ts';

/** Access that can be extended, with its end and the latest end that it can have. */
export interface ExtendableAccess {
  entitlementId: number;
  label: string;
  /** "30 Jun 2027" for the reader, as `latest`. */
  until: string;
  latest: string | undefined;
}

/**
 * Reads the access for the form that extends it.
 * @throws Refusal missing, conflict (the actor does not have it, or has it without an end).
 */
export async function prepareExtension(
  ctx: ActorCtx,
  entitlementId: number,
): Promise<ExtendableAccess> {
  const { row, label, endsAt } = await loadEnding(ctx, entitlementId);
  const zone = readerZone(ctx);
  const latest = latestEndOf(row, { now: ctx.now, zone });
  return {
    entitlementId,
    label,
    until: formatEnd(endsAt, zone),
    latest: latest && formatEnd(latest, zone),
  };
}

async function loadEnding(ctx: ActorCtx, entitlementId: number) {
  const [row] = await listEntitlementsById(ctx.db, [entitlementId]);
  if (!row) throw new Refusal('missing', 'This is no longer here.');
  const label = labelOf(row);
  const [grant] = await listLiveGrants(ctx.db, [ctx.actor.personId], [entitlementId]);
  if (!grant) {
    throw new Refusal('conflict', `You do not have ${label}, so there is nothing to extend.`);
  }
  if (!grant.expiresAt) {
    const sentence = `You have ${label} without an end, so there is nothing to extend.`;
    throw new Refusal('conflict', sentence);
  }
  return { row, label, endsAt: grant.expiresAt };
}

/**
 * Requests a later end of the actor's own access. The task is decided like any request.
 * @throws Refusal conflict (no such access, no end, an open request), invalid (no reason, an end too early or too late).
 */
export async function requestExtension(
  ctx: ActorCtx,
  input: { entitlementId: number; until: Date; reason: string },
): Promise<Task> {
  const { entitlementId, until } = input;
  const zone = await findZone(ctx, ctx.actor.personId);
  const reason = input.reason.trim();
  if (!reason) {
    throw new Refusal('invalid', 'Enter a reason. The approver sees it.', 'reason');
  }
  validateEnd(until, { emergency: false, now: ctx.now, zone });
  return inTransaction(ctx, async (ctx) => {
    const { row, label, endsAt } = await loadEnding(ctx, entitlementId);
    const refusal =
      until <= endsAt
        ? `You already have ${label} until ${formatEnd(endsAt, zone)}. Choose a later day.`
        : endRefusalReason(row, until, { now: ctx.now, zone });
    if (refusal) throw new Refusal('invalid', refusal, 'until');
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
      skipped[0]?.why ?? `There is already an open request for ${label}.`,
    );
  });
}
