import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import {
  appState,
  errorCodes,
  form,
  input,
  modal,
  people,
  received,
  register,
  socketApp,
} from './toy-app.ts';

describe('over Socket Mode', () => {
  let sandbox: Sandbox;
  let stop: () => Promise<unknown>;
  beforeAll(async () => {
    sandbox = await startSandbox({ users: people, rateLimits: 'off', ackTimeoutMs: 400 });
    stop = (await socketApp(sandbox, register)).stop;
  });
  afterAll(async () => {
    await stop();
    await sandbox.close();
  });

  test('only the person sees the answer to a command', async () => {
    const ana = sandbox.as('U1');
    await ana.command('/rolemine', 'quick');
    expect(ana.messages().at(-1)).toMatchObject({ text: 'At your service', ephemeral: true });
    await ana.command('/rolemine', 'analyze manager=@bo');
    await ana.waitFor(
      () =>
        ana.messages().at(-1)?.text.includes('manager=<@U2|bo>') ||
        ana.messages().at(-1)?.text.includes('<@U2'),
    );
    expect(sandbox.as('U2').messages()).toEqual([]);
  });

  test('a command without acknowledgment ends in operation_timeout', async () => {
    const outcome = await sandbox.as('U2').command('/rolemine', 'lost');
    expect(outcome.trouble).toContain('operation_timeout');
    expect(sandbox.as('U2').notices()).toHaveLength(1);
  });

  test('the app receives and answers a direct message', async () => {
    const bo = sandbox.as('bo@acme.example');
    await bo.dm('hello <!channel> and @ana');
    await bo.waitFor(() => bo.messages().at(-1)?.text === 'Hello to you');
    expect(bo.messages().at(-2)?.text).toBe('hello &lt;!channel&gt; and <@U1>');
  });

  test('a button press has its value, and the app replaces the card through the response_url', async () => {
    const ana = sandbox.as('U1');
    await ana.command('/rolemine', 'card');
    await ana.waitFor(() => ana.messages().at(-1)?.buttons.includes('Approve'));
    expect(await ana.click({ text: 'Approve' })).toEqual({ ok: true });
    await ana.waitFor(() => ana.messages().at(-1)?.text === 'Approved');
    expect(received.at(-1)).toMatchObject({
      user: { id: 'U1' },
      container: { type: 'message', is_ephemeral: false },
      actions: [{ action_id: 'approve', value: '7' }],
    });
    await expect(ana.click({ text: 'Approve' })).rejects.toThrow(/the buttons are: none/);
  });

  test('the app publishes Home when a person opens it', async () => {
    const ana = sandbox.as('U1');
    await ana.openHome();
    await ana.waitFor(() => ana.home()?.words.includes('Your tasks'));
    expect((await ana.click({ text: 'Never', in: 'home' })).trouble).toContain('operation_timeout');
  });

  test('a trigger opens one modal, within three seconds', async () => {
    const ana = sandbox.as('U1');
    await ana.click({ text: 'Form', in: 'home' });
    await ana.waitFor(() => errorCodes.length);
    expect(errorCodes).toEqual(['exchanged_trigger_id']);
    expect(ana.modalDepth()).toBe(1);
    await ana.closeModal();

    let now = Date.now();
    const timed = await startSandbox({ users: people, clock: () => now });
    const app = await socketApp(timed, register);
    await timed.as('U1').command('/rolemine', 'quick');
    now += 3_001;
    const late = app.app.client.views.open({ trigger_id: appState.trigger, view: form });
    await expect(late).rejects.toMatchObject({ data: { error: 'expired_trigger_id' } });
    await app.stop();
    await timed.close();
  });

  test('the app answers a search, and a form handles every response action', async () => {
    const ana = sandbox.as('U1');
    await ana.click({ text: 'Form', in: 'home' });
    await ana.waitFor(() => ana.modal());
    const found = await ana.suggest('app', 'Git');
    expect(found.map((option) => option.value)).toEqual(['github', 'gitea']);
    expect(await ana.suggest('app', '')).toEqual([]);

    expect(Object.keys((await ana.submit()).errors ?? {})).toEqual(['reason', 'app']);
    await ana.fill({ Reason: 'On call', app: 'GitHub' });
    appState.answer = { response_action: 'errors', errors: { reason: 'Say more' } };
    expect(await ana.submit()).toMatchObject({ ok: false, errors: { reason: 'Say more' } });
    expect(received.at(-1)).toMatchObject({
      reason: { reason: { value: 'On call' } },
      app: { app: { selected_option: { value: 'github' } } },
    });

    appState.answer = { response_action: 'errors', errors: { nonsense: 'x' } };
    expect((await ana.submit()).trouble).toContain('no input block: nonsense');

    // Inputs stay if block_id and action_id stay the same.
    appState.answer = {
      response_action: 'update',
      view: modal('Updated', [
        input('reason', 'Why', { type: 'plain_text_input' }),
        input('new', 'New', { type: 'plain_text_input' }),
      ]),
    };
    expect((await ana.submit()).action).toBe('update');
    expect(ana.modal()).toMatchObject({
      title: 'Updated',
      values: { reason: { reason: { value: 'On call' } }, new: { new: { value: null } } },
    });

    await ana.fill({ New: 'x' });
    appState.answer = {
      response_action: 'push',
      view: modal('Second', [input('b', 'B', { type: 'plain_text_input' })]),
    };
    await ana.submit();
    expect([ana.modalDepth(), ana.modal()?.title]).toEqual([2, 'Second']);
    await ana.fill({ B: 'x' });
    appState.answer = undefined;
    await ana.submit();
    expect(ana.modal()?.title).toBe('Updated');
    appState.answer = { response_action: 'clear' };
    await ana.submit();
    expect(ana.modal()).toBeUndefined();
  });

  test('the app receives changes of people, and a resent event has the same content', async () => {
    received.length = 0;
    sandbox.fail({ kind: 'redeliver' });
    await sandbox.changeUser('U2', { deleted: true });
    expect(received).toEqual([true, true]);
    await sandbox.changeUser('U2', { deleted: false });
  });

  test('the app receives a click in the page, and other sites cannot click', async () => {
    const ana = sandbox.as('U1');
    await ana.command('/rolemine', 'card');
    await ana.waitFor(() => ana.messages().at(-1)?.buttons.includes('Approve'));
    const page = await (await fetch(sandbox.url)).text();
    expect(page).toContain('<title>');
    const click = (headers: Record<string, string>) =>
      fetch(`${sandbox.url}sandbox/api/people/U1/click`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ target: { actionId: 'approve', in: 'message' } }),
      });
    expect((await click({ origin: 'http://evil.example' })).status).toBe(403);
    expect(await (await click({})).json()).toEqual({ ok: true });
    await ana.waitFor(() => ana.messages().at(-1)?.text === 'Approved');
    const seen = await (await fetch(`${sandbox.url}sandbox/api/people/U1`)).json();
    expect(seen.messages.at(-1).text).toBe('Approved');
  });

  test('e-mail arrives over SMTP, and injected failures reject it', async () => {
    const transport = createTransport(sandbox.smtpUrl);
    const mail = {
      from: 'rolemine@acme.example',
      to: 'nora@acme.example',
      subject: 'Approve?',
      text: 'plain',
      html: '<p>rich</p>',
    };
    for (const kind of [451, 550, 'drop'] as const) {
      sandbox.failMail({ kind });
      await expect(transport.sendMail(mail)).rejects.toThrow();
    }
    await transport.sendMail(mail);
    expect(sandbox.mails('nora@acme.example')).toMatchObject([
      { subject: 'Approve?', text: 'plain', html: '<p>rich</p>' },
    ]);
  });

  test('a disconnect notice closes the connection of the app', async () => {
    expect(sandbox.connections()).toBe(1);
    sandbox.fail({ kind: 'disconnect' });
    await sleep(50);
    expect(sandbox.connections()).toBe(0);
    expect((await sandbox.as('U1').command('/rolemine', 'quick')).trouble).toContain(
      'dispatch_failed',
    );
  });
});
