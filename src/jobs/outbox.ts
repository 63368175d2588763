import type { EmailDelivery } from '../email/deliver.ts';
import type { Ctx } from '../governance/context.ts';
import { type Delivery, loadLetter } from '../governance/messages.ts';
import {
  claimMessages,
  failMessage,
  finishMessage,
  nextMessageDue,
  type OutboxRow,
  postponeMessage,
} from '../governance/outbox.ts';
import { log, logBug, redact } from '../log.ts';
import type { SlackDelivery } from '../slack/deliver.ts';

export interface OutboxParts {
  newCtx(): Ctx;
  slack: Pick<SlackDelivery, 'deliver' | 'whenFree'>;
  email: Pick<EmailDelivery, 'deliver'>;
}

/** Deliveries under way at once: enough that a slow one holds nobody up, few enough to be kind to Slack. */
const lanes = 8;
/** Of these, how many read the store at once: on its one connection a click waits behind each of them. */
const readingLanes = 2;
/** Other processes write to the outbox, too (an import on the command line). */
const pollMs = 1_000;
/** After so long without Slack a message goes by e-mail (GOVERNANCE.md section 7). */
const slackPatienceMs = 10 * 60_000;
const mostAttempts = 12;

/** One loop that delivers what the outbox holds. `wake` makes it look at once. */
export function startOutbox(parts: OutboxParts): { wake(): void; close(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const inLane = lanesOf(readingLanes);
  let isOpen = true;
  let isWoken = false;
  let rouse = () => {};

  const wake = () => {
    isWoken = true;
    rouse();
  };
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
      if (isWoken) rouse();
    });

  const loop = (async () => {
    while (isOpen) {
      isWoken = false;
      const claimed = await claim(parts, lanes - underWay.size);
      for (const row of claimed) {
        const delivery = deliverRow(parts, row, inLane).finally(() => {
          underWay.delete(delivery);
          wake();
        });
        underWay.add(delivery);
      }
      if (claimed.length === 0 || underWay.size >= lanes)
        await rest(isWoken ? 0 : await pause(parts));
    }
    await Promise.all(underWay);
  })();

  return {
    wake,
    close: async () => {
      isOpen = false;
      wake();
      await loop;
    },
  };
}

/** Lets so many pieces of work go on at once; the others wait their turn. */
function lanesOf(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

async function claim(parts: OutboxParts, room: number): Promise<OutboxRow[]> {
  if (room <= 0) return [];
  return claimMessages(parts.newCtx(), room).catch((error) => {
    logBug('the outbox could not be read', error);
    return [];
  });
}

async function pause(parts: OutboxParts): Promise<number> {
  const due = await nextMessageDue(parts.newCtx()).catch(() => undefined);
  const ms = due ? due.getTime() - Date.now() : pollMs;
  return Math.max(20, Math.min(pollMs, ms));
}

/** Delivers one row: to Slack, and by e-mail to whom Slack cannot reach. */
async function deliverRow(
  parts: OutboxParts,
  row: OutboxRow,
  inLane: ReturnType<typeof lanesOf>,
): Promise<void> {
  const ctx = parts.newCtx();
  try {
    const slot = await parts.slack.whenFree(ctx, row);
    if (slot) return await tryLater(ctx, row, { retryAt: slot, counted: false });
    const letter = await inLane(() => loadLetter(ctx, row));
    if (!letter) return await finishMessage(ctx, row, 'moot');
    const bySlack = await parts.slack.deliver(ctx, letter);
    if ('done' in bySlack) return await finishMessage(ctx, row, 'slack');
    const isLate = ctx.now.getTime() - row.createdAt.getTime() > slackPatienceMs;
    if ('retryAt' in bySlack && !(bySlack.counted && isLate)) {
      return await tryLater(ctx, row, bySlack);
    }
    const byEmail = await parts.email.deliver(ctx, letter);
    if ('done' in byEmail) return await finishMessage(ctx, row, 'email');
    if ('retryAt' in byEmail) return await tryLater(ctx, row, byEmail);
    const slackWhy =
      'unreachable' in bySlack ? bySlack.unreachable : (bySlack.error ?? 'no answer');
    await giveUp(ctx, row, `Slack: ${slackWhy}; e-mail: ${byEmail.unreachable}`);
  } catch (error) {
    logBug('a message could not be delivered', error, { outbox: row.id, kind: row.kind });
    await tryLater(ctx, row, { retryAt: new Date(), counted: true, error: String(error) }).catch(
      () => {},
    );
  }
}

async function tryLater(
  ctx: Ctx,
  row: OutboxRow,
  { retryAt, counted, error }: Extract<Delivery, { retryAt: Date }>,
): Promise<void> {
  if (counted && row.attempts >= mostAttempts) {
    return giveUp(ctx, row, error ?? 'tried too often');
  }
  // 2, 4, 8 … seconds, at most ten minutes; Slack's own word (Retry-After) is kept as it is.
  const backoffMs = Math.min(600_000, 1_000 * 2 ** row.attempts);
  const at = counted ? new Date(Math.max(retryAt.getTime(), Date.now() + backoffMs)) : retryAt;
  if (counted) log.warn('a message is tried again later', { outbox: row.id, at, error });
  await postponeMessage(ctx, row, at, { counted, ...(error ? { error: redact(error) } : {}) });
}

async function giveUp(ctx: Ctx, row: OutboxRow, error: string): Promise<void> {
  log.warn('a message could not be delivered', { outbox: row.id, kind: row.kind, error });
  await failMessage(ctx, row, redact(error));
}
