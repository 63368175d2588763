import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startWeb, type Web, type WebOptions } from '../../src/web/server.ts';

describe('the web server', () => {
  const open: Web[] = [];
  afterEach(async () => {
    for (const web of open.splice(0)) await web.close();
  });

  async function start(options: Partial<WebOptions> = {}): Promise<Web> {
    const web = await startWeb({ port: 0, host: '127.0.0.1', ping: async () => 1, ...options });
    open.push(web);
    return web;
  }

  it('reports healthy while the database answers', async () => {
    const response = await fetch(`${(await start()).url}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('reports unavailable when the database does not answer', async () => {
    const web = await start({ ping: () => Promise.reject(new Error('gone')) });
    expect((await fetch(`${web.url}/healthz`)).status).toBe(503);
  });

  it('sends headers that prevent framing, sniffing and caching of its pages', async () => {
    const { headers } = await fetch(`${(await start()).url}/healthz`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('calls the fallback after its own routes, even those added later', async () => {
    const web = await start({
      fallback: (request, response) => {
        if (request.url !== '/page' && request.url !== '/healthz') return false;
        response.end('fallback');
        return true;
      },
    });
    web.app.get('/page', (_request, response) => void response.send('product'));
    const textOf = async (path: string) => (await fetch(`${web.url}${path}`)).text();
    expect(await textOf('/page')).toBe('product');
    expect(await textOf('/healthz')).toBe('{"status":"ok"}');
    expect(await textOf('/other')).toBe('Page not found.\n');
  });

  it('sets no headers on responses of the fallback', async () => {
    const web = await start({ fallback: (_request, response) => !!response.end('fallback') });
    const { headers } = await fetch(`${web.url}/page`);
    expect(headers.get('content-security-policy')).toBeNull();
  });

  it('answers a bug with an id from the log, without the stack', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const web = await start();
    web.app.get('/bug', () => {
      throw new Error('secret detail');
    });
    const response = await fetch(`${web.url}/bug`);
    const text = await response.text();
    const logged = written.mock.calls.join('');
    written.mockRestore();
    expect(response.status).toBe(500);
    const id = /^Something went wrong\. Tell your admin this number: (\w{8})\.\n$/.exec(text)?.[1];
    expect(logged).toContain(`"id":"${id}"`);
  });

  it('explains what to do when the port is in use', async () => {
    const port = Number(new URL((await start()).url).port);
    const sentence = `Port ${port} is in use. Set PORT to another port.`;
    await expect(start({ port })).rejects.toThrow(sentence);
  });

  it('rejects unknown WebSockets, and closes the others when it stops', async () => {
    const web = await start({ upgrade: (request) => request.url === '/socket' });
    const openSocket = (path: string) => {
      const socket = connect(Number(new URL(web.url).port), '127.0.0.1').setEncoding('utf8');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n`);
      return socket;
    };
    const [answer] = await once(openSocket('/other'), 'data');
    expect(answer).toMatch(/^HTTP\/1.1 404/);

    const socket = openSocket('/socket');
    await fetch(`${web.url}/healthz`);
    const closed = once(socket.resume(), 'close');
    await web.close();
    await closed;
  });
});
