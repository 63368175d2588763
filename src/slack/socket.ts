import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver } from '@slack/bolt';
import { log } from '../log.ts';
import { interactiveOptions, slackErrorCode, slackLogger } from './clients.ts';

/** Waits between attempts to connect again, in milliseconds; the last one repeats. */
const waitsMs = [0, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** A connection on which Slack has not said hello by then is given up. */
const helloMs = 15_000;

/**
 * Socket Mode that stays connected. The client's own reconnecting waits five seconds at least, in which what
 * people do is lost, and ends for good when one attempt fails (docs/slack.md#socket-mode); so it is off, and done here.
 */
export class SteadySocket {
  readonly receiver: SocketModeReceiver;
  #isClosing = false;
  #isConnecting = false;

  constructor(appToken: string, apiUrl: string) {
    this.receiver = new SocketModeReceiver({
      appToken,
      logger: slackLogger,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: interactiveOptions(apiUrl) },
    });
    this.receiver.client.on('disconnected', () => {
      if (!this.#isClosing && !this.#isConnecting) void this.#reconnect();
    });
  }

  /** Connects for the first time. @throws what the client throws when Slack refuses or does not answer. */
  async start(): Promise<void> {
    this.#isConnecting = true;
    await this.#attempt();
    this.#isConnecting = false;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const { client } = this.receiver;
    await Promise.race([
      client.disconnect().catch(() => {}),
      sleep(3_000, undefined, { ref: false }),
    ]);
  }

  async #reconnect(): Promise<void> {
    this.#isConnecting = true;
    for (let attempt = 0; !this.#isClosing; attempt++) {
      await sleep(waitsMs[Math.min(attempt, waitsMs.length - 1)], undefined, { ref: false });
      if (this.#isClosing) break;
      try {
        await this.#attempt();
        log.info('connected to Slack again', { attempts: attempt + 1 });
        break;
      } catch (error) {
        log.warn('Slack cannot be reached; trying again', {
          error: slackErrorCode(error) ?? String(error),
        });
      }
    }
    this.#isConnecting = false;
  }

  async #attempt(): Promise<void> {
    const timeLimit = new AbortController();
    const late = sleep(helloMs, undefined, { signal: timeLimit.signal, ref: false }).then(() => {
      throw new Error('Slack did not say hello');
    });
    try {
      await Promise.race([this.receiver.client.start(), late]);
    } finally {
      timeLimit.abort();
      late.catch(() => {});
    }
  }
}
