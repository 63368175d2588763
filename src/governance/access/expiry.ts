import {
  clearRefusedExpiries,
  findNamedGrant,
  listExpired,
  listNotifiedClosedAt,
  markExpiryNotified,
  markRevocationFailed,
} from '../../store/access/expiry.ts';
import { deleteCopies } from '../../store/messages/message-copies.ts';
import { listZonesInUse } from '../../store/people/slack-identities.ts';
import { attachToRule } from '../../store/rules/rule-grants.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import { knownZone } from '../../time-zones.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  audit,
  auditMany,
  type Ctx,
  inTransaction,
  organizationZone,
  readerZone,
} from '../context.ts';
import { notifyExpiry } from '../notifications/redraw.ts';
import { loadRequiredRules } from '../role-rules/rules-for-person.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { addBusinessDays } from '../wording/calendar-days.ts';
import { formatEnd } from '../wording/relative-time.ts';

const hourMs = 3_600_000;
/**
 * Business days between the notice to the holder and the end
 * (docs/governance.md#duration-and-expiry).
 */
const noticeBusinessDays = 3;
/** Grants of one transaction. */
const batchSize = 500;

/** Notifies holders of coming ends and opens revocations for passed ones. */
export async function reconcileExpiry(ctx: Ctx): Promise<void> {
  await notifyExpiring(ctx);
  await expireGrants(ctx);
}

/**
 * Notifies each holder once of an end: 3 business days before, or an hour before for a short grant.
 */
export async function notifyExpiring(ctx: Ctx): Promise<void> {
  const at = {
    now: ctx.now,
    short: new Date(ctx.now.getTime() + hourMs),
    ...(await longEnds(ctx)),
  };
  for (let claimed = batchSize; claimed === batchSize; ) {
    claimed = await inTransaction(ctx, async (ctx) => {
      const grants = await markExpiryNotified(ctx.db, at, batchSize);
      // A holder who was notified of an earlier end gets a new message: an edit of the old one
      // notifies nobody.
      await deleteCopies(ctx.db, { kind: 'expiring', subjectIds: grants.map(({ id }) => id) });
      await notifyExpiry(ctx, grants, 1);
      return grants.length;
    });
  }
}

/** The latest end of which a holder is notified now: for most people, and for those in other time zones. */
async function longEnds(ctx: Ctx) {
  const endIn = (zone: string) => addBusinessDays(ctx.now, noticeBusinessDays, zone);
  const names = (await listZonesInUse(ctx.db)).filter((name) => knownZone(name) !== undefined);
  return {
    long: endIn(organizationZone(ctx)),
    longByZone: names.map((zone) => ({ zone, long: endIn(zone) })),
  };
}

/**
 * Opens a revocation for each passed end, once. Access that the revocation left (denied, canceled,
 * won't deprovision) has no end from then on.
 */
export async function expireGrants(ctx: Ctx): Promise<void> {
  await inTransaction(ctx, keepDeniedGrants);
  for (let lastId = 0; ; ) {
    const ended = await inTransaction(ctx, (ctx) => openRevocations(ctx, lastId));
    lastId = ended.at(-1)?.id ?? lastId;
    if (ended.length < batchSize) return;
  }
}

async function openRevocations(ctx: Ctx, afterId: number) {
  const ended = await listExpired(ctx.db, { now: ctx.now, afterId, limit: batchSize });
  if (ended.length === 0) return ended;
  const findRequiredRule = await loadRequiredRules(
    ctx,
    ended.map(({ personId }) => personId),
    ended.map(({ entitlementId }) => entitlementId),
  );
  await keepGrantsByRule(ctx, ended, findRequiredRule);
  const expiring = ended.filter((grant) => !findRequiredRule(grant));
  const { skipped } = await openTasks(ctx, {
    kind: 'revoke',
    targets: expiring.map(({ personId, entitlementId }) => ({
      personId,
      entitlementId,
      because: 'The access has reached its end date.',
    })),
    requesterId: null,
    openedBy: null,
    profileId: null,
    reason: null,
    cause: 'expired',
  });
  const refusals = new Map(
    skipped.map((pair) => [`${pair.personId}:${pair.entitlementId}`, pair.why]),
  );
  const refused = expiring.flatMap((grant) => {
    const reason = refusals.get(`${grant.personId}:${grant.entitlementId}`);
    // Opening is tried again each time, and the reason is audited once.
    return reason === undefined || grant.isAudited ? [] : [{ ...grant, reason }];
  });
  await auditMany(
    ctx,
    'grant.stay',
    refused.map(({ id, expiresAt, reason }) => ({
      subject: subjectOf.grant(id),
      after: { expiresAt, why: reason },
    })),
  );
  await markRevocationFailed(
    ctx.db,
    refused.map(({ id }) => id),
    ctx.now,
  );
  return ended;
}

/**
 * Access that a required rule grants does not end by its date: it belongs to the rule from now on.
 */
async function keepGrantsByRule(
  ctx: Ctx,
  ended: Awaited<ReturnType<typeof listExpired>>,
  findRequiredRule: Awaited<ReturnType<typeof loadRequiredRules>>,
): Promise<void> {
  const kept = ended.flatMap((grant) => {
    const rule = findRequiredRule(grant);
    return rule ? [{ grantId: grant.id, ruleId: rule.id, expiresAt: grant.expiresAt }] : [];
  });
  await attachToRule(ctx.db, kept);
  await auditMany(
    ctx,
    'grant.keep',
    kept.map(({ grantId, ruleId, expiresAt }) => ({
      subject: subjectOf.grant(grantId),
      before: { expiresAt },
      after: { expiresAt: null, rule: ruleId },
    })),
  );
}

async function keepDeniedGrants(ctx: Ctx): Promise<void> {
  for (const { id, taskId, expiresAt } of await clearRefusedExpiries(ctx.db, ctx.now)) {
    await audit(ctx, 'grant.keep', subjectOf.grant(id), {
      before: { expiresAt: new Date(expiresAt).toISOString() },
      after: { expiresAt: null, task: taskId },
    });
  }
}

/** Redraws the notices about ends of grants that this sync has closed. */
export async function redrawEndedGrants(ctx: Ctx): Promise<void> {
  await notifyExpiry(ctx, await listNotifiedClosedAt(ctx.db, ctx.now), 2);
}

/** The notice to the holder about the end of a grant. */
export interface ExpiryNote {
  entitlementId: number;
  title: string;
  /** The consequence of the end, or its outcome. */
  note: string;
  canExtend: boolean;
  /** The end of the grant; undefined if it has passed or the grant has none. */
  endsAt: Date | undefined;
}

/** @returns undefined if the grant does not exist. */
export async function loadExpiryNote(ctx: Ctx, grantId: number): Promise<ExpiryNote | undefined> {
  const found = await findNamedGrant(ctx.db, grantId);
  if (!found) return undefined;
  const { grant } = found;
  const label = `${found.app} · ${found.entitlement}`;
  const pair = { personIds: [grant.personId], entitlementIds: [grant.entitlementId] };
  const [extension] = await listOpenTasks(ctx.db, { kind: 'grant', ...pair });
  const [revocation] = await listOpenTasks(ctx.db, { kind: 'revoke', ...pair });
  const toNote = (title: string, note: string, canExtend = false): ExpiryNote => ({
    entitlementId: grant.entitlementId,
    title,
    note,
    canExtend,
    endsAt: canExtend ? (grant.expiresAt ?? undefined) : undefined,
  });
  if (grant.closedAt)
    return toNote(`Your access to ${label} has ended`, 'You can request it again.');
  if (!grant.expiresAt) return toNote(`You keep ${label}`, 'It no longer has an end date.');
  const day = formatEnd(grant.expiresAt, readerZone(ctx));
  if (revocation) {
    const outcome = `Revocation #${revocation.id} is open. You will be notified of its outcome.`;
    return toNote(`Your access to ${label} is being revoked`, outcome);
  }
  if (grant.expiresAt <= ctx.now) {
    return toNote(`Your access to ${label} ended on ${day}`, 'Its revocation opens soon.');
  }
  if (extension) {
    const end = extension.accessUntil
      ? ` until ${formatEnd(extension.accessUntil, readerZone(ctx))}`
      : '';
    const request = `Your request #${extension.id} to extend it${end} is open.`;
    return toNote(`Your access to ${label} ends on ${day}`, request);
  }
  if (!grant.expiryNotifiedAt) return toNote(`You keep ${label} until ${day}`, 'It was extended.');
  const note = 'Extend it if you need it longer. An extension is approved like a request.';
  return toNote(`Your access to ${label} ends on ${day}`, note, true);
}
