import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openMailer } from '../../src/email/transport.ts';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, startAcme } from '../support/acme.ts';

const deaths = 50;
const phases = ['connection', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.'] as const;
const ways = {
  resets: (socket: Socket) => socket.resetAndDestroy(),
  closes: (socket: Socket) => socket.end(),
  'is silent': () => {},
  babbles: (socket: Socket) => socket.write('nonsense\r\n\0\r\n'),
};
type Way = keyof typeof ways;

/** A mail server that dies in a phase of each connection; in none of them it takes the mail. */
async function startDyingServer(phase: () => string | undefined, way: () => Way): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    const answer = (step: string, words: string) => {
      if (phase() === step) ways[way()](socket);
      else if (socket.writable) socket.write(`${words}\r\n`);
    };
    let isMail = false;
    answer('connection', '220 ready');
    lines.on('line', (line) => {
      if (isMail && line !== '.') return;
      const step = isMail ? '.' : (line.split(/[ :]/)[0] ?? '');
      isMail = step === 'DATA';
      answer(step, isMail ? '354 go on' : '250 ok');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

describe('a mail server that dies', () => {
  let server: Server;
  afterEach(() => new Promise((closed) => server.close(closed)));

  it.each(Object.keys(ways) as Way[])(
    'and %s in any phase leaves the program running, and later mails are sent',
    async (way) => {
      let phase: string | undefined;
      server = await startDyingServer(
        () => phase,
        () => way,
      );
      const { port } = server.address() as AddressInfo;
      const timeouts = { connect: 100, greeting: 100, answer: 100, sending: 500 };
      const mailer = openMailer(`smtp://127.0.0.1:${port}`, 'rolemine@acme.example', timeouts);
      const send = (id: number) =>
        mailer.send({
          to: { name: 'Ana', address: 'ana@acme.example' },
          subject: 'Hello',
          text: 'Hello',
          html: '<p>Hello</p>',
          messageId: `<${way.length}.${id}@acme.example>`,
          replyTo: 'no-reply@acme.example',
          headers: {},
        });
      const states = new Set<string>();
      for (let round = 0; round < deaths; round++) {
        phase = phases[round % phases.length];
        states.add((await send(round)).state);
      }
      expect(states).not.toContain('sent');
      phase = undefined;
      expect((await send(deaths)).state).toBe('sent');
      mailer.close();
    },
    60_000,
  );
});

describe('a Slack that dies', () => {
  let acme: Acme;
  let ana: SandboxActor;
  beforeAll(async () => {
    acme = await startAcme();
    ana = acme.as('ana');
  }, 60_000);
  afterAll(() => acme.close());

  it(`${deaths} times leaves the program running, and it answers afterwards`, async () => {
    for (let round = 0; round < deaths; round++) {
      const back = acme.slack.fail({ kind: 'offline' });
      await ana.waitFor(() => acme.slack.connections() === 0, 5_000);
      back();
      await ana.waitFor(() => acme.slack.connections() === 1, 10_000);
    }
    const before = ana.messages().length;
    await ana.command('/rolemine', 'tasks');
    await ana.waitFor(() => ana.messages().length > before, 5_000);
    expect(ana.messages().at(-1)?.text).toContain('There are no open tasks.');
  }, 120_000);
});
