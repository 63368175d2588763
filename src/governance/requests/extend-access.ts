import { Refusal } from '../../errors.ts';
import { listLiveGrants } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findPerson } from '../../store/people/people.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type ActorCtx, inTransaction, readerZone, requirePermission } from '../context.ts';
import { findZone } from '../people/person-zones.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { assertOpenTaskLimit } from '../tasks/rates.ts';
import { formatEnd } from '../wording/relative-time.ts';
import { endRefusalReason, latestEndOf, validateEnd } from './end-date.ts';
import { mayRequestFor } from './request-access.ts';

/** Access that can be extended, with its end and the latest end that it can have. */
export interface ExtendableAccess {
  personId: number;
  entitlementId: number;
  /** "You have", "Cy has" */
  has: string;
  label: string;
  /** "30 Jun 2027" for the reader, as `latest`. */
  until: string;
  latest: string | undefined;
}

/** Whose access; without a person, the actor's own. */
export interface ExtensionTarget {
  personId?: number;
  entitlementId: number;
}

/**
 * Reads the access for the form that extends it.
 * @throws Refusal forbidden, missing, conflict (the person does not have it, or has it without an end).
 */
export async function prepareExtension(
  ctx: ActorCtx,
  target: ExtensionTarget,
): Promise<ExtendableAccess> {
  const { row, person, has, label, endsAt } = await loadEnding(ctx, target);
  const { entitlementId } = target;
  const latest = latestEndOf(row, { now: ctx.now, zone: await findZone(ctx, person.id) });
  const zone = readerZone(ctx);
  return {
    ...{ personId: person.id, entitlementId, has, label },
    until: formatEnd(endsAt, zone),
    latest: latest && formatEnd(latest, zone),
  };
}

async function loadEnding(ctx: ActorCtx, { entitlementId, ...target }: ExtensionTarget) {
  const person = await findPerson(ctx.db, target.personId ?? ctx.actor.personId);
  const [row] = await listEntitlementsById(ctx.db, [entitlementId]);
  if (!row || !person) throw new Refusal('missing', 'This is no longer here.');
  if (!mayRequestFor(ctx, person)) await requirePermission(ctx, 'requestForAnyone');
  const isOwn = person.id === ctx.actor.personId;
  const has = isOwn ? 'You have' : `${person.name} has`;
  const label = labelOf(row);
  const [grant] = await listLiveGrants(ctx.db, [person.id], [entitlementId]);
  if (!grant) {
    const lacks = isOwn ? 'You do not have' : `${person.name} does not have`;
    throw new Refusal('conflict', `${lacks} ${label}, so there is nothing to extend.`);
  }
  if (!grant.expiresAt) {
    const sentence = `${has} ${label} without an end, so there is nothing to extend.`;
    throw new Refusal('conflict', sentence);
  }
  const alreadyHas = isOwn ? 'You already have' : `${person.name} already has`;
  return { row, person, has, alreadyHas, label, endsAt: grant.expiresAt };
}

/**
 * Requests a later end of access: of the actor's own, of a direct report's, or with the permission of anyone's. The task
 * is decided like any request.
 * @throws Refusal forbidden, conflict (no such access, no end, an open request), invalid (no reason, an end too early or too late).
 */
export async function requestExtension(
  ctx: ActorCtx,
  input: ExtensionTarget & { until: Date; reason: string },
): Promise<Task> {
  const { entitlementId, until } = input;
  const zone = await findZone(ctx, input.personId ?? ctx.actor.personId);
  const reason = input.reason.trim();
  if (!reason) {
    throw new Refusal('invalid', 'Enter a reason. The approver sees it.', 'reason');
  }
  validateEnd(until, { emergency: false, now: ctx.now, zone });
  return inTransaction(ctx, async (ctx) => {
    const { row, person, alreadyHas, label, endsAt } = await loadEnding(ctx, input);
    const refusal =
      until <= endsAt
        ? `${alreadyHas} ${label} until ${formatEnd(endsAt, readerZone(ctx))}. Choose a later day.`
        : endRefusalReason(row, until, { now: ctx.now, zone });
    if (refusal) throw new Refusal('invalid', refusal, 'until');
    await assertOpenTaskLimit(ctx, 1);
    const { personId: requesterId } = ctx.actor;
    const { opened, skipped } = await openTasks(ctx, {
      kind: 'grant',
      targets: [{ personId: person.id, entitlementId }],
      requesterId,
      openedBy: requesterId,
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
