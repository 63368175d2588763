import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { log } from '../log.ts';

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

/** Connections at once. */
const maxConnections = 8;
const maxConnectMs = 10_000;
const idleMs = 300_000;
/** How long a query waits for a server that restarts, in milliseconds. */
const maxRestartMs = 10_000;
const retryMs = 200;

/**
 * The connections to a PostgreSQL server. The loss of a connection fails the queries on it and nothing else:
 * - A client emits `error` when it loses its connection. Without a listener that would end the process.
 * - Drizzle does not release a client whose `begin` failed. Its place in the pool would be lost, so the loss of the
 *   connection releases it.
 * - During a restart the server refuses connections. Nothing has been sent yet, so new queries wait.
 */
export class ServerPool extends Pool {
  #isOpened = false;
  #reportedAt = 0;

  constructor(url: string) {
    super({
      connectionString: url,
      max: maxConnections,
      connectionTimeoutMillis: maxConnectMs,
      idleTimeoutMillis: idleMs,
      keepAlive: true,
    });
    this.on('error', (error) => this.#reportLoss(error));
  }

  /** A restart ends all connections, which is one event to report. */
  #reportLoss({ message }: Error): void {
    if (Date.now() - this.#reportedAt < maxRestartMs) return;
    this.#reportedAt = Date.now();
    log.warn('the database ended a connection', { reason: message });
  }

  /** From now on the server is known to work, so a refused connection is taken for a restart. */
  markOpened(): void {
    this.#isOpened = true;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | undefined {
    const connected = this.#connect();
    if (!callback) return connected;
    connected.then(
      (client) => callback(undefined, client, client.release),
      (error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  async #connect(): Promise<PoolClient> {
    const deadline = Date.now() + maxRestartMs;
    for (;;) {
      try {
        return guardRelease(await super.connect());
      } catch (error) {
        if (!this.#isOpened || !isRestarting(error) || Date.now() > deadline) throw error;
        await sleep(retryMs);
      }
    }
  }
}

/** Releases the client when its connection is lost. A second release does nothing. */
function guardRelease(client: PoolClient): PoolClient {
  const release = client.release;
  let isReleased = false;
  const releaseOnce = (error?: Error | boolean) => {
    if (isReleased) return;
    isReleased = true;
    release(error);
    client.removeListener('error', releaseOnce);
  };
  client.on('error', releaseOnce);
  client.release = releaseOnce;
  return client;
}

/** Whether a server refuses connections as it does while it stops and starts (57P01 to 57P03 of PostgreSQL). */
function isRestarting(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'].includes(code ?? '') ||
    message === 'Connection terminated unexpectedly'
  );
}
