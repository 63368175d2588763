import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openModal } from '../../src/slack/answers.ts';
import { sentenceView } from '../../src/slack/blocks/sentence.ts';
import { people, socketApp } from '../sandbox/toy-app.ts';

const view = (sentence: string) => sentenceView('Details', sentence);

describe('a modal that takes time', () => {
  let sandbox: Sandbox;
  let stop: () => Promise<unknown>;
  let release = () => {};
  const opening: Promise<void>[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ users: people, rateLimits: 'off' });
    const started = await socketApp(sandbox, (app) =>
      app.command('/rolemine', async ({ ack, command, client }) => {
        await ack();
        const whole = new Promise<void>((resolve) => {
          release = resolve;
        }).then(() => view('the whole'));
        const known = command.text === 'known' ? async () => view('what is known') : undefined;
        opening.push(openModal(client, command.trigger_id, () => whole, false, known));
      }),
    );
    stop = started.stop;
  });
  afterAll(async () => {
    await stop();
    await sandbox.close();
  });

  it('shows what is known, and is filled in when the rest is ready', async () => {
    const ana = sandbox.as('U1');
    await ana.command('/rolemine', 'known');
    await ana.waitFor((who) => who.modal()?.words.includes('what is known'), 5_000);
    release();
    await ana.waitFor((who) => who.modal()?.words.includes('the whole'), 5_000);
    await ana.closeModal();
  });

  it('says “Loading…” where nothing is known, and does not mind being closed before it is ready', async () => {
    const bo = sandbox.as('U2');
    await bo.command('/rolemine', 'nothing');
    await bo.waitFor((who) => who.modal()?.words.includes('Loading…'), 5_000);
    await bo.closeModal();
    release();
    await expect(opening.at(-1)).resolves.toBeUndefined();
    expect(bo.modal()).toBeUndefined();
  });
});
