import {
  claimEnding,
  clearEndsOfKept,
  findEnding,
  listExpired,
  listToldClosedAt,
  markStayAudited,
} from '../../store/access/expiry.ts';
import { forgetCopies } from '../../store/messages/message-copies.ts';
import { holdByRule } from '../../store/rules/rule-grants.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, auditMany, type Ctx, inTransaction } from '../context.ts';
import { notifyExpiry } from '../notifications/redraw.ts';
import { loadRequiredRules } from '../role-rules/rules-for-person.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { dayWords } from '../wording/relative-time.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The holder is notified so long before (docs/governance.md#duration-and-expiry). */
const businessDaysBefore = 3;
/** Grants a transaction. */
const batch = 500;

/** What the calendar asks for: holders are told of ends to come, and what has ended is to be taken away. */
export async function watchEnds(ctx: Ctx): Promise<void> {
  await notifyExpiring(ctx);
  await expireGrants(ctx);
}

/** Tells holders, once, what of theirs ends soon: 3 business days before; an hour before what is short. */
export async function notifyExpiring(ctx: Ctx): Promise<void> {
  const at = {
    now: ctx.now,
    short: new Date(ctx.now.getTime() + hourMs),
    long: businessDaysAfter(ctx.now, businessDaysBefore),
  };
  for (let told = batch; told === batch; ) {
    told = await inTransaction(ctx, async (ctx) => {
      const grants = await claimEnding(ctx.db, at, batch);
      // Who was told of an earlier end gets a new message, not a changed old one.
      await forgetCopies(
        ctx.db,
        'expiring',
        grants.map(({ id }) => id),
      );
      await notifyExpiry(ctx, grants, 1);
      return grants.length;
    });
  }
}

/** Monday to Friday, by UTC, at the same time of day. */
export function businessDaysAfter(at: Date, days: number): Date {
  let day = at;
  for (let left = days; left > 0; ) {
    day = new Date(day.getTime() + dayMs);
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) left--;
  }
  return day;
}

/**
 * Opens a revocation of what has come to its end, once for each end. What such a revocation did not take away
 * (denied, cancelled, won't deprovision) has no end from then on.
 */
export async function expireGrants(ctx: Ctx): Promise<void> {
  await inTransaction(ctx, keepDenied);
  for (let last = 0; ; ) {
    const ended = await inTransaction(ctx, (ctx) => openRevocations(ctx, last));
    last = ended.at(-1)?.id ?? last;
    if (ended.length < batch) return;
  }
}

async function openRevocations(ctx: Ctx, afterId: number) {
  const ended = await listExpired(ctx.db, ctx.now, afterId, batch);
  if (ended.length === 0) return ended;
  const givenBy = await loadRequiredRules(
    ctx,
    ended.map(({ personId }) => personId),
    ended.map(({ entitlementId }) => entitlementId),
  );
  await stayByRule(ctx, ended, givenBy);
  const going = ended.filter((grant) => !givenBy(grant));
  const { skipped } = await openTasks(ctx, {
    kind: 'revoke',
    targets: going.map(({ personId, entitlementId, expiresAt }) => ({
      personId,
      entitlementId,
      because: `It was given until ${dayWords(expiresAt ?? ctx.now)}.`,
    })),
    requesterId: null,
    openedBy: null,
    profileId: null,
    reason: null,
    cause: 'expired',
  });
  const why = new Map(skipped.map((pair) => [`${pair.personId}:${pair.entitlementId}`, pair.why]));
  const staying = going.flatMap((grant) => {
    const reason = why.get(`${grant.personId}:${grant.entitlementId}`);
    // It is tried again every time, and audited once.
    return reason === undefined || grant.isNoted ? [] : [{ ...grant, reason }];
  });
  await auditMany(
    ctx,
    'grant.stay',
    staying.map(({ id, expiresAt, reason }) => ({
      subject: subjectOf.grant(id),
      after: { expiresAt, why: reason },
    })),
  );
  await markStayAudited(
    ctx.db,
    staying.map(({ id }) => id),
    ctx.now,
  );
  return ended;
}

/** What a required rule gives does not end by the calendar: from now on it is held by the rule. */
async function stayByRule(
  ctx: Ctx,
  ended: Awaited<ReturnType<typeof listExpired>>,
  givenBy: Awaited<ReturnType<typeof loadRequiredRules>>,
): Promise<void> {
  const staying = ended.flatMap((grant) => {
    const rule = givenBy(grant);
    return rule ? [{ grantId: grant.id, ruleId: rule.id, expiresAt: grant.expiresAt }] : [];
  });
  await holdByRule(ctx.db, staying);
  await auditMany(
    ctx,
    'grant.keep',
    staying.map(({ grantId, ruleId, expiresAt }) => ({
      subject: subjectOf.grant(grantId),
      before: { expiresAt },
      after: { expiresAt: null, rule: ruleId },
    })),
  );
}

async function keepDenied(ctx: Ctx): Promise<void> {
  for (const { id, taskId, expiresAt } of await clearEndsOfKept(ctx.db, ctx.now)) {
    await audit(ctx, 'grant.keep', subjectOf.grant(id), {
      before: { expiresAt: new Date(expiresAt).toISOString() },
      after: { expiresAt: null, task: taskId },
    });
  }
}

/** Whoever was told about the end of what a sync no longer saw. */
export async function redrawEnded(ctx: Ctx): Promise<void> {
  await notifyExpiry(ctx, await listToldClosedAt(ctx.db, ctx.now), 2);
}

/** What the holder of a grant reads about its end. */
export interface ExpiryNote {
  entitlementId: number;
  title: string;
  /** What follows from it, or became of it. */
  note: string;
  canExtend: boolean;
  /** When it ends; undefined when it has ended, or has no end. */
  endsAt: Date | undefined;
}

/** @returns undefined when there is no such grant. */
export async function loadExpiryNote(ctx: Ctx, grantId: number): Promise<ExpiryNote | undefined> {
  const found = await findEnding(ctx.db, grantId);
  if (!found) return undefined;
  const { grant } = found;
  const label = `${found.app} · ${found.entitlement}`;
  const pair = [[grant.personId], [grant.entitlementId]] as const;
  const [extension] = await listOpenTasks(ctx.db, 'grant', ...pair);
  const [revocation] = await listOpenTasks(ctx.db, 'revoke', ...pair);
  const say = (title: string, note: string, canExtend = false): ExpiryNote => ({
    entitlementId: grant.entitlementId,
    title,
    note,
    canExtend,
    endsAt: canExtend ? (grant.expiresAt ?? undefined) : undefined,
  });
  if (grant.closedAt) return say(`Your access to ${label} has ended`, 'You can request it anew.');
  if (!grant.expiresAt) return say(`You keep ${label}`, 'It has no end any more.');
  const day = dayWords(grant.expiresAt);
  if (revocation) {
    const why = `The revocation #${revocation.id} is open; you are told what becomes of it.`;
    return say(`Your access to ${label} is to be taken away`, why);
  }
  if (grant.expiresAt <= ctx.now) {
    return say(`Your access to ${label} ended on ${day}`, 'It is going to be taken away.');
  }
  if (extension) {
    const asked = extension.accessUntil ? ` until ${dayWords(extension.accessUntil)}` : '';
    const note = `You are to keep it${asked}: request #${extension.id} is open.`;
    return say(`Your access to ${label} ends on ${day}`, note);
  }
  if (!grant.expiryToldAt) return say(`You keep ${label} until ${day}`, 'It was extended.');
  const note = 'Extend it if you need it for longer; it is approved as a request is.';
  return say(`Your access to ${label} ends on ${day}`, note, true);
}
