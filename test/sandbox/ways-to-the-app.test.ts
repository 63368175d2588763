import { once } from 'node:events';
import { createServer as createHttpServer, get } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { appState, httpApp, people, register, socketApp } from './toy-app.ts';

test('a response_url can be used five times', async () => {
  const sandbox = await startSandbox({ users: people });
  let url = '';
  const { stop } = await socketApp(sandbox, (app) =>
    app.command('/rolemine', async ({ ack, command }) => {
      url = command.response_url;
      await ack();
    }),
  );
  await sandbox.as('U1').command('/rolemine');
  const post = async () => (await fetch(url, { method: 'POST', body: '{"text":"x"}' })).status;
  const answers = [];
  for (let i = 0; i < 6; i += 1) answers.push(await post());
  expect(answers).toEqual([200, 200, 200, 200, 200, 404]);
  await stop();
  await sandbox.close();
});

test('the same app works over signed HTTP, and a wrong secret fails', async () => {
  const port = await freePort();
  const sandbox = await startSandbox({
    users: people,
    http: { requestUrl: `http://127.0.0.1:${port}/slack/events` },
  });
  const right = await httpApp(sandbox, port, register);
  const ana = sandbox.as('U1');
  await ana.command('/rolemine', 'card');
  await ana.waitFor(() => ana.messages().at(-1)?.buttons.includes('Form'));
  await ana.click({ text: 'Form' });
  await ana.waitFor(() => ana.modal());
  await ana.fill({ Reason: 'On call', Application: 'Jira' });
  appState.answer = { response_action: 'errors', errors: { reason: 'Say more' } };
  expect((await ana.submit()).errors).toEqual({ reason: 'Say more' });
  await ana.dm('hello');
  await ana.waitFor(() => ana.messages().at(-1)?.text === 'Hello to you');
  await right.stop();
  const wrong = await httpApp(sandbox, port, register, 'another secret');
  expect((await ana.command('/rolemine', 'quick')).trouble).toContain('dispatch_failed');
  await wrong.stop();
  await sandbox.close();
});

test('mounted on another server, the sandbox handles only its own paths and local requests', async () => {
  const sandbox = await startSandbox({ users: people, listen: false });
  expect(() => sandbox.apiUrl).toThrow(/setBaseUrl/);
  const server = createHttpServer((request, response) => {
    if (!sandbox.handleRequest(request, response)) response.end('the product');
  });
  server.on(
    'upgrade',
    (request, socket, head) => void sandbox.handleUpgrade(request, socket, head),
  );
  const port = await freePort();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  sandbox.setBaseUrl(`http://127.0.0.1:${port}`);
  const { stop } = await socketApp(sandbox, register);
  await sandbox.as('U1').command('/rolemine', 'quick');
  expect(sandbox.as('U1').messages().at(-1)?.text).toBe('At your service');
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('the product');
  // fetch does not allow a false Host header.
  const [rebound] = await once(
    get({ port, host: '127.0.0.1', headers: { host: 'evil.example' } }),
    'response',
  );
  expect(rebound.statusCode).toBe(403);
  rebound.resume();
  await stop();
  await sandbox.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Finds a free port: the app's address must be known before the app starts. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
