import { setTimeout as sleep } from 'node:timers/promises';
import type { EmailDelivery } from '../email/deliver.ts';
import type { Ctx } from '../governance/context.ts';
import {
  type DeliveryResult,
  loadPersonalMessage,
  loadRecipient,
} from '../governance/messages/messages.ts';
import { planRoute, type Route } from '../governance/notifications/channel-routing.ts';
import { gatherNews, isUrgent, redrawHome } from '../governance/notifications/mail-fallback.ts';
import {
  type Failure,
  failMessage,
  finishMessage,
  type OutboxRow,
  postponeMessage,
  renewMessageClaim,
} from '../governance/notifications/outbox.ts';
import { log, logBug, redact } from '../log.ts';
import type { SlackDelivery } from '../slack/deliver.ts';
import type { Limiter } from './limiter.ts';
import type { SlackAvailability } from './slack-availability.ts';

export interface DeliveryParts {
  newCtx(): Ctx;
  slack: Pick<SlackDelivery, 'deliver' | 'findFreeSlot' | 'checkRecipient'>;
  email: Pick<EmailDelivery, 'deliver' | 'maxSendMs'>;
  availability: SlackAvailability;
  /** Limits the deliveries that read the store. */
  reading: Limiter;
  /** Limits the deliveries that talk to the mail server. */
  mailing: Limiter;
}

/** The place of a row among the deliveries in progress. */
export interface DeliverySlot {
  /** Frees the place while the row waits for the mail server. @returns false when too many rows wait for it. */
  moveToMail(): boolean;
  /** false: the program is closing. */
  isOpen(): boolean;
}

/** One attempt to deliver a row. */
interface Attempt {
  parts: DeliveryParts;
  ctx: Ctx;
  row: OutboxRow;
  route: Route;
  slot: DeliverySlot;
}

/** After this time without Slack a message goes by e-mail (docs/governance.md#channels). */
const maxSlackWaitMs = 10 * 60_000;
/** After this time a message that nobody could deliver has failed. */
const maxRetryMs = 24 * 3_600_000;
const maxBackoffMs = 30 * 60_000;
/** How long a row keeps its place in the queue for the mail server. */
const maxMailQueueMs = 10 * 60_000;
/** When a row tries again after it found that queue full. */
const mailQueueFullMs = 60_000;
/** The time after the sending of a mail in which its result is stored. */
const mailResultMs = 30_000;

type Retry = Extract<DeliveryResult, { retryAt: Date }>;
/** Ends a delivery: there is nothing left to say, or another delivery has taken over. */
interface Stop {
  stop: 'skipped' | 'elsewhere';
}
/** The result on one surface; undefined: the surface was not tried. */
type Outcome = DeliveryResult | Stop | undefined;

/** The results on both surfaces. */
interface Outcomes {
  bySlack: Outcome;
  byEmail: Exclude<Outcome, Stop>;
}

/** Delivers one row in Slack, by e-mail, or both, depending on the reader's choice and on what can reach them. */
export async function deliverRow(
  parts: DeliveryParts,
  row: OutboxRow,
  slot: DeliverySlot,
): Promise<void> {
  const ctx = parts.newCtx();
  try {
    const attempt: Attempt = { parts, ctx, row, route: await planRoute(ctx, row), slot };
    const bySlack = await trySlack(attempt);
    const byEmail = isStop(bySlack) ? bySlack : await tryEmail(attempt, bySlack);
    if (!isStop(byEmail)) await settle(attempt, { bySlack, byEmail });
    else if (byEmail.stop === 'skipped') await finishMessage(ctx, row, 'skipped');
  } catch (error) {
    logBug('a message could not be delivered', error, { outbox: row.id, kind: row.kind });
    const retry = { retryAt: new Date(), counted: true, error: String(error) };
    await releaseClaim(() => retryLater(parts, row, retry), slot);
  }
}

const releaseEveryMs = 500;
const maxReleases = 60;

/**
 * Ends a claim, also where the database is away at the moment. Otherwise the row would wait for the end of its claim
 * after a restart of the database that takes a second.
 */
async function releaseClaim(release: () => Promise<void>, slot: DeliverySlot): Promise<void> {
  for (let attempt = 0; attempt < maxReleases && slot.isOpen(); attempt++) {
    try {
      return await release();
    } catch {
      await sleep(releaseEveryMs);
    }
  }
}

async function trySlack({ parts, ctx, row, route }: Attempt): Promise<Outcome> {
  if (route.slack === 'none') return undefined;
  if (parts.availability.downSince) {
    return route.isUnlinked
      ? { unreachable: 'no linked Slack account' }
      : waitForSlack(parts, row, parts.availability.downSince);
  }
  const freeAt = await parts.slack.findFreeSlot(ctx, row);
  if (freeAt) return { retryAt: freeAt, counted: false };
  const reader = await loadRecipient(ctx, row);
  if (!reader) return { stop: 'skipped' };
  const refusal = await parts.slack.checkRecipient(ctx, reader);
  if (refusal) {
    parts.availability.recordResult(refusal);
    return refusal;
  }
  const personalMessage = await parts.reading(() => loadPersonalMessage(ctx, row));
  if (!personalMessage) return { stop: 'skipped' };
  const result = await parts.slack.deliver(ctx, personalMessage, route.slack === 'post');
  parts.availability.recordResult(result);
  return result;
}

/** During an outage a message waits until Slack is reachable again, or until e-mail has to take over. */
function waitForSlack({ newCtx }: DeliveryParts, row: OutboxRow, downSince: Date): Retry {
  const now = newCtx().now.getTime();
  const waitingSince = Math.max(row.createdAt.getTime(), downSince.getTime());
  const waitMs = waitingSince + maxSlackWaitMs - now;
  return {
    retryAt: new Date(Date.now() + (waitMs > 0 ? waitMs : maxSlackWaitMs)),
    counted: false,
    error: 'Slack cannot be reached',
    isOutage: true,
    waitingFor: 'slack',
  };
}

async function tryEmail(attempt: Attempt, bySlack: Outcome): Promise<Outcome> {
  const { parts, ctx, row, route } = attempt;
  const isRefused = bySlack !== undefined && 'unreachable' in bySlack;
  const isLate = !isRefused && (await hasWaitedTooLong(attempt, bySlack));
  // A reader who has lost the Slack account cannot see the copy there.
  const isInstead = route.email === 'instead' || (isRefused && route.isInSlack);
  if (!(route.email === 'send' || (isInstead && (isRefused || isLate)))) return undefined;
  if (isLate && route.email === 'instead') {
    if ((await gatherNews(ctx, row)) === 'gathered') return { stop: 'elsewhere' };
  } else if (route.mailFrom && route.mailFrom > ctx.now) {
    return { retryAt: fromNow(parts, route.mailFrom), counted: false };
  }
  return queueMail(attempt);
}

/** Sends a mail as soon as the limit of concurrent mails allows it. */
async function queueMail({ parts, ctx, row, slot }: Attempt): Promise<Outcome> {
  // The longer claim keeps other deliveries from the row while it waits.
  const claimed = await renewMessageClaim(ctx, row, after(ctx, maxMailQueueMs));
  if (!claimed) return { stop: 'elsewhere' };
  if (!slot.moveToMail()) {
    return { retryAt: new Date(Date.now() + mailQueueFullMs), counted: false };
  }
  return parts.mailing(async () => {
    if (!slot.isOpen()) return { retryAt: new Date(), counted: false };
    const ctx = parts.newCtx();
    const until = after(ctx, parts.email.maxSendMs + mailResultMs);
    if (!(await renewMessageClaim(ctx, claimed, until))) return { stop: 'elsewhere' };
    const personalMessage = await parts.reading(() => loadPersonalMessage(ctx, row));
    return personalMessage ? parts.email.deliver(ctx, personalMessage) : { stop: 'skipped' };
  });
}

function after({ now }: Ctx, ms: number): Date {
  return new Date(now.getTime() + ms);
}

/** Whether a message has waited so long for Slack that e-mail takes over. */
async function hasWaitedTooLong({ parts, ctx, row }: Attempt, bySlack: Outcome): Promise<boolean> {
  if (!isRetry(bySlack)) return false;
  const isOld = ctx.now.getTime() - row.createdAt.getTime() >= maxSlackWaitMs;
  const { downSince } = parts.availability;
  if (downSince) {
    if (ctx.now.getTime() - downSince.getTime() < maxSlackWaitMs) return false;
    return isOld || isUrgent(ctx, row);
  }
  return bySlack.counted && isOld && row.attempts > 1;
}

/** Finishes, postpones or fails a row after its surfaces were tried. */
async function settle(
  { parts, row, route }: Attempt,
  { bySlack, byEmail }: Outcomes,
): Promise<void> {
  const ctx = parts.newCtx();
  // After a mail took its place, the message is not posted in Slack as well. An existing copy is still redrawn.
  const isReplaced = isRetry(bySlack) && route.email === 'instead' && isDelivered(byEmail);
  const [retry] = [byEmail, isReplaced ? undefined : bySlack]
    .filter(isRetry)
    .sort((a, b) => a.retryAt.getTime() - b.retryAt.getTime());
  if (retry) {
    // A message that waits for Slack is due as soon as Slack is reachable, even if its mail is due at another time.
    const waitingFor = isRetry(bySlack) && !isReplaced ? bySlack.waitingFor : undefined;
    return retryLater(parts, row, { ...retry, ...(waitingFor ? { waitingFor } : {}) });
  }
  if (isReplaced) await redrawHome(ctx, row);
  const via = deliveredVia(bySlack, byEmail);
  if (byEmail && 'unreachable' in byEmail) {
    const { unreachable, mail, address } = byEmail;
    const slack = bySlack && 'unreachable' in bySlack ? `Slack: ${bySlack.unreachable}; ` : '';
    return failRow(ctx, row, { error: `${slack}e-mail: ${unreachable}`, via, mail, address });
  }
  await finishMessage(ctx, row, via ?? 'skipped');
}

/** The surfaces that delivered a message; undefined: none. */
function deliveredVia(
  bySlack: Outcome,
  byEmail: Outcome,
): 'slack' | 'email' | 'slack+email' | undefined {
  if (isDelivered(bySlack)) return isDelivered(byEmail) ? 'slack+email' : 'slack';
  return isDelivered(byEmail) ? 'email' : undefined;
}

function isRetry(outcome: Outcome): outcome is Retry {
  return outcome !== undefined && 'retryAt' in outcome;
}

function isStop(outcome: Outcome): outcome is Stop {
  return outcome !== undefined && 'stop' in outcome;
}

function isDelivered(outcome: Outcome): boolean {
  return outcome !== undefined && 'done' in outcome && outcome.done !== 'skipped';
}

async function retryLater(
  parts: DeliveryParts,
  row: OutboxRow,
  { retryAt, counted, error, waitingFor }: Retry,
): Promise<void> {
  const ctx = parts.newCtx();
  const isOld = ctx.now.getTime() - row.createdAt.getTime() > maxRetryMs;
  if (counted && isOld) return failRow(ctx, row, { error: error ?? 'no answer for a day' });
  // 2, 4, 8 … seconds, at most half an hour. A time that Slack gives (Retry-After) is used as it is.
  const backoffMs = Math.min(maxBackoffMs, 1_000 * 2 ** Math.min(row.attempts, 20));
  const waitMs = Math.max(retryAt.getTime() - Date.now(), counted ? backoffMs : 0);
  const at = new Date(ctx.now.getTime() + waitMs);
  if (counted) log.warn('a message is tried again later', { outbox: row.id, at, error });
  await postponeMessage(ctx, row, {
    at,
    counted,
    error: error ? redact(error) : undefined,
    waitingFor,
  });
}

/** Converts a moment by the context's clock to one by the machine's clock. */
function fromNow({ newCtx }: DeliveryParts, at: Date): Date {
  return new Date(Date.now() + at.getTime() - newCtx().now.getTime());
}

async function failRow(ctx: Ctx, row: OutboxRow, failure: Failure): Promise<void> {
  const { error } = failure;
  log.warn('a message could not be delivered', { outbox: row.id, kind: row.kind, error });
  // App Home is drawn when the person opens it, so a failed redraw concerns nobody.
  if (row.kind === 'home') return finishMessage(ctx, row, 'skipped');
  await failMessage(ctx, row, { ...failure, error: redact(error) });
}
