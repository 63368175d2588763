import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type Dict, isDict, parseJson } from '../dict.ts';
import { isLocalHost } from '../http.ts';
import type { Failures } from './failures.ts';
import type { AppLink, EnvelopeType, LinkDelivery } from './link.ts';

export interface SocketLinkOptions {
  appId: string;
  failures: Failures;
  baseUrl: () => string;
  ackTimeoutMs: number;
}

const socketPath = '/link/';
/** The client closes a connection without a ping for 30 s. */
const pingIntervalMs = 10_000;

/**
 * Socket Mode: sends each payload to one of the app's connections and waits for its acknowledgment
 * there.
 */
export class SocketLink implements AppLink {
  readonly #options: SocketLinkOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #pendingAcks = new Map<string, (payload: unknown) => void>();
  readonly #pingTimer: NodeJS.Timeout;
  #turn = 0;

  constructor(options: SocketLinkOptions) {
    this.#options = options;
    this.#pingTimer = setInterval(() => {
      for (const socket of this.#listOpenSockets()) socket.ping();
    }, pingIntervalMs);
    this.#pingTimer.unref();
  }

  /** The address that `apps.connections.open` returns; valid for one connection. */
  openUrl(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    const base = this.#options.baseUrl().replace(/^http/, 'ws');
    return `${base}${socketPath}?ticket=${ticket}&app_id=${this.#options.appId}`;
  }

  /** Accepts Socket Mode upgrades; returns whether this was one. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== socketPath) return false;
    const isTicketValid = this.#tickets.delete(url.searchParams.get('ticket') ?? '');
    if (!isTicketValid || !isLocalHost(request) || this.#options.failures.isOffline()) {
      socket.destroy();
      return true;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client));
    return true;
  }

  async deliver(type: EnvelopeType, payload: Dict): Promise<LinkDelivery> {
    const { failures } = this.#options;
    const envelope = {
      envelope_id: randomUUID(),
      type,
      payload,
      accepts_response_payload: type !== 'events_api',
      ...(type === 'events_api' && { retry_attempt: 0, retry_reason: '' }),
    };
    const delivery = await this.#send(envelope);
    if (type !== 'events_api') return delivery;
    // Slack resends an event that was not acknowledged, with the same envelope_id.
    const isResent = delivery.kind === 'late' || failures.take(['redeliver']);
    return isResent
      ? this.#send({ ...envelope, retry_attempt: 1, retry_reason: 'timeout' })
      : delivery;
  }

  /** Closes every connection with Slack's notice; clients reconnect. */
  disconnect(
    reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested',
  ): void {
    for (const socket of this.#listOpenSockets()) {
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
      socket.close();
    }
  }

  /** Drops every connection without a notice. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  /** Number of the app's open connections. */
  get connections(): number {
    return this.#listOpenSockets().length;
  }

  close(): void {
    clearInterval(this.#pingTimer);
    this.cut();
    this.#server.close();
  }

  #listOpenSockets(): WebSocket[] {
    return [...this.#server.clients].filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  #accept(socket: WebSocket): void {
    socket.on('message', (data) => {
      const message = parseJson(String(data));
      if (!isDict(message)) return;
      this.#pendingAcks.get(String(message.envelope_id))?.(message.payload);
    });
    socket.on('error', () => socket.terminate());
    const hello = {
      type: 'hello',
      num_connections: this.connections,
      debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 },
      connection_info: { app_id: this.#options.appId },
    };
    socket.send(JSON.stringify(hello));
  }

  #send(envelope: Dict & { envelope_id: string }): Promise<LinkDelivery> {
    const open = this.#listOpenSockets();
    this.#turn += 1;
    const socket = open[this.#turn % open.length];
    if (!socket) return Promise.resolve({ kind: 'failed' });
    return new Promise((resolve) => {
      const settle = (delivery: LinkDelivery) => {
        clearTimeout(timer);
        this.#pendingAcks.delete(envelope.envelope_id);
        resolve(delivery);
      };
      const timer = setTimeout(() => settle({ kind: 'late' }), this.#options.ackTimeoutMs);
      this.#pendingAcks.set(envelope.envelope_id, (payload) =>
        settle({ kind: 'acknowledged', payload }),
      );
      socket.send(JSON.stringify(envelope));
    });
  }
}
