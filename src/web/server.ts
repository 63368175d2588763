import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { Refusal } from '../errors.ts';
import { log, logBug } from '../log.ts';
import { styleSource } from './style.ts';

export interface WebOptions {
  /** 0 picks any free port. */
  port: number;
  /** The address to listen on. 127.0.0.1 accepts connections from this machine only. */
  host: string;
  /** The proxies that may say which address a request came from, as Express reads them. */
  trustedProxies?: string;
  /** Queries the database for /healthz. */
  ping(): Promise<unknown>;
  /** Handles requests that no route of `app` answers. Returns whether it answers. */
  fallback?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Handles requests to open a WebSocket. Returns whether it accepts. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
}

export interface Web {
  /** Pages and Slack's HTTP receiver are mounted here. It parses no bodies, so each route does. */
  app: Express;
  /** The URL for this machine, without a slash at the end. */
  url: string;
  /** Stops listening and closes connections. Open requests have two seconds to finish. */
  close(): Promise<void>;
}

const maxPingMs = 5_000;
const maxCloseMs = 2_000;

/** Pages load nothing, cannot be framed or indexed, and send forms only to this server. */
const securityHeaders = {
  'Content-Security-Policy': `default-src 'none'; style-src ${styleSource}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex, nofollow',
  'Cache-Control': 'no-store',
};

/**
 * Starts the web server with /healthz. More routes may be added to `app` at any time.
 * @throws Refusal unavailable when the server cannot listen on the port.
 */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { trustedProxies = 'loopback' } = options;
  const app = express().disable('x-powered-by');
  app.get('/healthz', answerHealth(options.ping));
  // `app` is mounted in a second app, so that routes added later still come before the fallback.
  const outer = express().disable('x-powered-by').set('trust proxy', trustedProxies);
  outer.use(setHeaders, app, answerRest(options.fallback), answerError);

  const server = createServer(outer);
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (!options.upgrade?.(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error) => {
    throw toListenError(options, error);
  });

  // Without a listener, a connection that cannot be accepted (too many open files) would end the process.
  server.on('error', (error) => log.warn('a connection could not be accepted', { error }));

  // A server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, delay(maxCloseMs, undefined, { ref: false })]);
    server.closeAllConnections();
    await closed;
  };
  return { app, url: `http://${toHostName(options.host)}:${port}`, close };
}

function toHostName(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function toListenError({ host, port }: WebOptions, error: NodeJS.ErrnoException): Error {
  const sentences: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use. Set PORT to another port.`,
    EACCES: `This user may not listen on port ${port}. Set PORT to a port above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine.`,
  };
  const sentence = sentences[error.code ?? ''];
  return sentence === undefined ? error : new Refusal('unavailable', sentence);
}

const setHeaders: RequestHandler = (_request, response, next) => {
  response.set(securityHeaders);
  next();
};

function answerHealth(ping: () => Promise<unknown>): RequestHandler {
  return async (_request, response) => {
    const timeout = delay(maxPingMs, 'late', { ref: false });
    const answer = await Promise.race([ping(), timeout]).catch(() => 'failed');
    if (answer === 'late' || answer === 'failed') {
      response.status(503).json({ status: 'unavailable', database: 'does not answer' });
    } else {
      response.json({ status: 'ok' });
    }
  };
}

function answerRest(handle: WebOptions['fallback']): RequestHandler {
  return (request, response) => {
    // The fallback has pages of its own, and sets the headers that fit them.
    for (const name of Object.keys(securityHeaders)) response.removeHeader(name);
    if (handle?.(request, response)) return;
    response.set(securityHeaders).status(404).type('text').send('Page not found.\n');
  };
}

/** Answers errors with a sentence and an id that the log has. Express itself would send the stack. */
const answerError: ErrorRequestHandler = (error, request, response, next) => {
  const status = Number(error?.status);
  const isClientError = status >= 400 && status < 500;
  const id = isClientError
    ? undefined
    : logBug('a web request failed', error, { path: request.path });
  if (response.headersSent) return next(error);
  const sentence = isClientError
    ? 'This request cannot be read.'
    : `Something went wrong. Tell your admin this number: ${id}.`;
  response
    .status(isClientError ? status : 500)
    .type('text')
    .send(`${sentence}\n`);
};
