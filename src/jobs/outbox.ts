import { setTimeout as sleep } from 'node:timers/promises';
import type { EmailDelivery } from '../email/deliver.ts';
import type { Ctx } from '../governance/context.ts';
import {
  claimMessages,
  findNextDue,
  type OutboxRow,
  releaseMessages,
} from '../governance/notifications/outbox.ts';
import { logBug } from '../log.ts';
import type { SlackDelivery } from '../slack/deliver.ts';
import { deliverRow } from './delivery.ts';
import { openLanes } from './lanes.ts';
import { SlackLine } from './slack-line.ts';

export interface OutboxParts {
  newCtx(): Ctx;
  slack: Pick<SlackDelivery, 'deliver' | 'whenFree' | 'whyNot' | 'answers'>;
  email: Pick<EmailDelivery, 'deliver' | 'maxSendMs'>;
}

/** Deliveries under way at once: enough that a slow one holds nobody up, few enough to be kind to Slack. */
const lanes = 8;
/** Of these, how many read the store at once: on its one connection a click waits behind each of them. */
const readingLanes = 2;
/** Mails under way at once, each on a connection of its own; and how many more may wait for one. */
const mailLanes = 4;
const maxMails = 1_000;
/** Other processes write to the outbox, too (an import on the command line). */
const pollMs = 1_000;
/** A mail server that is silent does not hold up the end of the program. */
const closingMs = 20_000;

/** One loop that delivers what the outbox holds. `wake` makes it look at once. */
export function startOutbox(parts: OutboxParts): { wake(): void; close(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const inMail = new Set<Promise<void>>();
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
  const line = new SlackLine({
    now: () => parts.newCtx().now,
    answers: () => parts.slack.answers(),
    onBack: async () => {
      await releaseMessages(parts.newCtx(), 'slack');
      wake();
    },
  });
  const delivery = {
    ...parts,
    line,
    reading: openLanes(readingLanes),
    mailing: openLanes(mailLanes),
  };
  const begin = (row: OutboxRow) => {
    const place = {
      isOpen: () => isOpen,
      toMail: () => {
        if (inMail.size >= maxMails) return false;
        inMail.add(under);
        underWay.delete(under);
        wake();
        return true;
      },
    };
    const under = deliverRow(delivery, row, place).finally(() => {
      underWay.delete(under);
      inMail.delete(under);
      wake();
    });
    underWay.add(under);
  };

  const loop = (async () => {
    // Of a time when Slack was away, and the program ended meanwhile.
    await releaseMessages(parts.newCtx(), 'slack').catch(() => {});
    while (isOpen) {
      isWoken = false;
      line.look();
      const claimed = await claim(parts, lanes - underWay.size);
      for (const row of claimed) begin(row);
      if (claimed.length === 0 || underWay.size >= lanes)
        await rest(isWoken ? 0 : await pause(parts));
    }
    await line.close();
    await Promise.all(underWay);
    await Promise.race([Promise.all(inMail), sleep(closingMs, undefined, { ref: false })]);
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

async function claim(parts: OutboxParts, room: number): Promise<OutboxRow[]> {
  if (room <= 0) return [];
  return claimMessages(parts.newCtx(), room).catch((error) => {
    logBug('the outbox could not be read', error);
    return [];
  });
}

async function pause(parts: OutboxParts): Promise<number> {
  const due = await findNextDue(parts.newCtx()).catch(() => undefined);
  const { now } = parts.newCtx();
  const ms = due ? due.getTime() - now.getTime() : pollMs;
  return Math.max(20, Math.min(pollMs, ms));
}
