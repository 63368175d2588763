import type { IncomingMessage, ServerResponse } from 'node:http';

const MAX_BODY_BYTES = 20_000_000;

/** The whole body of a request. @throws Error above 20 MB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('The request body is larger than 20 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers with JSON that no cache keeps. */
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

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Whether a request was addressed to this machine by a name nobody else can own. A foreign page that rebinds its
 * name to 127.0.0.1 still sends its own name as Host.
 */
export const isLocalHost = (request: IncomingMessage): boolean =>
  LOOPBACK.test(request.headers.host ?? '');

/** Whether a browser sent this from another site. Programs send no Origin and are not meant here. */
export function isCrossOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && origin !== `http://${host}`;
}
