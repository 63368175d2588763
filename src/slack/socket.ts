import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver } from '@slack/bolt';
import { log } from '../log.ts';
import { interactiveOptions, slackErrorCode, slackLogger } from './clients.ts';

/** The delays before each attempt to reconnect, in milliseconds. The last one repeats. */
const retryDelaysMs = [0, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** A connection is given up if Slack has not said hello within this time. */
const maxHelloMs = 15_000;

/**
 * Socket Mode that stays connected. The client's own reconnecting is off: it waits at least five seconds, in which
 * clicks are lost, and stops for good after one failed attempt (docs/slack.md#socket-mode).
 */
export class ReconnectingSocket {
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

  /** Connects for the first time. @throws the client's error if Slack refuses or does not answer. */
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
      await sleep(retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)], undefined, {
        ref: false,
      });
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
    const late = sleep(maxHelloMs, undefined, { signal: timeLimit.signal, ref: false }).then(() => {
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
