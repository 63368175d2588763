import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { Refusal } from '../errors.ts';
import { logBug } from '../log.ts';
import { styleSource } from './style.ts';

export interface WebOptions {
  /** 0: any free port. */
  port: number;
  /** The address to listen on: 127.0.0.1 keeps the server to this machine. */
  host: string;
  /** Asks the database whether it answers, for /healthz. */
  ping(): Promise<unknown>;
  /** Asked about what no route of `app` answers; true: it is answered. */
  before?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Asked about connections that are to become WebSockets; true: it has taken them. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
}

export interface Web {
  /** Where pages and Slack's HTTP receiver are mounted. It parses no bodies: each route does its own. */
  app: Express;
  /** Where it can be reached from this machine, without a slash at the end. */
  url: string;
  /** Stops listening, lets requests under way finish for two seconds, then cuts them. */
  close(): Promise<void>;
}

const pingLimit = 5_000;
const closeLimit = 2_000;

/** Pages are self-contained: nothing is loaded, nothing frames them, forms come back here, nobody indexes them. */
const headers = {
  'Content-Security-Policy': `default-src 'none'; style-src ${styleSource}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex, nofollow',
  'Cache-Control': 'no-store',
};

/**
 * Starts the web server with /healthz; more routes may be added to `app` at any time.
 * @throws Refusal unavailable: the port cannot be listened on.
 */
export async function startWeb(options: WebOptions): Promise<Web> {
  // Whose requests they are is told by proxies of one's own network, and by nobody else.
  const proxies = 'loopback, linklocal, uniquelocal';
  const app = express().disable('x-powered-by');
  app.get('/healthz', health(options.ping));
  // `app` is mounted, so that what comes after it stays last whatever is added to it later.
  const outer = express().disable('x-powered-by').set('trust proxy', proxies);
  outer.use(setHeaders, app, fallback(options.before), answerError);

  const server = createServer(outer);
  const taken = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    taken.add(socket);
    socket.on('close', () => taken.delete(socket));
    if (!options.upgrade?.(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error) => {
    throw cannotListen(options, error);
  });

  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of taken) socket.destroy();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, wait(closeLimit, undefined, { ref: false })]);
    server.closeAllConnections();
    await closed;
  };
  return { app, url: `http://${nameOf(options.host)}:${port}`, close };
}

function nameOf(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function cannotListen({ host, port }: WebOptions, error: NodeJS.ErrnoException): Error {
  const sentences: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use; set PORT to another one.`,
    EACCES: `This user may not listen on port ${port}; set PORT to one above 1023.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine.`,
  };
  const sentence = sentences[error.code ?? ''];
  return sentence === undefined ? error : new Refusal('unavailable', sentence);
}

const setHeaders: RequestHandler = (_request, response, next) => {
  response.set(headers);
  next();
};

function health(ping: () => Promise<unknown>): RequestHandler {
  return async (_request, response) => {
    const late = wait(pingLimit, 'late', { ref: false });
    const answer = await Promise.race([ping(), late]).catch(() => 'failed');
    if (answer === 'late' || answer === 'failed') {
      response.status(503).json({ status: 'unavailable', database: 'does not answer' });
    } else {
      response.json({ status: 'ok' });
    }
  };
}

function fallback(before: WebOptions['before']): RequestHandler {
  return (request, response) => {
    // The headers fit the product's own pages; the other one brings what fits its pages.
    for (const name of Object.keys(headers)) response.removeHeader(name);
    if (before?.(request, response)) return;
    response.set(headers).status(404).type('text').send('There is no such page.\n');
  };
}

/** Express would send the stack; a person gets a sentence and an id that the log has, too. */
const answerError: ErrorRequestHandler = (error, request, response, next) => {
  const status = Number(error?.status);
  const isTheirs = status >= 400 && status < 500;
  const id = isTheirs ? undefined : logBug('a web request failed', error, { path: request.path });
  if (response.headersSent) return next(error);
  const sentence = isTheirs
    ? 'This request cannot be understood.'
    : `Something went wrong here. The log has it under ${id}.`;
  response
    .status(isTheirs ? status : 500)
    .type('text')
    .send(`${sentence}\n`);
};
