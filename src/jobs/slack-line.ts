import type { DeliveryResult } from '../governance/messages/messages.ts';
import { log, logBug } from '../log.ts';

/** Slack is asked whether it is back at most so often. */
const askEveryMs = 5_000;

export interface SlackLineParts {
  now(): Date;
  /** Whether Slack answers. */
  answers(): Promise<boolean>;
  /** Told when Slack is back. */
  onBack(): Promise<void>;
}

/**
 * Whether Slack can be reached. While it cannot, no message tries: one question now and then does, so that what
 * goes by e-mail meanwhile cannot arrive in Slack at the same moment.
 */
export class SlackLine {
  private readonly parts: SlackLineParts;
  private downSince: Date | undefined;
  private askedAt = 0;
  private asking: Promise<void> | undefined;

  constructor(parts: SlackLineParts) {
    this.parts = parts;
  }

  /** Since when Slack cannot be reached; undefined while it can. */
  get lostAt(): Date | undefined {
    return this.downSince;
  }

  /** Learns from how a delivery ended. */
  note(delivery: DeliveryResult): void {
    if (!('retryAt' in delivery && delivery.isOutage) || this.downSince) return;
    this.downSince = this.parts.now();
    log.warn('Slack cannot be reached', { error: delivery.error });
  }

  /** Asks whether Slack is back, when it is time to. */
  look(): void {
    if (!this.downSince || this.asking || Date.now() - this.askedAt < askEveryMs) return;
    this.askedAt = Date.now();
    this.asking = this.ask()
      .catch((error) => void logBug('Slack could not be asked', error))
      .finally(() => {
        this.asking = undefined;
      });
  }

  /** Until a question under way is answered. */
  async close(): Promise<void> {
    await this.asking;
  }

  private async ask(): Promise<void> {
    if (!(await this.parts.answers())) return;
    log.info('Slack can be reached again', { since: this.downSince });
    this.downSince = undefined;
    await this.parts.onBack();
  }
}
