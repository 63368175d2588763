import { groupBy, mustGet } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { listLiveGrants } from '../../store/access/grants.ts';
import {
  type EntitlementRow,
  listEntitlementsById,
  searchApplications,
} from '../../store/catalog/entitlements.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type ActorCtx, inTransaction, readerZone, requirePermission } from '../context.ts';
import { findZone } from '../people/person-zones.ts';
import { hasPermission } from '../permissions.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { type Origin, openTasks } from '../tasks/open-tasks.ts';
import { assertOpenTaskLimit } from '../tasks/rates.ts';
import { formatEnd } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import { endRefusalReason, latestEndOf, validateEnd } from './end-date.ts';

export interface AccessRequest {
  personId: number;
  entitlementIds: readonly number[];
  reason: string;
  /** null: the latest possible end of each entitlement, or none. */
  until?: Date | null;
  /** The emergency policies of the entitlements apply. An end is required. */
  emergency?: boolean;
}

/** A task that a request opened. */
export interface OpenedRequest extends Task {
  /** "GitHub · Admin" */
  label: string;
  /** The end of the access for the reader: "30 Jun 2027". */
  until: string | undefined;
}

export interface RequestedAccess {
  opened: OpenedRequest[];
  refused: RefusedRequest[];
}

export interface RefusedRequest {
  entitlementId: number;
  why: string;
  /** The person has the access until a day, so it can be extended. */
  extendable: { personId: number; entitlementId: number } | undefined;
}

/** The number of entitlements in one request. */
export const maxRequested = 20;

/**
 * Requests access to entitlements for the actor, a direct report, or with the permission anyone. Opens one task for
 * each entitlement that can be requested, and returns the others with a reason.
 * @throws Refusal forbidden, missing, invalid, conflict (none of them can be requested or extended, with all reasons).
 */
export async function requestAccess(ctx: ActorCtx, input: AccessRequest): Promise<RequestedAccess> {
  const ids = [...new Set(input.entitlementIds)];
  if (ids.length === 0) throw new Refusal('invalid', 'Choose at least one entitlement.');
  if (ids.length > maxRequested) {
    throw new Refusal('invalid', `Request at most ${maxRequested} entitlements at once.`);
  }
  const { until = null, emergency = false } = input;
  const zone = await findZone(ctx, input.personId);
  validateEnd(until, { emergency, now: ctx.now, zone });
  const reason = input.reason.trim();
  if (!reason) {
    throw new Refusal('invalid', 'Enter a reason. The approver sees it.', 'reason');
  }
  return inTransaction(ctx, async (ctx) => {
    const person = await findPerson(ctx.db, input.personId);
    if (!person) throw new Refusal('missing', 'That person is not known here.');
    if (!isOwn(ctx, person)) await requirePermission(ctx, 'requestForAnyone');
    const answer = await openRequests(
      ctx,
      { personId: person.id, ids, until, zone },
      {
        requesterId: ctx.actor.personId,
        openedBy: ctx.actor.personId,
        profileId: null,
        reason,
        cause: 'asked',
        emergency,
      },
    );
    const isUseful = answer.opened.length > 0 || answer.refused.some((one) => one.extendable);
    if (isUseful) return answer;
    const reasons = [...new Set(answer.refused.map((one) => one.why))];
    throw new Refusal('conflict', joinSentences(reasons));
  });
}

/**
 * Opens tasks for the entitlements that can be requested, in one batch for each end.
 * @param about.zone the time zone of the person, whose days count
 */
export async function openRequests(
  ctx: ActorCtx,
  about: { personId: number; ids: number[]; until: Date | null; zone: string },
  origin: Origin,
): Promise<RequestedAccess> {
  const { personId, ids, until, zone } = about;
  await assertOpenTaskLimit(ctx, ids.length);
  const rows = await listEntitlementsById(ctx.db, ids);
  const clock = { now: ctx.now, zone };
  const byId = new Map(rows.map((row) => [row.id, row]));
  const why = new Map<number, string>();
  const requests: { entitlementId: number; end: Date | null }[] = [];
  for (const entitlementId of ids) {
    const row = byId.get(entitlementId);
    const refusal =
      row && (mailRefusalReason(ctx, personId, row) ?? endRefusalReason(row, until, clock));
    if (refusal) why.set(entitlementId, refusal);
    else requests.push({ entitlementId, end: until ?? (row && latestEndOf(row, clock)) ?? null });
  }
  const opened: OpenedRequest[] = [];
  for (const batch of groupBy(requests, ({ end }) => end?.getTime()).values()) {
    const tasks = await openTasks(ctx, {
      kind: 'grant',
      targets: batch.map(({ entitlementId }) => ({ personId, entitlementId })),
      ...origin,
      accessUntil: batch[0]?.end ?? null,
    });
    for (const one of tasks.skipped) why.set(one.entitlementId, one.why);
    for (const task of tasks.opened) {
      opened.push({
        ...task,
        label: labelOf(mustGet(byId, task.entitlementId)),
        until: formatUntil(ctx, task),
      });
    }
  }
  const isOpen = new Set(opened.map((task) => task.entitlementId));
  const refused = ids.filter((id) => !isOpen.has(id));
  const held = refused.length > 0 ? await listLiveGrants(ctx.db, [personId], refused) : [];
  const isEnding = new Set(held.flatMap((one) => (one.expiresAt ? one.entitlementId : [])));
  return {
    opened: opened.sort((a, b) => a.id - b.id),
    refused: refused.map((entitlementId) => ({
      entitlementId,
      extendable: isEnding.has(entitlementId) ? { personId, entitlementId } : undefined,
      // Without a reason, somebody else opened a request at the same moment.
      why:
        why.get(entitlementId) ??
        `There is already an open request for ${labelOf(mustGet(byId, entitlementId))}.`,
    })),
  };
}

/**
 * Anybody who has a mail can use its link. A manager's request weighs more than one's own, so from an e-mail nobody
 * requests high risk for somebody else.
 */
function mailRefusalReason(
  ctx: ActorCtx,
  personId: number,
  { app, name, risk }: EntitlementRow,
): string | undefined {
  if (ctx.via !== 'email' || personId === ctx.actor.personId || risk !== 'high') return undefined;
  return `${labelOf({ app, name })} has a high risk. By e-mail you can request it only for yourself; the person can ask for it.`;
}

function formatUntil(ctx: ActorCtx, { accessUntil }: Task): string | undefined {
  return accessUntil ? formatEnd(accessUntil, readerZone(ctx)) : undefined;
}

/** Whether the actor may request access for this person. */
export function mayRequestFor(ctx: ActorCtx, person: Person): boolean {
  return isOwn(ctx, person) || hasPermission(ctx.actor.roles, 'requestForAnyone');
}

function isOwn({ actor }: ActorCtx, person: Person): boolean {
  return person.id === actor.personId || person.managerId === actor.personId;
}

/** Finds applications for a search field. */
export async function findApplications(ctx: ActorCtx, query: string) {
  return searchApplications(ctx.db, query, 100);
}
