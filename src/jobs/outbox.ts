import { setTimeout as sleep } from 'node:timers/promises';
import type { EmailDelivery } from '../email/deliver.ts';
import type { Ctx } from '../governance/context.ts';
import {
  claimMessages,
  findNextMessageDue,
  type OutboxRow,
  releaseMessages,
} from '../governance/notifications/outbox.ts';
import { logBug } from '../log.ts';
import type { SlackDelivery } from '../slack/deliver.ts';
import { deliverRow } from './delivery.ts';
import { createLimiter } from './limiter.ts';
import { SlackAvailability } from './slack-availability.ts';

export interface OutboxParts {
  newCtx(): Ctx;
  slack: Pick<SlackDelivery, 'deliver' | 'findFreeSlot' | 'checkRecipient' | 'isAnswering'>;
  email: Pick<EmailDelivery, 'deliver' | 'maxSendMs'>;
}

/** Concurrent deliveries: enough that a slow one delays nobody, few enough for Slack's limits. */
const maxDeliveries = 8;
/** Deliveries that read the store at once. The embedded database has one connection, so clicks wait behind them. */
const maxReading = 2;
/** Mails that are sent at once, each on a connection of its own. */
const maxSending = 4;
/** Mails that are being sent or wait for that. */
const maxMails = 1_000;
/** Other processes write to the outbox as well, such as an import on the command line. */
const pollMs = 1_000;
/** How long the end of the program waits for a silent mail server. */
const maxClosingMs = 20_000;

/** Starts the loop that delivers the messages of the outbox. `wake` makes it look at once. */
export function startOutbox(parts: OutboxParts): { wake(): void; close(): Promise<void> } {
  const deliveries = new Set<Promise<void>>();
  const mails = new Set<Promise<void>>();
  const pause = new Pause();
  const wake = () => pause.wake();
  let isOpen = true;

  const availability = trackSlack(parts, wake);
  const deliveryParts = {
    ...parts,
    availability,
    reading: createLimiter(maxReading),
    mailing: createLimiter(maxSending),
  };
  const startDelivery = (row: OutboxRow) => {
    const slot = {
      isOpen: () => isOpen,
      moveToMail: () => {
        if (mails.size >= maxMails) return false;
        mails.add(delivery);
        deliveries.delete(delivery);
        wake();
        return true;
      },
    };
    const delivery = deliverRow(deliveryParts, row, slot).finally(() => {
      deliveries.delete(delivery);
      mails.delete(delivery);
      wake();
    });
    deliveries.add(delivery);
  };

  const loop = (async () => {
    // The program may have ended during an outage of Slack. Its messages still wait for Slack.
    await releaseMessages(parts.newCtx(), 'slack').catch(() => {});
    while (isOpen) {
      pause.reset();
      availability.checkIfDue();
      const claimed = await claimRows(parts, maxDeliveries - deliveries.size);
      for (const row of claimed) startDelivery(row);
      if (claimed.length === 0 || deliveries.size >= maxDeliveries)
        await pause.wait(() => computePauseMs(parts));
    }
    await availability.close();
    await Promise.all(deliveries);
    await Promise.race([Promise.all(mails), sleep(maxClosingMs, undefined, { ref: false })]);
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

function trackSlack(parts: OutboxParts, wake: () => void): SlackAvailability {
  return new SlackAvailability({
    now: () => parts.newCtx().now,
    answers: () => parts.slack.isAnswering(),
    onBack: async () => {
      await releaseMessages(parts.newCtx(), 'slack');
      wake();
    },
  });
}

/** A pause that `wake` ends, or skips if it is called before the pause. */
class Pause {
  private isWoken = false;
  private end = () => {};

  wake(): void {
    this.isWoken = true;
    this.end();
  }

  reset(): void {
    this.isWoken = false;
  }

  /** @param computeMs is called only if nobody has called `wake` since `reset`. */
  async wait(computeMs: () => Promise<number>): Promise<void> {
    const ms = this.isWoken ? 0 : await computeMs();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.isWoken) this.end();
    });
  }
}

async function claimRows(parts: OutboxParts, limit: number): Promise<OutboxRow[]> {
  if (limit <= 0) return [];
  return claimMessages(parts.newCtx(), limit).catch((error) => {
    logBug('the outbox could not be read', error);
    return [];
  });
}

async function computePauseMs(parts: OutboxParts): Promise<number> {
  const due = await findNextMessageDue(parts.newCtx()).catch(() => undefined);
  const { now } = parts.newCtx();
  const ms = due ? due.getTime() - now.getTime() : pollMs;
  return Math.max(20, Math.min(pollMs, ms));
}
