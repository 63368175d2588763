import { setTimeout as sleep } from 'node:timers/promises';
import type { App, ViewSubmitAction } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { submitModal } from '../../src/slack/answers.ts';
import { sentenceView } from '../../src/slack/blocks/kit/sentence.ts';
import { input, modal, people, socketApp } from '../sandbox/toy-app.ts';

describe('a form whose work takes longer than Slack waits', () => {
  let sandbox: Sandbox;
  let ana: SandboxActor;
  let stop: () => Promise<void>;

  /** Opens a form whose work takes two seconds. */
  function register(app: App): void {
    const note = input('note', 'Note', { type: 'plain_text_input' });
    app.command('/rolemine', async ({ ack, command, client }) => {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: modal('Slow', [note]) });
    });
    app.view<ViewSubmitAction>(
      { callback_id: 'form', type: 'view_submission' },
      async ({ ack, body, view, client }) => {
        const form = {
          client,
          userId: body.user.id,
          viewId: view.id,
          findBlockId: () => 'note',
          isCorrectable: false,
          typed: [],
        };
        await submitModal(ack, form, async () => {
          await sleep(2_000);
          return sentenceView('Decided', '18 done, 2 not');
        });
      },
    );
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ users: people });
    ({ stop } = await socketApp(sandbox, register));
    ana = sandbox.as('ana');
  }, 30_000);
  afterAll(async () => {
    await stop();
    await sandbox.close();
  });

  async function submit(): Promise<void> {
    await ana.command('/rolemine');
    await ana.waitFor(() => ana.modal()?.title === 'Slow');
    await ana.fill({ note: 'all of them' });
    await ana.submit();
    expect(ana.modal()?.words).toContain('Working on it…');
  }

  it('shows the result when the work is done', async () => {
    await submit();
    await ana.waitFor(() => ana.modal()?.words.includes('18 done, 2 not'), 10_000);
    await ana.closeModal();
    expect(ana.messages()).toEqual([]);
  });

  it('sends the result as a message if it was closed meanwhile', async () => {
    await submit();
    await ana.closeModal();
    await ana.waitFor(() => ana.messages()[0]?.words.includes('18 done, 2 not'), 10_000);
  });
});
