import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openModal, runInModal } from '../../src/slack/answers.ts';
import { sentenceView } from '../../src/slack/blocks/kit/sentence.ts';
import { people, socketApp } from '../sandbox/toy-app.ts';

const view = (sentence: string) => sentenceView('Details', sentence);

describe('a modal that takes time to prepare', () => {
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
        const options =
          command.text === 'part' ? { prepareFirst: async () => view('the first part') } : {};
        const place = { client, triggerId: command.trigger_id };
        opening.push(openModal(place, () => whole, options));
      }),
    );
    stop = started.stop;
  });
  afterAll(async () => {
    await stop();
    await sandbox.close();
  });

  it('shows its first part, and the whole when that is ready', async () => {
    const ana = sandbox.as('U1');
    await ana.command('/rolemine', 'part');
    await ana.waitFor((who) => who.modal()?.words.includes('the first part'), 5_000);
    release();
    await ana.waitFor((who) => who.modal()?.words.includes('the whole'), 5_000);
    await ana.closeModal();
  });

  it('shows “Loading…” without a first part, and can be closed before it is ready', async () => {
    const bo = sandbox.as('U2');
    await bo.command('/rolemine', 'nothing');
    await bo.waitFor((who) => who.modal()?.words.includes('Loading…'), 5_000);
    await bo.closeModal();
    release();
    await expect(opening.at(-1)).resolves.toBeUndefined();
    expect(bo.modal()).toBeUndefined();
  });
});

describe('work that a click starts', () => {
  let sandbox: Sandbox;
  let stop: () => Promise<unknown>;
  const done: string[] = [];
  const outcomes: Promise<unknown>[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ users: people, rateLimits: 'off' });
    const started = await socketApp(sandbox, (app) => {
      const work = (what: string) => async () => {
        done.push(what);
        return view(`${what} is done`);
      };
      const button = (depth: number): ModalView => ({
        ...view(''),
        blocks: [
          ...view(`window ${depth}`).blocks,
          {
            type: 'actions',
            elements: ['work', 'push'].map((name) => ({
              type: 'button',
              action_id: name,
              text: { type: 'plain_text', text: name },
              value: String(depth),
            })),
          },
        ],
      });
      app.command('/rolemine', async ({ ack, command, client }) => {
        await ack();
        if (command.text === 'windows') {
          await client.views.open({ trigger_id: command.trigger_id, view: button(1) });
          return;
        }
        const on = { triggerId: 'none', userId: command.user_id, view: undefined };
        outcomes.push(runInModal(client, on, work('late')).catch((error) => String(error)));
      });
      app.action<BlockAction>('push', async ({ ack, action, body, client }) => {
        await ack();
        const depth = 'value' in action ? Number(action.value) + 1 : 0;
        await client.views.push({ trigger_id: body.trigger_id, view: button(depth) });
      });
      app.action<BlockAction>('work', async ({ ack, body, client }) => {
        await ack();
        const on = { triggerId: body.trigger_id, userId: body.user.id, view: body.view };
        await runInModal(client, on, work('third'));
      });
    });
    stop = started.stop;
  });
  afterAll(async () => {
    await stop();
    await sandbox.close();
  });

  it('shows its result in the modal of the click, also in the third modal of a stack', async () => {
    const ana = sandbox.as('U1');
    await ana.command('/rolemine', 'windows');
    for (const depth of [1, 2, 3]) {
      await ana.waitFor((who) => who.modal()?.words.includes(`window ${depth}`), 5_000);
      if (depth < 3) await ana.click({ actionId: 'push' });
    }
    await ana.click({ actionId: 'work' });
    await ana.waitFor((who) => who.modal()?.words.includes('third is done'), 5_000);
  });

  it('does not start where no modal opens', async () => {
    await sandbox.as('U2').command('/rolemine', 'late');
    await expect.poll(() => outcomes.length).toBe(1);
    expect(await outcomes[0]).toContain('invalid_trigger_id');
    expect(done).toEqual(['third']);
  });
});
