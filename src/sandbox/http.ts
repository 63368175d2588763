import type { IncomingMessage, ServerResponse } from 'node:http';

const maxBodyBytes = 20_000_000;

/** Reads the body of a request. @throws Error larger than 20 MB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const body: AsyncIterable<Buffer> = request;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error('The request body is larger than 20 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Sends JSON that must not be cached. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Whether a request names this machine by a host that nobody else can own. A foreign page that
 * rebinds its name to 127.0.0.1 still sends its own name as Host.
 */
export const isLocalHost = (request: IncomingMessage): boolean =>
  loopbackHost.test(request.headers.host ?? '');

/**
 * Whether a browser sent this request from another site. Programs send no Origin and are allowed.
 */
export function isCrossOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && origin !== `http://${host}`;
}
