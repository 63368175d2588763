import type { DeliveryResult } from '../governance/messages/messages.ts';
import { log, logBug } from '../log.ts';

/** The minimum time between two checks whether Slack is reachable again. */
const minCheckIntervalMs = 5_000;

export interface SlackAvailabilityParts {
  now(): Date;
  /** Whether Slack answers. */
  answers(): Promise<boolean>;
  /** Called when Slack is reachable again. */
  onBack(): Promise<void>;
}

/**
 * Keeps track of whether Slack is reachable. During an outage no message is tried in Slack; a check every few seconds
 * is enough. So a message that goes by e-mail meanwhile cannot arrive in Slack at the same moment.
 */
export class SlackAvailability {
  private readonly parts: SlackAvailabilityParts;
  private outageStart: Date | undefined;
  private checkedAt = 0;
  private checking: Promise<void> | undefined;

  constructor(parts: SlackAvailabilityParts) {
    this.parts = parts;
  }

  /** The start of the current outage; undefined: Slack is reachable. */
  get downSince(): Date | undefined {
    return this.outageStart;
  }

  /** Starts an outage if the result of a delivery shows one. */
  recordResult(result: DeliveryResult): void {
    if (!('retryAt' in result && result.isOutage) || this.outageStart) return;
    this.outageStart = this.parts.now();
    log.warn('Slack cannot be reached', { error: result.error });
  }

  /** Starts a check during an outage, unless one is running or the last one was just now. */
  checkIfDue(): void {
    if (!this.outageStart || this.checking || Date.now() - this.checkedAt < minCheckIntervalMs) {
      return;
    }
    this.checkedAt = Date.now();
    this.checking = this.check()
      .catch((error) => void logBug('the check whether Slack is reachable failed', error))
      .finally(() => {
        this.checking = undefined;
      });
  }

  /** Waits for a running check. */
  async close(): Promise<void> {
    await this.checking;
  }

  private async check(): Promise<void> {
    if (!(await this.parts.answers())) return;
    log.info('Slack can be reached again', { since: this.outageStart });
    this.outageStart = undefined;
    await this.parts.onBack();
  }
}
