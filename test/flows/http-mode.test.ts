import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, ask, card, startAcme } from '../support/acme.ts';

const secret = 'sandbox-signing-secret';

/** A request from Slack to the program. */
interface Sent {
  headers: IncomingHttpHeaders;
  body: string;
}

const payloadOf = ({ body }: Sent) => JSON.parse(new URLSearchParams(body).get('payload') ?? '{}');

/** The same request, signed again for a time or with another secret. */
function signed(body: string, at = Date.now(), key = secret): Sent {
  const timestamp = String(Math.floor(at / 1000));
  const hash = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hash}`,
    },
  };
}

describe('HTTP mode, with a signing secret', () => {
  const sent: Sent[] = [];
  let wire: Server;
  let acme: Acme;
  let [ana, bo, kim, lee] = [] as unknown as SandboxActor[];

  /** Sends a request to the program's own address. */
  const send = ({ headers, body }: Sent) => {
    const { host, connection, 'content-length': _, ...rest } = headers;
    const url = `${acme.url}/slack/events`;
    return fetch(url, { method: 'POST', headers: rest as Record<string, string>, body });
  };

  /** The body that Slack would send if `by` pressed this button. The program has not seen it. */
  async function pressed(who: SandboxActor, ts: string, actionId: string, by = who) {
    await who.click({ text: 'Details', messageTs: ts });
    await who.waitFor(() => who.modal());
    await who.closeModal();
    const payload = payloadOf(sent.findLast((one) => payloadOf(one).type === 'block_actions')!);
    const button = payload.message.blocks
      .flatMap((block: { elements?: object[] }) => block.elements ?? [])
      .find((element: { action_id?: string }) => element.action_id === actionId);
    const forged = {
      ...payload,
      user: { ...payload.user, id: by.id },
      trigger_id: `${payload.trigger_id}.${actionId}`,
      actions: [{ ...payload.actions[0], ...button }],
    };
    return new URLSearchParams({ payload: JSON.stringify(forged) }).toString();
  }
  const messageOf = (who: SandboxActor, ts: string) =>
    who.messages().find((message) => message.ts === ts);

  beforeAll(async () => {
    // A proxy between Slack and the program records the requests.
    wire = createServer(async (request, response) => {
      const passing = { headers: request.headers, body: await text(request) };
      sent.push(passing);
      const answer = await send(passing);
      response.writeHead(answer.status).end(await answer.text());
    });
    await once(wire.listen(0, '127.0.0.1'), 'listening');
    const { port } = wire.address() as AddressInfo;
    acme = await startAcme({
      http: { requestUrl: `http://127.0.0.1:${port}/slack/events`, signingSecret: secret },
      env: { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: secret },
    });
    [ana, bo, kim, lee] = ['ana', 'bo', 'kim', 'lee'].map((name) => acme.as(name));
  }, 60_000);
  afterAll(async () => {
    await acme.close();
    wire.close();
  });

  it('a command, a search, a modal and a click work without a socket', async () => {
    await ask(ana!, 'Admin');
    const { ts } = await card(bo!, 'Ana asks for GitHub · Admin');
    expect(await bo!.click({ text: 'Approve', messageTs: ts })).toEqual({ ok: true });
    await card(kim!, 'Provision GitHub · Admin for Ana');
    await bo!.dm('help');
    await card(bo!, 'Hello Bo');
    expect(acme.slack.connections()).toBe(0);
  });

  it('a request with a wrong signature, none at all, or an old time is refused and does nothing', async () => {
    const { ts } = await card(kim!, 'Provision GitHub · Admin for Ana');
    const body = await pressed(kim!, ts, 'task:yes');
    const { headers } = signed(body);
    const refused = [
      signed(body, Date.now(), 'another secret'),
      signed(body, Date.now() - 6 * 60_000),
      { body: `${body}&more=1`, headers },
      { body, headers: { ...headers, 'x-slack-signature': '' } },
      { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ];
    for (const one of refused) expect((await send(one)).status).toBe(401);
    expect(messageOf(kim!, ts)?.buttons).toContain('Provisioned');
    expect((await send(signed(body))).status).toBe(200);
    await card(kim!, 'Provisioned by Kim');
  });

  it("a click at somebody else's card is answered and does nothing", async () => {
    await ask(ana!, 'Audit');
    const { ts } = await card(bo!, 'Ana asks for GitHub · Audit');
    const body = await pressed(bo!, ts, 'task:yes', lee!);
    expect((await send(signed(body))).status).toBe(200);
    await bo!.waitFor(() => answerTo(bo!) === 'This is for Bo to decide.');
    expect(messageOf(bo!, ts)?.buttons).toContain('Approve');
  });

  it('the same signed click, sent again within five minutes, acts once', async () => {
    await ask(ana!, 'Billing');
    const { ts } = await card(bo!, 'Ana asks for GitHub · Billing');
    await bo!.click({ text: 'Deny', messageTs: ts });
    await bo!.waitFor(() => bo!.modal());
    await bo!.closeModal();
    await bo!.click({ text: 'Approve', messageTs: ts });
    await card(kim!, 'Provision GitHub · Billing for Ana');
    const [deny, approve] = sent.filter((one) => payloadOf(one).type === 'block_actions').slice(-2);
    const before = bo!.messages().length;
    expect((await send(approve!)).status).toBe(200);
    expect((await send(deny!)).status).toBe(200);
    await bo!.command('/rolemine', 'sugestions');
    await bo!.waitFor(() => answerTo(bo!).includes('Did you mean'));
    // A second approval would have been answered with "Bo approved this".
    expect(bo!.messages()).toHaveLength(before + 1);
    expect(bo!.modal()).toBeUndefined();
  });
});
