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

const PATH = '/link/';
/** The client gives up a connection it gets no ping on for 30 s. */
const PING_MS = 10_000;

/** Socket Mode: each payload goes to one of the app's connections and is to be acknowledged there. */
export class SocketLink implements AppLink {
  readonly #options: SocketLinkOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, (payload: unknown) => void>();
  readonly #pinging: NodeJS.Timeout;
  #turn = 0;

  constructor(options: SocketLinkOptions) {
    this.#options = options;
    this.#pinging = setInterval(() => {
      for (const socket of this.#open()) socket.ping();
    }, PING_MS);
    this.#pinging.unref();
  }

  /** The address `apps.connections.open` gives out; good for one connection. */
  openUrl(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    const base = this.#options.baseUrl().replace(/^http/, 'ws');
    return `${base}${PATH}?ticket=${ticket}&app_id=${this.#options.appId}`;
  }

  /** Takes the upgrade when it is for Socket Mode; returns whether it was. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== PATH) return false;
    const isKnown = this.#tickets.delete(url.searchParams.get('ticket') ?? '');
    if (!isKnown || !isLocalHost(request) || this.#options.failures.isOffline()) {
      socket.destroy();
      return true;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#greet(client));
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
    // Slack sends an event again that was not acknowledged, under the same envelope_id.
    const isAgain = delivery.kind === 'late' || failures.take(['redeliver']);
    return isAgain
      ? this.#send({ ...envelope, retry_attempt: 1, retry_reason: 'timeout' })
      : delivery;
  }

  /** Ends every connection with Slack's notice; clients connect anew. */
  disconnect(
    reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested',
  ): void {
    for (const socket of this.#open()) {
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
      socket.close();
    }
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  /** How many connections the app holds. */
  get connections(): number {
    return this.#open().length;
  }

  close(): void {
    clearInterval(this.#pinging);
    this.cut();
    this.#server.close();
  }

  #open(): WebSocket[] {
    return [...this.#server.clients].filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  #greet(socket: WebSocket): void {
    socket.on('message', (data) => {
      const message = parseJson(String(data));
      if (!isDict(message)) return;
      this.#waiting.get(String(message.envelope_id))?.(message.payload);
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
    const open = this.#open();
    this.#turn += 1;
    const socket = open[this.#turn % open.length];
    if (!socket) return Promise.resolve({ kind: 'failed' });
    return new Promise((resolve) => {
      const settle = (delivery: LinkDelivery) => {
        clearTimeout(timer);
        this.#waiting.delete(envelope.envelope_id);
        resolve(delivery);
      };
      const timer = setTimeout(() => settle({ kind: 'late' }), this.#options.ackTimeoutMs);
      this.#waiting.set(envelope.envelope_id, (payload) =>
        settle({ kind: 'acknowledged', payload }),
      );
      socket.send(JSON.stringify(envelope));
    });
  }
}
