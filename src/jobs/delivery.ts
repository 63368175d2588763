import type { EmailDelivery } from '../email/deliver.ts';
import type { Ctx } from '../governance/context.ts';
import {
  type DeliveryResult,
  loadPersonalMessage,
  loadRecipient,
  type PersonalMessage,
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
import type { Lanes } from './lanes.ts';
import type { SlackLine } from './slack-line.ts';

export interface DeliveryParts {
  newCtx(): Ctx;
  slack: Pick<SlackDelivery, 'deliver' | 'whenFree' | 'whyNot'>;
  email: Pick<EmailDelivery, 'deliver' | 'maxSendMs'>;
  line: SlackLine;
  /** Of what reads the store, and of what talks to the mail server. */
  reading: Lanes;
  mailing: Lanes;
}

/** The row's place among the deliveries under way. */
export interface DeliverySlot {
  /** Leaves it to others: this one waits for the mail server now. @returns false when too many do. */
  toMail(): boolean;
  /** Whether the program goes on. */
  isOpen(): boolean;
}

/** After so long without Slack a message goes by e-mail (docs/governance.md#channels). */
const slackPatienceMs = 10 * 60_000;
/** What nobody could deliver for so long is given up. */
const maxTryMs = 24 * 3_600_000;
const maxBackoffMs = 30 * 60_000;
/** For so long a message keeps its place in the queue for the mail server; where that is full, it comes back. */
const maxWaitMs = 10 * 60_000;
const fullMs = 60_000;

type Retry = Extract<DeliveryResult, { retryAt: Date }>;
/** `undefined`: that way was not tried. `over`: there is nothing left to say, or another delivery says it. */
type Outcome = DeliveryResult | { over: 'moot' | 'elsewhere' } | undefined;

/** Delivers one row: in Slack, by e-mail, or both, as its reader chose and as they can be reached. */
export async function deliverRow(
  parts: DeliveryParts,
  row: OutboxRow,
  place: DeliverySlot,
): Promise<void> {
  const ctx = parts.newCtx();
  try {
    const route = await planRoute(ctx, row);
    const bySlack = await trySlack(parts, ctx, row, route);
    const byEmail =
      bySlack && 'over' in bySlack
        ? bySlack
        : await tryEmail(parts, ctx, row, route, bySlack, place);
    if (!byEmail || !('over' in byEmail)) await settle(parts, row, route, bySlack, byEmail);
    else if (byEmail.over === 'moot') await finishMessage(ctx, row, 'moot');
  } catch (error) {
    logBug('a message could not be delivered', error, { outbox: row.id, kind: row.kind });
    const retry = { retryAt: new Date(), counted: true, error: String(error) };
    await tryLater(parts, row, retry).catch(() => {});
  }
}

async function trySlack(
  parts: DeliveryParts,
  ctx: Ctx,
  row: OutboxRow,
  route: Route,
): Promise<Outcome> {
  if (route.slack === 'none') return undefined;
  if (parts.line.lostAt) {
    return route.isUnlinked ? { unreachable: 'no linked Slack account' } : away(parts, row);
  }
  const slot = await parts.slack.whenFree(ctx, row);
  if (slot) return { retryAt: slot, counted: false };
  const reader = await loadRecipient(ctx, row);
  if (!reader) return { over: 'moot' };
  const why = await parts.slack.whyNot(ctx, reader);
  if (why) {
    parts.line.note(why);
    return why;
  }
  const personalMessage = await parts.reading(() => loadPersonalMessage(ctx, row));
  if (!personalMessage) return { over: 'moot' };
  const delivery = await parts.slack.deliver(ctx, personalMessage, route.slack === 'post');
  parts.line.note(delivery);
  return delivery;
}

/** Slack is away: the message waits until it is late, or until Slack is back. */
function away({ line, newCtx }: DeliveryParts, row: OutboxRow): Retry {
  const now = newCtx().now.getTime();
  const begun = Math.max(row.createdAt.getTime(), line.lostAt?.getTime() ?? 0);
  const waitMs = begun + slackPatienceMs - now;
  return {
    retryAt: new Date(Date.now() + (waitMs > 0 ? waitMs : slackPatienceMs)),
    counted: false,
    error: 'Slack cannot be reached',
    isOutage: true,
    waitingFor: 'slack',
  };
}

async function tryEmail(
  parts: DeliveryParts,
  ctx: Ctx,
  row: OutboxRow,
  route: Route,
  bySlack: Outcome,
  place: DeliverySlot,
): Promise<Outcome> {
  const isRefused = bySlack !== undefined && 'unreachable' in bySlack;
  const isLate = !isRefused && (await isTooLate(parts, ctx, row, bySlack));
  // Whoever lost their Slack account sees nothing of what they have there.
  const isInstead = route.email === 'instead' || (isRefused && route.isInSlack);
  if (!(route.email === 'send' || (isInstead && (isRefused || isLate)))) return undefined;
  if (isLate && route.email === 'instead') {
    if ((await gatherNews(ctx, row)) === 'gathered') return { over: 'elsewhere' };
  } else if (route.mailFrom && route.mailFrom > ctx.now) {
    return { retryAt: fromNow(parts, route.mailFrom), counted: false };
  }
  return queueMail(parts, ctx, row, place);
}

/** The mail server takes a few at once; the others wait for their turn. */
async function queueMail(
  parts: DeliveryParts,
  ctx: Ctx,
  row: OutboxRow,
  place: DeliverySlot,
): Promise<Outcome> {
  // In the queue for the mail server it is nobody else's.
  const waiting = await renewMessageClaim(ctx, row, fromThen(ctx, maxWaitMs));
  if (!waiting) return { over: 'elsewhere' };
  if (!place.toMail()) return { retryAt: new Date(Date.now() + fullMs), counted: false };
  return parts.mailing(async () => {
    if (!place.isOpen()) return { retryAt: new Date(), counted: false };
    const ctx = parts.newCtx();
    const until = fromThen(ctx, parts.email.maxSendMs + 30_000);
    if (!(await renewMessageClaim(ctx, waiting, until))) return { over: 'elsewhere' };
    const personalMessage: PersonalMessage | undefined = await parts.reading(() =>
      loadPersonalMessage(ctx, row),
    );
    return personalMessage ? parts.email.deliver(ctx, personalMessage) : { over: 'moot' };
  });
}

function fromThen({ now }: Ctx, ms: number): Date {
  return new Date(now.getTime() + ms);
}

/** Whether a message has waited for Slack for too long. */
async function isTooLate(
  { line }: DeliveryParts,
  ctx: Ctx,
  row: OutboxRow,
  bySlack: Outcome,
): Promise<boolean> {
  if (!isRetry(bySlack)) return false;
  const isOld = ctx.now.getTime() - row.createdAt.getTime() >= slackPatienceMs;
  if (line.lostAt) {
    if (ctx.now.getTime() - line.lostAt.getTime() < slackPatienceMs) return false;
    return isOld || isUrgent(ctx, row);
  }
  return bySlack.counted && isOld && row.attempts > 1;
}

/** What is left to do for a row that was tried in these ways. */
async function settle(
  parts: DeliveryParts,
  row: OutboxRow,
  route: Route,
  bySlack: Outcome,
  byEmail: Outcome,
): Promise<void> {
  const ctx = parts.newCtx();
  // What was mailed in its place makes no second sound in Slack; a copy there waits to be redrawn.
  const isReplaced = isRetry(bySlack) && route.email === 'instead' && isTold(byEmail);
  const [retry] = [byEmail, isReplaced ? undefined : bySlack]
    .filter(isRetry)
    .sort((a, b) => a.retryAt.getTime() - b.retryAt.getTime());
  if (retry) {
    // A message that waits for Slack goes as soon as Slack is back, even if its mail has a time of its own.
    const waitingFor = isRetry(bySlack) && !isReplaced ? bySlack.waitingFor : undefined;
    return tryLater(parts, row, { ...retry, ...(waitingFor ? { waitingFor } : {}) });
  }
  if (isReplaced) await redrawHome(ctx, row);
  const via = toldVia(bySlack, byEmail);
  if (byEmail && 'unreachable' in byEmail) {
    const { unreachable, mail, address } = byEmail;
    const slack = bySlack && 'unreachable' in bySlack ? `Slack: ${bySlack.unreachable}; ` : '';
    return giveUp(ctx, row, { error: `${slack}e-mail: ${unreachable}`, via, mail, address });
  }
  await finishMessage(ctx, row, via ?? 'moot');
}

/** The surfaces that delivered a message; undefined: none. */
function toldVia(
  bySlack: Outcome,
  byEmail: Outcome,
): 'slack' | 'email' | 'slack+email' | undefined {
  if (isTold(bySlack)) return isTold(byEmail) ? 'slack+email' : 'slack';
  return isTold(byEmail) ? 'email' : undefined;
}

function isRetry(outcome: Outcome): outcome is Retry {
  return outcome !== undefined && 'retryAt' in outcome;
}

function isTold(outcome: Outcome): boolean {
  return outcome !== undefined && 'done' in outcome && outcome.done !== 'moot';
}

async function tryLater(
  parts: DeliveryParts,
  row: OutboxRow,
  { retryAt, counted, error, waitingFor }: Retry,
): Promise<void> {
  const ctx = parts.newCtx();
  const isOld = ctx.now.getTime() - row.createdAt.getTime() > maxTryMs;
  if (counted && isOld) return giveUp(ctx, row, { error: error ?? 'no answer for a day' });
  // 2, 4, 8 … seconds, at most half an hour; Slack's own word (Retry-After) is kept as it is.
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

/** A moment by the context's clock as one by the machine's. */
function fromNow({ newCtx }: DeliveryParts, at: Date): Date {
  return new Date(Date.now() + at.getTime() - newCtx().now.getTime());
}

async function giveUp(ctx: Ctx, row: OutboxRow, failure: Failure): Promise<void> {
  const { error } = failure;
  log.warn('a message could not be delivered', { outbox: row.id, kind: row.kind, error });
  // A Home that cannot be drawn is drawn when it is opened; nobody misses anything.
  if (row.kind === 'home') return finishMessage(ctx, row, 'moot');
  await failMessage(ctx, row, { ...failure, error: redact(error) });
}
